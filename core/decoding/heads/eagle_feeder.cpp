// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/heads/eagle_feeder.h"

#include "core/decoding/heads/draft_vocabulary.h"
#include "core/decoding/heads/head_block.h"

#include <algorithm>

namespace timberline::decoding {

namespace {

constexpr std::int64_t kTreeSlots = 512;  ///< beyond the context: rows of a tree lie side by side
constexpr std::int64_t kMostBlocks = 8;

}  // namespace

std::vector<std::int64_t> fusion_layers(std::int64_t layers)
{
    return {std::min<std::int64_t>(2, layers - 1), layers / 2, std::max<std::int64_t>(layers - 3, 0)};
}

Result<std::shared_ptr<const EagleHead>> EagleHead::open(const model::LanguageModel& target, const HeadFolder& heads)
{
    auto out = std::make_shared<EagleHead>();
    const model::DecoderConfig& config = target.decoder->config();
    TIMBERLINE_ASSIGN(const std::int64_t layers, heads.size("layers", 1, kMostBlocks));
    TIMBERLINE_ASSIGN(const bool fused, heads.flag("fusion"));
    TIMBERLINE_ASSIGN(auto ids, draft_vocabulary_of(heads));
    TIMBERLINE_ASSIGN(out->read_out, SharedReadOut::of(target, std::move(ids)));
    TIMBERLINE_ASSIGN(out->join, PackedLinear::from(heads, "join.weight", config.hidden, 2 * config.hidden));
    if (fused) {
        out->taps = fusion_layers(config.layers);
        TIMBERLINE_ASSIGN(out->fuse, PackedLinear::from(heads, "fuse.weight", config.hidden, 3 * config.hidden));
    }
    TIMBERLINE_ASSIGN(out->blocks, make_block(config, layers, heads, "blocks."));
    TIMBERLINE_ASSIGN(out->norm, HeadNorm::from(config, heads, "norm"));
    return std::shared_ptr<const EagleHead>(std::move(out));
}

EagleFeeder::EagleFeeder(std::shared_ptr<const model::LanguageModel> target, std::shared_ptr<const EagleHead> head, std::int64_t context)
    : target_(std::move(target)), head_(std::move(head)), context_(context), width_(head_->read_out.hidden()), rows_(target_, head_->taps),
      store_(head_->blocks->make_store(context + kTreeSlots))
{}

Status EagleFeeder::begin(std::span<const TokenId> committed, const CancelToken& cancel)
{
    store_->crop(0);
    pairs_ = 0;
    node_features_.clear();
    parents_.clear();
    return rows_.begin(committed, cancel);
}

void EagleFeeder::join_row(std::int64_t row, TokenId token, std::span<const float> feature)
{
    const auto width = static_cast<std::size_t>(width_);
    const auto place = std::span(joined_).subspan(static_cast<std::size_t>(row) * 2 * width, 2 * width);
    head_->read_out.embedding(token, place.first(width));
    std::ranges::copy(feature, place.last(width).begin());
}

Result<std::span<const float>> EagleFeeder::run(std::int64_t rows, const model::ForwardInput& input, std::int64_t wanted,
                                                std::vector<float>& features, const CancelToken& cancel)
{
    const auto values = static_cast<std::size_t>(rows * width_);
    hidden_.resize(values);
    head_->join.apply(joined_, rows, hidden_);
    TIMBERLINE_TRY(head_->blocks->forward_layers(0, head_->blocks->config().layers, input, hidden_, *store_, cancel));
    const bool before_norm = !head_->taps.empty();
    features.assign(before_norm ? hidden_.begin() : hidden_.end(), hidden_.end());
    head_->norm.apply(hidden_);
    if (!before_norm) {
        features = hidden_;
    }
    logits_.resize(static_cast<std::size_t>(wanted * vocabulary()));
    head_->read_out.logits(std::span<const float>(hidden_).last(static_cast<std::size_t>(wanted * width_)), wanted, logits_);
    return std::span<const float>(logits_);
}

Result<std::span<const float>> EagleFeeder::feed_root(const RoundContext& context)
{
    const std::int64_t known = static_cast<std::int64_t>(context.committed.size()) - 1;
    const auto width = static_cast<std::size_t>(width_);
    keep({});
    const std::int64_t fresh = known - pairs_;
    if (fresh <= 0) {
        return std::span<const float>(root_logits_);  // asked again about the same text
    }
    TIMBERLINE_ASSIGN(std::span<const float> features, rows_.since(context, pairs_));
    std::vector<float> fused;
    if (!head_->taps.empty()) {
        fused.resize(static_cast<std::size_t>(fresh) * width);
        head_->fuse.apply(features, fresh, fused);
        features = fused;
    }
    joined_.resize(static_cast<std::size_t>(fresh) * 2 * width);
    for (std::int64_t row = 0; row < fresh; ++row) {
        join_row(row, context.committed[static_cast<std::size_t>(pairs_ + row) + 1],
                 features.subspan(static_cast<std::size_t>(row) * width, width));
    }
    TIMBERLINE_ASSIGN(const std::span<const float> logits, run(fresh, {}, 1, features_, context.cancel));
    root_feature_.assign(features_.end() - static_cast<std::ptrdiff_t>(width), features_.end());
    root_logits_.assign(logits.begin(), logits.end());
    pairs_ = known;
    rows_.consumed(known);
    return std::span<const float>(root_logits_);
}

Result<std::span<const float>> EagleFeeder::feed_nodes(std::span<const TokenId> tokens, std::span<const std::int32_t> parents,
                                                       const CancelToken& cancel)
{
    const auto width = static_cast<std::size_t>(width_);
    const std::size_t before = parents_.size();
    const auto count = static_cast<std::int64_t>(tokens.size());
    joined_.resize(tokens.size() * 2 * width);
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const std::span<const float> feature =
            parents[i] < 0 ? std::span<const float>(root_feature_)
                           : std::span<const float>(node_features_).subspan(static_cast<std::size_t>(parents[i]) * width, width);
        join_row(static_cast<std::int64_t>(i), tokens[i], feature);
    }
    parents_.insert(parents_.end(), parents.begin(), parents.end());
    model::ForwardInput input;
    input.parents = parents_;
    input.cached_tree = static_cast<std::int64_t>(before);
    auto logits = run(count, input, count, features_, cancel);
    if (!logits.ok()) {
        parents_.resize(before);
        return logits;
    }
    node_features_.insert(node_features_.end(), features_.begin(), features_.end());
    return logits;
}

void EagleFeeder::keep(std::span<const std::int32_t> /*path*/)
{
    store_->crop(pairs_);
    node_features_.clear();
    parents_.clear();
}

std::int32_t EagleFeeder::depth_limit(std::size_t committed) const
{
    // Without a row of the target there is nothing to go on from; the deepest node read stands at committed - 2 + depth - 1.
    const auto length = static_cast<std::int64_t>(committed);
    return length < 2 ? 0 : static_cast<std::int32_t>(std::clamp<std::int64_t>(context_ - length + 2, 0, 1 << 20));
}

std::unique_ptr<NodeFeeder> EagleFeeder::snapshot() const
{
    auto copy = std::make_unique<EagleFeeder>(target_, head_, context_);
    copy->rows_ = rows_;
    copy->store_ = store_->snapshot();
    copy->pairs_ = pairs_;
    copy->root_feature_ = root_feature_;
    copy->root_logits_ = root_logits_;
    copy->node_features_ = node_features_;
    copy->parents_ = parents_;
    return copy;
}

}  // namespace timberline::decoding
