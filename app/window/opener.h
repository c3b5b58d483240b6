// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/method.h"
#include "core/base/result.h"
#include "core/record/record.h"
#include "core/run/config.h"
#include "core/run/sweep.h"

#include <QString>

#include <variant>

namespace timberline::app {

struct OpenedModel {
    QString folder;
};
struct OpenedConfig {
    run::Config config;
};
struct OpenedRecord {
    record::RecordPtr record;
};
/// What `timberline-cli sweep --out` wrote.
struct OpenedSweep {
    run::Sweep sweep;
};
using Opened = std::variant<OpenedModel, OpenedConfig, OpenedRecord, OpenedSweep>;

/// Decides by content what a dropped or chosen path is: a model folder, a config (JSON), a record (.tlrun), an exported picture that
/// carries its config, a sweep (sweep.json), or a log of another program (core/io/imports), which becomes a record. Nothing of the window changes here; an error names the file and what was expected.
[[nodiscard]] Result<Opened> open_path(const QString& path, const MethodRegistry& methods);

}  // namespace timberline::app
