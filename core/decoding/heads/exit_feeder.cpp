// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/heads/exit_feeder.h"

#include "core/decoding/heads/head_block.h"

#include <algorithm>

namespace timberline::decoding {

namespace {

constexpr std::int64_t kTreeSlots = 512;  ///< beyond the context: rows of a tree lie side by side

/// Positions of a forward's new rows.
std::vector<std::int64_t> positions_of(const model::ForwardInput& input, std::int64_t length, std::size_t rows)
{
    std::vector<std::int64_t> out(rows);
    if (input.parents.empty()) {
        for (std::size_t row = 0; row < rows; ++row) {
            out[row] = length + static_cast<std::int64_t>(row);
        }
        return out;
    }
    const std::int64_t base = length - input.cached_tree;
    std::vector<std::int64_t> depth(input.parents.size());
    for (std::size_t node = 0; node < depth.size(); ++node) {
        const std::int32_t parent = input.parents[node];
        depth[node] = parent < 0 ? 0 : depth[static_cast<std::size_t>(parent)] + 1;
    }
    std::transform(depth.end() - static_cast<std::ptrdiff_t>(rows), depth.end(), out.begin(), [base](std::int64_t d) { return base + d; });
    return out;
}

}  // namespace

Result<std::shared_ptr<const ExitHead>> ExitHead::open(const model::LanguageModel& target, const HeadFolder& heads)
{
    auto out = std::make_shared<ExitHead>();
    const model::DecoderConfig& config = target.decoder->config();
    TIMBERLINE_ASSIGN(out->exit_layer, heads.size("exit_layer", 1, config.layers));
    TIMBERLINE_ASSIGN(out->read_out, SharedReadOut::of(target));
    TIMBERLINE_ASSIGN(out->block, make_block(config, 1, heads, "block."));
    TIMBERLINE_ASSIGN(out->norm, HeadNorm::from(config, heads, "norm"));
    return std::shared_ptr<const ExitHead>(std::move(out));
}

ExitFeeder::ExitFeeder(std::shared_ptr<const model::LanguageModel> target, std::shared_ptr<const ExitHead> head, std::int64_t context)
    : target_(std::move(target)), head_(std::move(head)), context_(context), lower_(target_->decoder->make_store(context + kTreeSlots)),
      upper_(head_->block->make_store(context + kTreeSlots)),
      // Rows after the last layer are not among those that the target keeps, so such an exit is not shared.
      committed_(target_,
                 head_->exit_layer < target_->decoder->config().layers ? std::vector{head_->exit_layer} : std::vector<std::int64_t>{})
{}

Status ExitFeeder::begin(std::span<const TokenId> committed, const CancelToken& cancel)
{
    enter(!sharing_);  // empties the block's cache either way
    enter(sharing_allowed_ && !committed_.layers().empty());
    committed_.forget();
    shared_.clear();
    if (sharing_) {
        return committed_.begin(committed, cancel);
    }
    cached_.clear();
    return feed_committed(committed.first(committed.size() - 1), 0, cancel);
}

void ExitFeeder::enter(bool sharing)
{
    if (sharing != sharing_) {
        sharing_ = sharing;
        cached_.clear();
        block_rows_ = 0;
        upper_->crop(0);
    }
}

SharedRows ExitFeeder::shared_rows() const
{
    return shared_.empty() ? SharedRows{} : SharedRows{.layers = head_->exit_layer, .rows = shared_};
}

void ExitFeeder::skip(const RoundContext& context)
{
    shared_.clear();
    if (sharing_) {
        committed_.note(context);
    }
}

void ExitFeeder::read_out(std::size_t rows)
{
    const auto width = static_cast<std::size_t>(head_->read_out.hidden());
    const auto last = std::span(hidden_).last(rows * width);
    head_->norm.apply(last);
    logits_.resize(rows * static_cast<std::size_t>(vocabulary()));
    head_->read_out.logits(last, static_cast<std::int64_t>(rows), logits_);
}

Status ExitFeeder::run_shared(TokenId token, const CancelToken& cancel)
{
    const std::int64_t position = target_store_->length(0);
    hidden_.resize(static_cast<std::size_t>(head_->read_out.hidden()));
    TIMBERLINE_TRY(target_->decoder->embed({&token, 1}, {&position, 1}, hidden_));
    TIMBERLINE_TRY(target_->decoder->forward_layers(0, head_->exit_layer, {}, hidden_, *target_store_, cancel));
    shared_.insert(shared_.end(), hidden_.begin(), hidden_.end());
    TIMBERLINE_TRY(head_->block->forward_layers(0, 1, {}, hidden_, *upper_, cancel));
    read_out(1);
    return {};
}

Result<std::span<const float>> ExitFeeder::feed_root_shared(const RoundContext& context)
{
    enter(true);
    upper_->crop(block_rows_);
    target_store_ = context.target_store;
    const std::int64_t known = static_cast<std::int64_t>(context.committed.size()) - 1;
    committed_.note(context);
    if (known > block_rows_) {
        TIMBERLINE_ASSIGN(const std::span<const float> rows, committed_.since(context, block_rows_));
        hidden_.assign(rows.begin(), rows.end());
        TIMBERLINE_TRY(head_->block->forward_layers(0, 1, {}, hidden_, *upper_, context.cancel));
        block_rows_ = known;
    }
    committed_.consumed(known);
    TIMBERLINE_TRY(run_shared(context.committed.back(), context.cancel));
    return std::span<const float>(logits_);
}

Status ExitFeeder::run(std::span<const TokenId> tokens, const model::ForwardInput& input, std::int64_t wanted, const CancelToken& cancel)
{
    const auto width = static_cast<std::size_t>(head_->read_out.hidden());
    hidden_.resize(tokens.size() * width);
    TIMBERLINE_TRY(target_->decoder->embed(tokens, positions_of(input, lower_->length(0), tokens.size()), hidden_));
    const std::int64_t before = lower_->length(0);
    TIMBERLINE_TRY(target_->decoder->forward_layers(0, head_->exit_layer, input, hidden_, *lower_, cancel));
    if (auto status = head_->block->forward_layers(0, 1, input, hidden_, *upper_, cancel); !status.ok()) {
        lower_->crop(before);  // both caches hold the same rows
        return status;
    }
    read_out(static_cast<std::size_t>(wanted));
    return {};
}

Status ExitFeeder::feed_committed(std::span<const TokenId> committed, std::int64_t wanted, const CancelToken& cancel)
{
    const auto common =
        static_cast<std::size_t>(std::mismatch(cached_.begin(), cached_.end(), committed.begin(), committed.end()).first - cached_.begin());
    // Logits of the last token are wanted, so it is fed even if the cache holds it already.
    const std::size_t kept = wanted == 0 ? common : std::min(common, committed.size() - 1);
    cached_.resize(kept);
    lower_->crop(static_cast<std::int64_t>(kept));
    upper_->crop(static_cast<std::int64_t>(kept));
    node_tokens_.clear();
    parents_.clear();
    if (kept == committed.size()) {
        return {};
    }
    TIMBERLINE_TRY(run(committed.subspan(kept), {}, wanted, cancel));
    cached_.assign(committed.begin(), committed.end());
    return {};
}

Result<std::span<const float>> ExitFeeder::feed_root(const RoundContext& context)
{
    shared_.clear();
    if (sharing_allowed_ && context.target_store != nullptr && !committed_.layers().empty()) {
        return feed_root_shared(context);
    }
    enter(false);
    TIMBERLINE_TRY(feed_committed(context.committed, 1, context.cancel));
    return std::span<const float>(logits_);
}

Result<std::span<const float>> ExitFeeder::feed_nodes(std::span<const TokenId> tokens, std::span<const std::int32_t> parents,
                                                      const CancelToken& cancel)
{
    if (!shared_.empty()) {
        TIMBERLINE_TRY(run_shared(tokens[0], cancel));  // a chain: one node a level, below the one before
        return std::span<const float>(logits_);
    }
    const std::size_t before = node_tokens_.size();
    node_tokens_.insert(node_tokens_.end(), tokens.begin(), tokens.end());
    parents_.insert(parents_.end(), parents.begin(), parents.end());
    model::ForwardInput input;
    input.parents = parents_;
    input.cached_tree = static_cast<std::int64_t>(before);
    if (auto status = run(tokens, input, static_cast<std::int64_t>(tokens.size()), cancel); !status.ok()) {
        node_tokens_.resize(before);
        parents_.resize(before);
        return status.error();
    }
    return std::span<const float>(logits_);
}

void ExitFeeder::keep(std::span<const std::int32_t> path)
{
    if (!shared_.empty()) {
        // The root's row and those of accepted nodes are what the target's pass will say they are.
        block_rows_ += 1 + static_cast<std::int64_t>(path.size());
        upper_->crop(block_rows_);
        shared_.clear();
        return;
    }
    const auto base = static_cast<std::int64_t>(cached_.size());
    lower_->compact(base, path);
    upper_->compact(base, path);
    for (const std::int32_t node : path) {
        cached_.push_back(node_tokens_[static_cast<std::size_t>(node)]);
    }
    node_tokens_.clear();
    parents_.clear();
}

std::int32_t ExitFeeder::depth_limit(std::size_t committed) const
{
    return static_cast<std::int32_t>(std::clamp<std::int64_t>(context_ - static_cast<std::int64_t>(committed) + 1, 0, 1 << 20));
}

std::unique_ptr<NodeFeeder> ExitFeeder::snapshot() const
{
    auto copy = std::make_unique<ExitFeeder>(target_, head_, context_);
    copy->lower_ = lower_->snapshot();
    copy->upper_ = upper_->snapshot();
    copy->cached_ = cached_;
    copy->node_tokens_ = node_tokens_;
    copy->parents_ = parents_;
    copy->sharing_allowed_ = sharing_allowed_;
    copy->sharing_ = sharing_;
    copy->committed_ = committed_;
    copy->block_rows_ = block_rows_;
    copy->shared_ = shared_;
    return copy;
}

}  // namespace timberline::decoding
