// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/draft_model_runner.h"

#include "core/rules/draft_tree.h"

#include <algorithm>
#include <numeric>

namespace timberline::decoding {

DraftModelRunner::DraftModelRunner(std::shared_ptr<const model::LanguageModel> draft, std::int64_t context, std::int64_t layers,
                                   std::int64_t tree_slots)
    : draft_(std::move(draft)), context_(std::min(context, draft_->decoder->config().context)),
      layers_(layers > 0 ? std::min(layers, draft_->decoder->config().layers) : draft_->decoder->config().layers),
      tree_slots_(tree_slots), vocabulary_(draft_->decoder->config().vocabulary),
      store_(draft_->decoder->make_store(context_ + tree_slots_))
{}

std::int32_t DraftModelRunner::depth_limit(std::size_t committed) const noexcept
{
    // The root stands at committed - 1; a tree of depth D feeds nodes down to level D - 1, at position committed - 1 + D - 1.
    return static_cast<std::int32_t>(std::clamp<std::int64_t>(context_ - static_cast<std::int64_t>(committed) + 1, 0, 1 << 20));
}

Status DraftModelRunner::forward(const model::ForwardInput& input, const CancelToken& cancel)
{
    const model::Decoder& decoder = *draft_->decoder;
    if (layers_ == decoder.config().layers) {
        return decoder.forward(input, *store_, output_, cancel);
    }
    const auto width = static_cast<std::size_t>(decoder.config().hidden);
    std::vector<std::int64_t> positions(input.tokens.size());
    std::iota(positions.begin(), positions.end(), store_->length(0));
    if (!input.parents.empty()) {
        const std::int64_t base = store_->length(0) - input.cached_tree;
        std::vector<std::int64_t> depth(input.parents.size(), 0);
        for (std::size_t node = 0; node < depth.size(); ++node) {
            const std::int32_t parent = input.parents[node];
            depth[node] = parent < 0 ? 0 : depth[static_cast<std::size_t>(parent)] + 1;
            if (node >= static_cast<std::size_t>(input.cached_tree)) {
                positions[node - static_cast<std::size_t>(input.cached_tree)] = base + depth[node];
            }
        }
    }
    output_.hidden.resize(input.tokens.size() * width);
    TIMBERLINE_TRY(decoder.embed(input.tokens, positions, output_.hidden));
    TIMBERLINE_TRY(decoder.forward_layers(0, layers_, input, output_.hidden, *store_, cancel));
    std::size_t wanted = input.tokens.size();
    if (input.logits != model::ForwardInput::Logits::All) {
        wanted = input.logits == model::ForwardInput::Logits::Last ? 1 : 0;
    }
    output_.logits.resize(wanted * static_cast<std::size_t>(vocabulary_));
    if (wanted > 0) {
        decoder.read_out(std::span<const float>(output_.hidden).last(wanted * width), output_.logits);
    }
    return {};
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
    TIMBERLINE_TRY(forward(input, cancel));
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
    if (auto status = forward(input, cancel); !status.ok()) {
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
    DraftModelRunner copy(draft_, context_, layers_, tree_slots_);
    copy.store_ = store_->snapshot();
    copy.cached_ = cached_;
    copy.node_tokens_ = node_tokens_;
    copy.parents_ = parents_;
    return copy;
}

}  // namespace timberline::decoding
