// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/draft_model_runner.h"

#include "core/rules/draft_tree.h"

#include <algorithm>

namespace timberline::decoding {

namespace {

/// Slots beyond the context: a tree's rows lie side by side in the cache although they share positions.
constexpr std::int64_t kTreeSlots = 512;

}  // namespace

DraftModelRunner::DraftModelRunner(std::shared_ptr<const model::LanguageModel> draft, std::int64_t context)
    : draft_(std::move(draft)), context_(std::min(context, draft_->decoder->config().context)),
      vocabulary_(draft_->decoder->config().vocabulary), store_(draft_->decoder->make_store(context_ + kTreeSlots))
{}

std::int32_t DraftModelRunner::depth_limit(std::size_t committed) const noexcept
{
    // The root stands at committed - 1; a tree of depth D feeds nodes down to level D - 1, at position committed - 1 + D - 1.
    return static_cast<std::int32_t>(std::clamp<std::int64_t>(context_ - static_cast<std::int64_t>(committed) + 1, 0, 1 << 20));
}

Status DraftModelRunner::feed_committed(std::span<const TokenId> committed, model::ForwardInput::Logits logits, const CancelToken& cancel)
{
    const auto common =
        static_cast<std::size_t>(std::mismatch(cached_.begin(), cached_.end(), committed.begin(), committed.end()).first - cached_.begin());
    // Logits of the last token are wanted, so it is fed even if the cache holds it already.
    const std::size_t kept = logits == model::ForwardInput::Logits::None ? common : std::min(common, committed.size() - 1);
    cached_.resize(kept);
    store_->crop(static_cast<std::int64_t>(kept));
    node_tokens_.clear();
    parents_.clear();
    if (kept == committed.size()) {
        return {};
    }
    model::ForwardInput input;
    input.tokens = committed.subspan(kept);
    input.logits = logits;
    TIMBERLINE_TRY(draft_->decoder->forward(input, *store_, output_, cancel));
    cached_.assign(committed.begin(), committed.end());
    return {};
}

Status DraftModelRunner::begin(std::span<const TokenId> committed, const CancelToken& cancel)
{
    cached_.clear();
    if (static_cast<std::int64_t>(committed.size()) > context_) {
        store_->crop(0);  // longer than the draft model can read: depth_limit() is 0 from here on
        return {};
    }
    return feed_committed(committed.first(committed.size() - 1), model::ForwardInput::Logits::None, cancel);
}

Result<std::span<const float>> DraftModelRunner::feed_root(std::span<const TokenId> committed, const CancelToken& cancel)
{
    TIMBERLINE_TRY(feed_committed(committed, model::ForwardInput::Logits::Last, cancel));
    return std::span<const float>(output_.logits).first(static_cast<std::size_t>(vocabulary_));
}

Result<std::span<const float>> DraftModelRunner::feed_nodes(std::span<const TokenId> tokens, std::span<const std::int32_t> parents,
                                                            const CancelToken& cancel)
{
    const std::size_t before = node_tokens_.size();
    node_tokens_.insert(node_tokens_.end(), tokens.begin(), tokens.end());
    parents_.insert(parents_.end(), parents.begin(), parents.end());
    model::ForwardInput input;
    input.tokens = tokens;
    // A chain needs no mask: it simply goes on behind the cache.
    const bool chain = tokens.size() == 1 && parents[0] == static_cast<std::int32_t>(before) - 1 &&
                       std::all_of(parents_.begin(), parents_.end(), [at = -1](std::int32_t parent) mutable { return parent == at++; });
    if (!chain) {
        input.parents = parents_;
        input.cached_tree = static_cast<std::int64_t>(before);
    }
    if (auto status = draft_->decoder->forward(input, *store_, output_, cancel); !status.ok()) {
        node_tokens_.resize(before);
        parents_.resize(before);
        return status.error();
    }
    return std::span<const float>(output_.logits).first(tokens.size() * static_cast<std::size_t>(vocabulary_));
}

void DraftModelRunner::keep(std::span<const std::int32_t> path)
{
    store_->compact(static_cast<std::int64_t>(cached_.size()), path);
    for (const std::int32_t node : path) {
        cached_.push_back(node_tokens_[static_cast<std::size_t>(node)]);
    }
    node_tokens_.clear();
    parents_.clear();
}

DraftModelRunner DraftModelRunner::snapshot() const
{
    DraftModelRunner copy(draft_, context_);
    copy.store_ = store_->snapshot();
    copy.cached_ = cached_;
    copy.node_tokens_ = node_tokens_;
    copy.parents_ = parents_;
    return copy;
}

}  // namespace timberline::decoding
