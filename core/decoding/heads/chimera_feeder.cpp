// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/heads/chimera_feeder.h"

#include "core/decoding/heads/head_block.h"

#include <algorithm>
#include <string>

namespace timberline::decoding {

namespace {

constexpr std::int64_t kTreeSlots = 1024;  ///< a node may stand in F's cache twice: as its window and as its state
constexpr std::int64_t kMostHeads = 5;

}  // namespace

std::array<TokenId, 3> trigram_window(std::span<const TokenId> text)
{
    const std::size_t n = text.size();
    if (n == 1) {
        return {text[0], text[0], text[0]};
    }
    if (n == 2) {
        return {text[0], text[1], text[1]};
    }
    return {text[n - 3], text[n - 2], text[n - 1]};
}

Result<std::shared_ptr<const ChimeraHead>> ChimeraHead::open(const model::LanguageModel& target, const HeadFolder& heads)
{
    auto out = std::make_shared<ChimeraHead>();
    const model::DecoderConfig& config = target.decoder->config();
    const std::int64_t d = config.hidden;
    TIMBERLINE_ASSIGN(const std::int64_t count, heads.size("heads", 1, kMostHeads));
    TIMBERLINE_ASSIGN(out->trigram, heads.flag("trigram"));
    TIMBERLINE_ASSIGN(const bool encoder, heads.flag("context_encoder"));
    TIMBERLINE_ASSIGN(out->read_out, SharedReadOut::of(target));
    if (out->trigram) {
        TIMBERLINE_ASSIGN(out->inner, PackedLinear::from(heads, "trigram.in.weight", 3 * d, 3 * d, "trigram.in.bias"));
        TIMBERLINE_ASSIGN(out->outer, PackedLinear::from(heads, "trigram.out.weight", d, 3 * d));
    }
    if (encoder) {
        TIMBERLINE_ASSIGN(out->context, make_block(config, 1, heads, "context."));
        TIMBERLINE_ASSIGN(out->norm, HeadNorm::from(config, heads, "norm"));
    }
    for (std::int64_t head = 0; head < count; ++head) {
        TIMBERLINE_ASSIGN(auto mixer, PackedLinear::from(heads, "heads." + std::to_string(head) + ".weight", d, 2 * d));
        out->mixers.push_back(std::move(mixer));
    }
    return std::shared_ptr<const ChimeraHead>(std::move(out));
}

void ChimeraHead::encode(std::span<const TokenId> text, std::span<float> out) const
{
    if (!trigram) {
        read_out.embedding(text.back(), out);
        return;
    }
    const std::size_t d = out.size();
    const auto window = trigram_window(text);
    std::vector<float> u(3 * d);
    for (std::size_t i = 0; i < window.size(); ++i) {
        read_out.embedding(window[i], std::span(u).subspan(i * d, d));
    }
    std::vector<float> bent(3 * d);
    inner.apply(u, 1, bent);
    silu_in_place(bent);
    for (std::size_t i = 0; i < u.size(); ++i) {
        u[i] += bent[i];
    }
    outer.apply(u, 1, out);
}

void ChimeraHead::logits(std::size_t level, std::span<const float> known, std::span<const float> states, std::vector<float>& out) const
{
    const std::size_t d = known.size();
    const std::size_t rows = states.size() / d;
    std::vector<float> both(2 * states.size());
    for (std::size_t row = 0; row < rows; ++row) {
        const auto place = std::span(both).subspan(row * 2 * d, 2 * d);
        std::ranges::copy(known, place.begin());
        std::ranges::copy(states.subspan(row * d, d), place.last(d).begin());
    }
    std::vector<float> mixed(states.size());
    const auto count = static_cast<std::int64_t>(rows);
    mixers[std::min(level, mixers.size() - 1)].apply(both, count, mixed);
    out.resize(rows * static_cast<std::size_t>(read_out.vocabulary()));
    read_out.logits(mixed, count, out);
}

ChimeraFeeder::ChimeraFeeder(std::shared_ptr<const model::LanguageModel> target, std::shared_ptr<const ChimeraHead> head,
                             std::int64_t context)
    : target_(std::move(target)), head_(std::move(head)), context_(context), width_(head_->read_out.hidden()), rows_(target_),
      store_(head_->context ? head_->context->make_store(context + kTreeSlots) : nullptr)
{}

Status ChimeraFeeder::begin(std::span<const TokenId> committed, const CancelToken& cancel)
{
    known_ = 0;
    last_known_.clear();
    keep({});
    return rows_.begin(committed, cancel);
}

std::span<const float> ChimeraFeeder::state(std::int32_t node) const
{
    const auto width = static_cast<std::size_t>(width_);
    return node < 0 ? std::span<const float>(root_state_)
                    : std::span<const float>(states_).subspan(static_cast<std::size_t>(node) * width, width);
}

std::vector<TokenId> ChimeraFeeder::text_to(std::int32_t node) const
{
    std::vector<TokenId> below;
    for (; node >= 0; node = fed_[static_cast<std::size_t>(node)].parent) {
        below.push_back(fed_[static_cast<std::size_t>(node)].token);
    }
    std::vector<TokenId> out = tail_;
    out.insert(out.end(), below.rbegin(), below.rend());
    return out;
}

Result<std::span<const float>> ChimeraFeeder::feed_root(const RoundContext& context)
{
    keep({});
    const std::int64_t known = static_cast<std::int64_t>(context.committed.size()) - 1;
    const auto width = static_cast<std::size_t>(width_);
    tail_.assign(context.committed.end() - std::min<std::ptrdiff_t>(3, std::ssize(context.committed)), context.committed.end());
    std::span<const float> fresh;
    if (known > known_) {
        TIMBERLINE_ASSIGN(fresh, rows_.since(context, known_));
        last_known_.assign(fresh.end() - static_cast<std::ptrdiff_t>(width), fresh.end());
    }
    std::vector<float> rows(fresh.size() + width);
    std::ranges::copy(fresh, rows.begin());
    head_->encode(tail_, std::span(rows).last(width));
    if (store_) {
        TIMBERLINE_TRY(head_->context->forward_layers(0, 1, {}, rows, *store_, context.cancel));
        store_->crop(known);  // the window's row gives its output and leaves; its place is the state's
        head_->norm.apply(std::span(rows).last(width));
    }
    root_state_.assign(rows.end() - static_cast<std::ptrdiff_t>(width), rows.end());
    head_->logits(0, last_known_, root_state_, root_logits_);
    known_ = known;
    rows_.consumed(known);
    return std::span<const float>(root_logits_);
}

std::int32_t ChimeraFeeder::place_state(std::int32_t node, std::vector<float>& rows)
{
    auto& held = node < 0 ? root_state_row_ : fed_[static_cast<std::size_t>(node)].state_row;
    if (held < 0) {
        // The parent's state was placed when this node was fed.
        const std::int32_t above = node < 0 ? -1 : fed_[static_cast<std::size_t>(node)].parent;
        const std::int32_t parent_row = node < 0 ? -1 : (above < 0 ? root_state_row_ : fed_[static_cast<std::size_t>(above)].state_row);
        held = static_cast<std::int32_t>(tree_parents_.size());
        tree_parents_.push_back(parent_row);
        const auto values = state(node);
        rows.insert(rows.end(), values.begin(), values.end());
    }
    return held;
}

Result<std::span<const float>> ChimeraFeeder::feed_nodes(std::span<const TokenId> tokens, std::span<const std::int32_t> parents,
                                                         const CancelToken& cancel)
{
    const auto width = static_cast<std::size_t>(width_);
    const auto cached = static_cast<std::int64_t>(tree_parents_.size());
    const std::size_t before = fed_.size();
    std::vector<float> rows;
    std::vector<std::int32_t> state_rows(tokens.size());
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        state_rows[i] = store_ ? place_state(parents[i], rows) : -1;
    }
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const std::int32_t parent = parents[i];
        const std::int32_t depth = parent < 0 ? 1 : fed_[static_cast<std::size_t>(parent)].depth + 1;
        fed_.push_back({.parent = parent, .depth = depth, .state_row = -1, .token = tokens[i]});
        if (store_) {
            tree_parents_.push_back(state_rows[i]);
        }
        rows.resize(rows.size() + width);
        head_->encode(text_to(static_cast<std::int32_t>(before + i)), std::span(rows).last(width));
    }
    if (store_) {
        model::ForwardInput input;
        input.parents = tree_parents_;
        input.cached_tree = cached;
        TIMBERLINE_TRY(head_->context->forward_layers(0, 1, input, rows, *store_, cancel));
    }
    const auto states = std::span(rows).last(tokens.size() * width);
    if (store_) {
        head_->norm.apply(states);
    }
    states_.insert(states_.end(), states.begin(), states.end());
    // All nodes of a call stand on one level in every tree that grows level by level; each gets its own level's head all the same.
    const auto vocabulary_size = static_cast<std::size_t>(vocabulary());
    logits_.resize(tokens.size() * vocabulary_size);
    std::vector<float> some;
    for (std::size_t begin = 0; begin < tokens.size();) {
        const std::int32_t depth = fed_[before + begin].depth;
        std::size_t end = begin + 1;
        while (end < tokens.size() && fed_[before + end].depth == depth) {
            ++end;
        }
        head_->logits(static_cast<std::size_t>(depth), last_known_, states.subspan(begin * width, (end - begin) * width), some);
        std::ranges::copy(some, logits_.begin() + static_cast<std::ptrdiff_t>(begin * vocabulary_size));
        begin = end;
    }
    return std::span<const float>(logits_);
}

