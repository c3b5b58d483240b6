// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/decoding/draft_law.h"
#include "core/decoding/draft_model_runner.h"
#include "core/decoding/drafter.h"

#include <cstdint>
#include <span>

namespace timberline::decoding {

/// Where a chain's laws come from: a small model, the target's own lower layers, counts. Lives for one propose().
class ChainSource
{
public:
    virtual ~ChainSource() = default;
    /// Raw logits [V] of the token after the committed text and the drafted `path`; valid until the next call. Asked with the empty path
    /// first, then each time with one token more.
    [[nodiscard]] virtual Result<std::span<const float>> after(std::span<const TokenId> path) = 0;
    /// Forwards run so far.
    [[nodiscard]] virtual int passes() const = 0;
};

/// Drafts token after token (methods/decoding.md 1.3) until `depth` levels stand, the controller says no, or a stop token was drafted (it
/// is submitted, nothing comes after it). Tokens are drawn by the key (seed, DraftSample, round, position), or chosen where `sampling` is
/// greedy.
[[nodiscard]] Result<rules::DraftTree> grow_chain(const RoundContext& context, DecodeController& controller, const DraftSampling& sampling,
                                                  std::int32_t depth, ChainSource& source);

/// A model with a cache of its own as the source.
class RunnerSource final : public ChainSource
{
public:
    /// Both must outlive the source.
    RunnerSource(DraftModelRunner& runner, const RoundContext& context) : runner_(runner), context_(context) {}
    [[nodiscard]] Result<std::span<const float>> after(std::span<const TokenId> path) override;
    [[nodiscard]] int passes() const override { return passes_; }
    /// Drafted nodes that went through the model: node i of the chain was fed as number i - 1.
    [[nodiscard]] std::int32_t fed() const noexcept { return fed_; }

private:
    DraftModelRunner& runner_;
    const RoundContext& context_;
    std::int32_t fed_ = 0;
    int passes_ = 0;
};

/// Ends a chain's round in the model's cache. After full acceptance the last node was never fed: the next round feeds two tokens.
/// @param path accepted nodes of the chain, the root first.  @param fed as RunnerSource counted it.
void keep_chain(DraftModelRunner& runner, std::span<const std::int32_t> path, std::int32_t fed);

}  // namespace timberline::decoding
