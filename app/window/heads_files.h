// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/method.h"
#include "core/base/result.h"
#include "core/run/config.h"

#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

/// Trained draft heads and the checkpoints of their training, as they lie in folders. Nothing is loaded: only descriptions are read, and
/// all of them are untrusted. A training writes its heads into a folder FOLDER and its checkpoint to FOLDER/training.
namespace timberline::app {

struct HeadsFolder {
    QString path;         ///< as a config names it: a folder or "bundled:tale-heads/medusa"
    QString family;       ///< id of the draft head
    double accepted = 0;  ///< accepted per pass, last measured while training; 0 = never
};
/// Nothing when the folder holds no heads.
[[nodiscard]] std::optional<HeadsFolder> read_heads_folder(const QString& path);
/// Those in the folders directly below; sorted by name.
[[nodiscard]] std::vector<HeadsFolder> heads_below(const QString& parent);
[[nodiscard]] std::vector<HeadsFolder> bundled_heads();

/// Where trained heads are kept unless the user chose another folder; it need not exist yet.
[[nodiscard]] QString default_heads_folder();
/// "medusa", "medusa-2" …: the first name below `parent` that is not taken, so that no training overwrites another.
[[nodiscard]] QString free_heads_folder(const QString& parent, const QString& family);
[[nodiscard]] QString checkpoint_in(const QString& folder);

struct HeadsCheckpoint {
    QString file;
    QString folder;                    ///< where its training writes the heads; empty when it wrote none
    run::Config config;                ///< as it was begun, with the changes made since as events
    run::Config now;                   ///< with those changes in its values, and no events: what to show
    std::int64_t step = 0, steps = 0;  ///< done, planned
};
/// Reads what a checkpoint says of itself; its tensors are checked when training goes on. Errors: no checkpoint of draft heads.
[[nodiscard]] Result<HeadsCheckpoint> read_heads_checkpoint(const QString& file, const MethodRegistry& methods);
/// What to run to go on with `wanted`: the checkpoint's own config, with what differs from its values as an event at its step. What cannot
/// change during a training is taken as wanted, so that the refusal names it.
[[nodiscard]] run::Config going_on(const HeadsCheckpoint& checkpoint, const run::Config& wanted, const MethodRegistry& methods);
/// Checkpoints of trainings below a folder, in the order of their folders' names.
[[nodiscard]] QStringList checkpoints_below(const QString& parent);

}  // namespace timberline::app