void ChimeraFeeder::keep(std::span<const std::int32_t> /*path*/)
{
    // Drafted states stood in for rows of the target, which the next round brings.
    if (store_) {
        store_->crop(known_);
    }
    fed_.clear();
    states_.clear();
    tree_parents_.clear();
    root_state_row_ = -1;
}

std::int32_t ChimeraFeeder::depth_limit(std::size_t committed) const
{
    // Without a row of the target there is nothing to mix with; the deepest window stands at committed - 1 + depth - 1.
    const auto length = static_cast<std::int64_t>(committed);
    return length < 2 ? 0 : static_cast<std::int32_t>(std::clamp<std::int64_t>(context_ - length + 1, 0, levels()));
}

std::unique_ptr<NodeFeeder> ChimeraFeeder::snapshot() const
{
    auto copy = std::make_unique<ChimeraFeeder>(target_, head_, context_);
    copy->rows_ = rows_;
    copy->store_ = store_ ? store_->snapshot() : nullptr;
    copy->known_ = known_;
    copy->last_known_ = last_known_;
    copy->tail_ = tail_;
    copy->root_state_ = root_state_;
    copy->root_logits_ = root_logits_;
    copy->root_state_row_ = root_state_row_;
    copy->fed_ = fed_;
    copy->states_ = states_;
    copy->tree_parents_ = tree_parents_;
    return copy;
}

}  // namespace timberline::decoding
