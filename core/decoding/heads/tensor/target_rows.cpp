// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/heads/tensor/target_rows.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace timberline::decoding {

Result<std::shared_ptr<const TargetRows::Rows>> TargetRows::rows(const std::vector<TokenId>& sequence, const CancelToken& cancel)
{
    if (const auto it = kept_.find(&sequence); it != kept_.end()) {
        return it->second;
    }
    const auto length = static_cast<std::int64_t>(sequence.size());
    if (store_ == nullptr || store_->capacity() < length) {
        store_ = target_->decoder->make_store(length);
    }
    store_->crop(0);
    model::ForwardInput input;
    input.tokens = sequence;
    input.logits = model::ForwardInput::Logits::None;
    input.capture.hidden = !taps_.empty();
    TIMBERLINE_TRY(target_->decoder->forward(input, *store_, output_, cancel));
    auto out = std::make_shared<Rows>();
    out->hidden = output_.hidden;
    for (const auto layer : taps_) {
        out->taps.push_back(output_.captures.hidden.at(static_cast<std::size_t>(layer)));
    }
    const auto bytes = static_cast<std::int64_t>(out->hidden.size() * (1 + out->taps.size()) * sizeof(float));
    if (bytes <= left_) {
        left_ -= bytes;
        kept_.emplace(&sequence, out);
    }
    return std::shared_ptr<const Rows>(std::move(out));
}

Result<HeadBatch> TargetRows::batch(const std::vector<const std::vector<TokenId>*>& sequences, const CancelToken& cancel)
{
    std::size_t longest = 1;
    for (const auto* sequence : sequences) {
        longest = std::max(longest, sequence->size());
    }
    const auto count = static_cast<std::int64_t>(sequences.size()), length = static_cast<std::int64_t>(longest);
    const auto width = target_->decoder->config().hidden;
    HeadBatch out;
    out.ids = at::zeros({count, length}, at::TensorOptions().dtype(at::kLong));
    out.valid = at::zeros({count, length}, at::TensorOptions().dtype(at::kBool));
    out.hidden = at::zeros({count, length, width});
    for (std::size_t i = 0; i < taps_.size(); ++i) {
        out.taps.push_back(at::zeros({count, length, width}));
    }
    for (std::int64_t b = 0; b < count; ++b) {
        const auto& sequence = *sequences[static_cast<std::size_t>(b)];
        TIMBERLINE_ASSIGN(const auto found, rows(sequence, cancel));
        std::ranges::copy(sequence, out.ids.data_ptr<std::int64_t>() + b * length);
        std::fill_n(out.valid.data_ptr<bool>() + b * length, sequence.size(), true);
        std::ranges::copy(found->hidden, out.hidden.data_ptr<float>() + b * length * width);
        for (std::size_t i = 0; i < taps_.size(); ++i) {
            std::ranges::copy(found->taps[i], out.taps[i].data_ptr<float>() + b * length * width);
        }
    }
    return out;
}

}  // namespace timberline::decoding
