// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/decoding/heads/head_folder.h"
#include "core/decoding/heads/packed_linear.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// Medusa's heads (arXiv 2401.10774; methods/decoding.md 1.8) and KOALA's deeper ones (2.2) on the inference path: head k predicts the
/// token k + 2 places after the row's own from that row alone.
namespace timberline::decoding {

inline constexpr std::int64_t kMostHeads = 5;
inline constexpr std::int64_t kMostLayers = 4;  ///< residual blocks a head
inline constexpr std::int64_t kRanksKept = 10;  ///< per head, of a folder's rank accuracies

/// Names of the tensors in the folder.
[[nodiscard]] std::string rank_head_block(std::int64_t head, std::int64_t layer);  ///< + ".weight" [d, d], + ".bias" [d]
[[nodiscard]] std::string rank_head_out(std::int64_t head);                        ///< + ".weight" [V, d]; untied heads only

/// The folder's measured accuracy, [heads][ranks]; every row falls back to 0.5^(rank + 1) when the folder has none.
[[nodiscard]] Result<std::vector<std::vector<double>>> rank_accuracy(const HeadFolder& heads, std::int64_t count);
/// The same for the folder.
[[nodiscard]] Json rank_accuracy_json(const std::vector<std::vector<double>>& accuracy);

class RankHeads
{
public:
    /// Errors: shape values out of range, tensors missing or misshapen.
    [[nodiscard]] static Result<RankHeads> make(const HeadFolder& heads, const model::LanguageModel& target);

    [[nodiscard]] std::int64_t heads() const noexcept { return static_cast<std::int64_t>(blocks_.size()); }
    [[nodiscard]] std::int64_t vocabulary() const noexcept { return read_out_.vocabulary(); }
    [[nodiscard]] std::int64_t hidden() const noexcept { return read_out_.hidden(); }
    /// Logits [count, V] of the first `count` heads at a row [d].
    void logits(std::span<const float> hidden, std::int64_t count, std::vector<float>& out);

private:
    SharedReadOut read_out_;
    std::vector<std::vector<PackedLinear>> blocks_;  ///< [heads][layers]
    std::vector<PackedLinear> outs_;                 ///< [heads] when untied, else empty
    std::vector<float> rows_, branch_;
};

}  // namespace timberline::decoding
