// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/heads/tensor/read_out_loss.h"

#include "core/base/thread_pool.h"
#include "core/model/kernels/kernels.h"
#include "core/rules/sampling.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <cmath>
#include <vector>

namespace timberline::decoding {
namespace {

constexpr std::int64_t kRowsWorthAThread = 8;

/// What the rows of logits become: laws in place, and per row the loss and the likeliest token.
struct RowResults {
    std::vector<double> loss;
    at::Tensor best;
};

/// Logarithm of the sum of exponentials of a row before softmax_in_place, from its largest logit and what became of it.
double log_sum(float largest, float share)
{
    return static_cast<double>(largest) - std::log(static_cast<double>(share));
}

/// @param target null: `labels` say what is right.  With `gradient` the logits become d loss / d logit of the mean.
RowResults take_rows(at::Tensor& logits, const at::Tensor& labels, const at::Tensor* target, bool gradient)
{
    const auto n = logits.size(0), v = logits.size(1);
    RowResults out{.loss = std::vector<double>(static_cast<std::size_t>(n)), .best = at::empty({n}, at::TensorOptions().dtype(at::kLong))};
    auto* const values = logits.data_ptr<float>();
    auto* const best = out.best.data_ptr<std::int64_t>();
    const auto* const right = labels.defined() ? labels.data_ptr<std::int64_t>() : nullptr;
    const float share = 1.0F / static_cast<float>(n);
    ThreadPool::instance().parallel_for(n, kRowsWorthAThread, [&](std::int64_t begin, std::int64_t end) {
        std::vector<float> wanted;
        for (std::int64_t i = begin; i < end; ++i) {
            const std::span<float> row(values + i * v, static_cast<std::size_t>(v));
            const auto top = static_cast<std::size_t>(rules::argmax(row));
            best[i] = static_cast<std::int64_t>(top);
            const float largest = row[top];
            double mean = 0;  // of the logit under the law that is right
            if (target == nullptr) {
                mean = static_cast<double>(row[static_cast<std::size_t>(right[i])]);
            } else {
                const auto* from = target->data_ptr<float>() + i * v;
                wanted.assign(from, from + v);
                model::kernels::softmax_in_place(wanted);
                mean = static_cast<double>(model::kernels::dot(wanted, row));
            }
            model::kernels::softmax_in_place(row);
            out.loss[static_cast<std::size_t>(i)] = log_sum(largest, row[top]) - mean;
            if (!gradient) {
                continue;
            }
            if (target == nullptr) {
                row[static_cast<std::size_t>(right[i])] -= 1;
            }
            for (std::size_t j = 0; j < row.size(); ++j) {
                row[j] = (target == nullptr ? row[j] : row[j] - wanted[j]) * share;
            }
        }
    });
    return out;
}

ReadOutLoss fused(const HeadGround& ground, const at::Tensor& rows, const at::Tensor& labels, const at::Tensor* target)
{
    const bool gradient = at::GradMode::is_enabled();
    const bool half = gradient && ground.half_matrix.defined();
    at::Tensor slope;
    RowResults results;
    {
        const at::NoGradGuard no_gradient;
        const auto plain = rows.detach();
        auto logits = half ? at::linear(plain.to(at::kBFloat16), ground.half_matrix).to(at::kFloat) : ground.logits(plain);
        logits = logits.contiguous();
        results = take_rows(logits, labels.defined() ? labels.contiguous() : labels, target, gradient);
        if (gradient) {
            slope =
                half ? at::matmul(logits.to(at::kBFloat16), ground.half_matrix).to(at::kFloat) : at::matmul(logits, ground.output_matrix());
        }
    }
    double sum = 0;
    for (const double loss : results.loss) {  // in order, whatever the threads
        sum += loss;
    }
    const auto value = at::full({}, sum / static_cast<double>(results.loss.size()), at::TensorOptions().dtype(at::kFloat));
    if (!gradient) {
        return {.loss = value, .best = std::move(results.best)};
    }
    // A number whose value is the loss and whose gradient in the rows is `slope`.
    const auto carrier = (rows * slope).sum();
    return {.loss = value + (carrier - carrier.detach()), .best = std::move(results.best)};
}

/// A soft cap bends the logits: then autograd does it.
bool bent(const HeadGround& ground)
{
    return ground.config.final_softcap > 0;
}

}  // namespace

ReadOutLoss read_out_loss(const HeadGround& ground, const at::Tensor& rows, const at::Tensor& labels)
{
    if (bent(ground)) {
        const auto logits = ground.logits(rows);
        return {.loss = at::cross_entropy_loss(logits, labels), .best = logits.detach().argmax(-1)};
    }
    return fused(ground, rows, labels, nullptr);
}

ReadOutLoss read_out_law_loss(const HeadGround& ground, const at::Tensor& rows, const at::Tensor& target_logits)
{
    if (bent(ground)) {
        const auto logits = ground.logits(rows);
        return {.loss = -(at::softmax(target_logits, -1) * at::log_softmax(logits, -1)).sum(-1).mean(), .best = logits.detach().argmax(-1)};
    }
    const auto target = target_logits.detach().contiguous();
    return fused(ground, rows, {}, &target);
}

}  // namespace timberline::decoding
