// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/heads/committed_rows.h"

#include <algorithm>

namespace timberline::decoding {

CommittedRows::CommittedRows(std::shared_ptr<const model::LanguageModel> target, std::vector<std::int64_t> layers)
    : target_(std::move(target)), layers_(std::move(layers)),
      width_(target_->decoder->config().hidden * std::max<std::int64_t>(static_cast<std::int64_t>(layers_.size()), 1))
{}

Status CommittedRows::begin(std::span<const TokenId> committed, const CancelToken& cancel)
{
    forget();
    return layers_.empty() || committed.size() < 2 ? Status{} : compute(committed, cancel);
}

void CommittedRows::forget()
{
    first_ = 0;
    rows_.clear();
}

Status CommittedRows::compute(std::span<const TokenId> committed, const CancelToken& cancel)
{
    const std::size_t count = committed.size() - 1;
    const auto store = target_->decoder->make_store(static_cast<std::int64_t>(count));
    model::ForwardInput input;
    input.tokens = committed.first(count);
    input.logits = model::ForwardInput::Logits::None;
    input.capture.hidden = !layers_.empty();
    model::ForwardOutput out;
    TIMBERLINE_TRY(target_->decoder->forward(input, *store, out, cancel));
    ++recomputed_;
    first_ = 0;
    if (layers_.empty()) {
        rows_ = std::move(out.hidden);
        return {};
    }
    const auto width = static_cast<std::size_t>(target_->decoder->config().hidden);
    rows_.clear();
    rows_.reserve(count * static_cast<std::size_t>(width_));
    for (std::size_t position = 0; position < count; ++position) {
        for (const std::int64_t layer : layers_) {
            const auto row = std::span(out.captures.hidden[static_cast<std::size_t>(layer)]).subspan(position * width, width);
            rows_.insert(rows_.end(), row.begin(), row.end());
        }
    }
    return {};
}

void CommittedRows::note(const RoundContext& context)
{
    const std::span<const float> brought = layers_.empty() ? context.target_hidden : context.target_taps;
    const std::int64_t known = static_cast<std::int64_t>(context.committed.size()) - 1;
    const std::int64_t first = known - static_cast<std::int64_t>(brought.size()) / width_;
    if (end() >= known) {
        return;
    }
    if (first > end()) {  // a gap: who asks for what came before gets it computed
        first_ = first;
        rows_.clear();
    }
    const auto fresh = brought.subspan(static_cast<std::size_t>((end() - first) * width_));
    rows_.insert(rows_.end(), fresh.begin(), fresh.end());
}

Result<std::span<const float>> CommittedRows::since(const RoundContext& context, std::int64_t from)
{
    note(context);
    const std::int64_t known = static_cast<std::int64_t>(context.committed.size()) - 1;
    if (from < first_ || end() != known) {
        TIMBERLINE_TRY(compute(context.committed, context.cancel));
    }
    return std::span<const float>(rows_).subspan(static_cast<std::size_t>((from - first_) * width_));
}

void CommittedRows::consumed(std::int64_t position)
{
    const std::int64_t drop = std::clamp<std::int64_t>(position - first_, 0, end() - first_);
    rows_.erase(rows_.begin(), rows_.begin() + static_cast<std::ptrdiff_t>(drop * width_));
    first_ += drop;
}

}  // namespace timberline::decoding
