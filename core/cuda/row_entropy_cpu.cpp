// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cuda/online_entropy.h"
#include "core/cuda/row_entropy.h"

namespace timberline::cuda {

void row_entropy_cpu(const float* logits, std::int64_t rows, std::int64_t columns, const RowEntropyOutput& output) noexcept
{
    constexpr float kMasked = -std::numeric_limits<float>::infinity();
    for (std::int64_t row = 0; row < rows; ++row) {
        const float* line = logits + row * columns;
        float top = kMasked;
        std::int64_t best = 0;
        for (std::int64_t i = 0; i < columns; ++i) {
            const float s = sanitized(line[i]);
            if (s > top) {
                top = s;
                best = i;
            }
        }
        // The maximum is known, so the sums never need rescaling: cheaper than the online form and the same numbers.
        OnlineEntropy<double> state;
        state.maximum = top;
        for (std::int64_t i = 0; i < columns; ++i) {
            const float s = sanitized(line[i]);
            if (s > kMasked) {
                state.add(s);
            }
        }
        if (output.maximum != nullptr) {
            output.maximum[row] = top;
        }
        if (output.log_sum_exp != nullptr) {
            output.log_sum_exp[row] = static_cast<float>(state.log_sum_exp());
        }
        if (output.entropy != nullptr) {
            output.entropy[row] = static_cast<float>(state.entropy());
        }
        if (output.top1 != nullptr) {
            output.top1[row] = static_cast<std::int32_t>(best);
        }
    }
}

} // namespace timberline::cuda
