// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/decoding/heads/tensor/head_trainee.h"

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

namespace timberline::decoding {

/// The target's hidden rows of training texts, by the decoder of the inference path (so that heads are trained on the very numbers that
/// they will read), kept in memory up to a bound and computed anew beyond it. One thread.
class TargetRows
{
public:
    TargetRows(std::shared_ptr<const model::LanguageModel> target, std::vector<std::int64_t> taps, std::int64_t bytes)
        : target_(std::move(target)), taps_(std::move(taps)), left_(bytes)
    {}

    /// ids, valid, hidden and taps of a batch. Sequences must live as long as this object: their addresses are the cache's keys.
    /// Errors: the decoder's, cancelled.
    [[nodiscard]] Result<HeadBatch> batch(const std::vector<const std::vector<TokenId>*>& sequences, const CancelToken& cancel);

private:
    struct Rows {
        std::vector<float> hidden;             ///< [T, d]
        std::vector<std::vector<float>> taps;  ///< [T, d] each
    };
    [[nodiscard]] Result<std::shared_ptr<const Rows>> rows(const std::vector<TokenId>& sequence, const CancelToken& cancel);

    std::shared_ptr<const model::LanguageModel> target_;
    std::vector<std::int64_t> taps_;
    std::int64_t left_;
    std::unordered_map<const std::vector<TokenId>*, std::shared_ptr<const Rows>> kept_;
    std::unique_ptr<model::KvStore> store_;
    model::ForwardOutput output_;
};

}  // namespace timberline::decoding
