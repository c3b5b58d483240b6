// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"
#include "core/base/result.h"
#include "core/io/safetensors.h"
#include "core/model/architectures/architecture.h"

#include <cstdint>
#include <string>
#include <vector>

namespace timberline::model {

/// Which tensor of a file answers for which role. Names, types and shapes have been checked; no data has been read.
struct PlannedTensor {
    Role role = Role::TokenEmbedding;
    std::int64_t layer = -1;  ///< -1 outside the layers
    Layout layout = Layout::Plain;
    std::int64_t part = 0;
    io::TensorView view;  ///< points into the file
};
struct TensorPlan {
    std::vector<PlannedTensor> tensors;
    std::vector<std::string> unused;  ///< names that no role asked for; buffers that old exports carry are left out
};

/// Errors name file, tensor, found and expected: missing, wrong shape, wrong type, cancelled.
[[nodiscard]] Result<TensorPlan> plan_tensors(const DecoderConfig& config, const io::SafetensorsFile& file, const CancelToken& cancel = {});

/// True when config.json ties the head to the embeddings and the file holds a head with other numbers. transformers 5 then uses the file's
/// head.
[[nodiscard]] bool holds_separate_head(const DecoderConfig& config, const io::SafetensorsFile& file);

/// "tale/model.safetensors", or the index of several shards.
[[nodiscard]] std::string label_of(const io::SafetensorsFile& file);

}  // namespace timberline::model
