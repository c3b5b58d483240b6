// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/heads/hydra_feeder.h"

#include <algorithm>

namespace timberline::decoding {

HydraFeeder::HydraFeeder(std::shared_ptr<const model::LanguageModel> target, ChainedHeads heads, std::int64_t context)
    : target_(std::move(target)), heads_(std::move(heads)), context_(context), rows_(target_),
      store_(heads_.prefix() ? heads_.prefix()->make_store(context + 1) : nullptr)
{}

Status HydraFeeder::begin(std::span<const TokenId> committed, const CancelToken& cancel)
{
    if (store_) {
        store_->crop(0);
    }
    known_ = 0;
    row_.clear();
    paths_.clear();
    return rows_.begin(committed, cancel);
}

Result<std::span<const float>> HydraFeeder::feed_root(const RoundContext& context)
{
    keep({});
    const std::int64_t known = static_cast<std::int64_t>(context.committed.size()) - 1;
    if (known > known_) {
        TIMBERLINE_ASSIGN(const auto fresh, rows_.since(context, known_));
        std::vector<float> rows(fresh.begin(), fresh.end());
        if (store_) {
            TIMBERLINE_TRY(heads_.prefix()->forward_layers(0, 1, {}, rows, *store_, context.cancel));
        }
        row_.assign(rows.end() - static_cast<std::ptrdiff_t>(heads_.hidden()), rows.end());
        known_ = known;
        rows_.consumed(known);
    }
    root_ = context.committed.back();
    heads_.logits(0, row_, {&root_, 1}, logits_);
    return std::span<const float>(logits_);
}

Result<std::span<const float>> HydraFeeder::feed_nodes(std::span<const TokenId> tokens, std::span<const std::int32_t> parents,
                                                       const CancelToken& cancel)
{
    if (cancel.cancelled()) {
        return make_error(ErrorCode::Cancelled, "drafting was cancelled");
    }
    const std::size_t first = paths_.size();
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        auto path = parents[i] < 0 ? std::vector<TokenId>{root_} : paths_[static_cast<std::size_t>(parents[i])];
        path.push_back(tokens[i]);
        paths_.push_back(std::move(path));
    }
    // All nodes of a call stand on one level in every tree that grows level by
    // level; each gets its own level's head all the same.
    const auto width = static_cast<std::size_t>(vocabulary());
    logits_.resize(tokens.size() * width);
    std::vector<TokenId> flat;
    for (std::size_t begin = first; begin < paths_.size();) {
        const std::size_t length = paths_[begin].size();
        std::size_t end = begin;
        flat.clear();
        for (; end < paths_.size() && paths_[end].size() == length; ++end) {
            flat.insert(flat.end(), paths_[end].begin(), paths_[end].end());
        }
        heads_.logits(static_cast<std::int64_t>(length) - 1, row_, flat, some_);
        std::ranges::copy(some_, logits_.begin() + static_cast<std::ptrdiff_t>((begin - first) * width));
        begin = end;
    }
    return std::span<const float>(logits_);
}

std::unique_ptr<NodeFeeder> HydraFeeder::snapshot() const
{
    auto copy = std::make_unique<HydraFeeder>(target_, heads_, context_);
    copy->rows_ = rows_;
    copy->store_ = store_ ? store_->snapshot() : nullptr;
    copy->known_ = known_;
    copy->root_ = root_;
    copy->row_ = row_;
    copy->paths_ = paths_;
    return copy;
}

}  // namespace timberline::decoding
