// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"
#include "core/base/result.h"
#include "core/decoding/drafter.h"
#include "core/model/language_model.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace timberline::decoding {

/// The target's rows of committed positions on their way to a draft head. The round loop hands over those of each round; rows that nobody
/// handed over (the prompt's inner layers, a drafter that enters in the middle of a run) are computed once more with the target.
class CommittedRows
{
public:
    /// @param layers as Drafter::target_layers(); empty = the final-normed rows.
    explicit CommittedRows(std::shared_ptr<const model::LanguageModel> target, std::vector<std::int64_t> layers = {});

    /// Forgets everything; reads the prompt's rows where the round loop will not bring them.
    [[nodiscard]] Status begin(std::span<const TokenId> committed, const CancelToken& cancel);
    /// Forgets everything and reads nothing: what is missing is computed when it is asked for.
    void forget();
    /// Takes the rows that the round brought. Call it in every round.
    void note(const RoundContext& context);
    /// Rows of the positions from `from` to committed - 2, [k, width()]; valid until the next call. Notes the round's rows first.
    [[nodiscard]] Result<std::span<const float>> since(const RoundContext& context, std::int64_t from);
    /// Rows before `position` will not be asked for again.
    void consumed(std::int64_t position);

    [[nodiscard]] std::int64_t width() const noexcept { return width_; }
    [[nodiscard]] const std::vector<std::int64_t>& layers() const noexcept { return layers_; }
    /// How often rows were computed once more.
    [[nodiscard]] int recomputed() const noexcept { return recomputed_; }

private:
    [[nodiscard]] Status compute(std::span<const TokenId> committed, const CancelToken& cancel);
    [[nodiscard]] std::int64_t end() const noexcept { return first_ + static_cast<std::int64_t>(rows_.size()) / width_; }

    std::shared_ptr<const model::LanguageModel> target_;
    std::vector<std::int64_t> layers_;
    std::int64_t width_;
    std::int64_t first_ = 0;   ///< position of rows_[0]
    std::vector<float> rows_;  ///< [k, width]
    int recomputed_ = 0;
};

}  // namespace timberline::decoding
