// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/training/net_spec.h"
#include "core/training/trainer.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

/// Training that can go on after the program ended: one safetensors file. Tensors "model.NAME" (as net_spec.h lists them), "buffers.NAME",
/// "optimizer.NAME" and "extra.NAME" (whatever the caller keeps beside: the curve so far); the rest is in the metadata.
namespace timberline::training {

struct Checkpoint {
    NetSpec spec;
    TrainerState state;
    std::uint64_t seed = 0;
    std::map<std::string, std::string> texts;  ///< the caller's: config, methods
    struct Table {
        std::int64_t rows = 0, columns = 0;
        std::vector<float> values;  ///< [rows, columns]
    };
    std::map<std::string, Table> extra;
};

/// Written under a temporary name and renamed: a kill leaves the former checkpoint.
[[nodiscard]] Status save_checkpoint(const std::filesystem::path& file, const Checkpoint& checkpoint);

/// Untrusted input: every tensor's type, shape and presence is checked against the network that the file names. Errors name file and
/// tensor.
[[nodiscard]] Result<Checkpoint> load_checkpoint(const std::filesystem::path& file);

}  // namespace timberline::training
