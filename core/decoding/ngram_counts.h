// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

namespace timberline::decoding {

inline constexpr std::int64_t kLongestNgram = 4;

/// Counts of n-grams of 1 to kLongestNgram tokens, by context. Value type. Token ids must lie in [0, 2^20).
class NgramCounts
{
public:
    struct Successor {
        TokenId token = 0;
        std::int64_t count = 0;
        std::int64_t last_seen = 0;  ///< when it was counted last; later = larger
    };
    struct Context {
        std::int64_t total = 0;
        std::vector<Successor> successors = {};  ///< in the order of first sight
    };

    /// Counts every n-gram of `text` whose last token stands at `from` or later.
    void count(std::span<const TokenId> text, std::size_t from);
    /// What followed exactly this context of 0 to kLongestNgram - 1 tokens; null = nothing.
    [[nodiscard]] const Context* after(std::span<const TokenId> context) const;
    [[nodiscard]] bool empty() const noexcept { return seen_ == 0; }

private:
    static std::uint64_t key(std::span<const TokenId> context) noexcept;

    std::unordered_map<std::uint64_t, Context> contexts_;
    std::int64_t seen_ = 0;
};

/// Two sets of counts as one: a corpus, and the text being written, whose n-grams weigh `text_weight` times as much.
struct NgramView {
    const NgramCounts* corpus = nullptr;  ///< null = none
    const NgramCounts* text = nullptr;
    std::int64_t text_weight = 1;
};

/// What followed the longest context (the history's last order - 1 tokens, then fewer, at least 1) that was followed by something at least
/// `min_count` times: by count, the latest seen first among equals, then by id. At most `most`; `total` receives the context's whole count.
[[nodiscard]] std::vector<NgramCounts::Successor> likeliest_successors(const NgramView& counts, std::span<const TokenId> history,
                                                                       std::int64_t order, std::int64_t min_count, std::size_t most,
                                                                       std::int64_t& total);

/// Interpolated n-gram law with full support: q_0 is uniform, and with f_k the shares after the last k - 1 tokens,
/// q_k = (1 - back_off) f_k + back_off q_{k-1}, or q_{k-1} where those tokens were never followed by anything; k = 1 … order.
/// @param back_off in (0, 1].  @param law receives [V], sums to 1.
void interpolated_law(const NgramView& counts, std::span<const TokenId> history, std::int64_t order, double back_off,
                      std::size_t vocabulary, std::vector<float>& law);

}  // namespace timberline::decoding
