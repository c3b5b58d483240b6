// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/attention_effect.h"

#include "core/attention/law_statistics.h"
#include "core/attention/map_compare.h"
#include "core/base/thread_pool.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace timberline::run {

namespace {

constexpr std::size_t kChunk = 64;
constexpr std::size_t kMoved = 16;  ///< tokens that are listed

bool all_zero(std::span<const float> row)
{
    return std::all_of(row.begin(), row.end(), [](float weight) { return weight == 0; });
}

/// One of the two readings.
struct Side {
    std::unique_ptr<model::KvStore> store;
    attention::AttentionKernel* kernel = nullptr;  ///< null = the model's own
    model::ForwardOutput output;
    std::vector<float> last_logits;
    attention::LawStatistics last_law;
    double surprisal = 0;
};

class Comparison
{
public:
    Comparison(const model::LanguageModel& model, const AttentionPlan& plan, std::span<const TokenId> text, std::int64_t compare_tokens)
        : decoder_(*model.decoder), text_(text), compared_(std::min(text.size(), static_cast<std::size_t>(compare_tokens)))
    {
        for (Side* side : {&base_, &edited_}) {
            side->store = decoder_.make_store(static_cast<std::int64_t>(text.size()));
        }
        edited_.kernel = plan.kernel.get();
        const auto& config = decoder_.config();
        out_.edits = plan.edits;
        out_.variant = plan.variant;
        out_.what_if = plan.what_if;
        out_.positions = static_cast<std::int32_t>(text.size());
        out_.layers = static_cast<std::int32_t>(config.layers);
        out_.heads = static_cast<std::int32_t>(config.heads);
        out_.compared_positions = static_cast<std::int32_t>(compared_);
        heads_.resize(static_cast<std::size_t>(config.layers * config.heads));
    }

    Result<record::AttentionEffect> run(const CancelToken& cancel)
    {
        for (std::size_t begin = 0; begin < text_.size();) {
            // A chunk ends where the maps' comparison ends, so that nothing is captured in vain.
            const std::size_t limit = begin < compared_ ? compared_ : text_.size();
            const auto tokens = text_.subspan(begin, std::min(kChunk, limit - begin));
            for (Side* side : {&base_, &edited_}) {
                TIMBERLINE_TRY(read(*side, tokens, begin < compared_, cancel));
            }
            TIMBERLINE_TRY(compare_laws(begin, tokens, cancel));
            if (begin < compared_) {
                compare_maps(tokens.size());
            }
            begin += tokens.size();
        }
        finish();
        return std::move(out_);
    }

private:
    Status read(Side& side, std::span<const TokenId> tokens, bool maps, const CancelToken& cancel) const
    {
        model::ForwardInput input;
        input.tokens = tokens;
        input.capture.attention = maps;
        input.attention = side.kernel;
        return decoder_.forward(input, *side.store, side.output, cancel);
    }

    [[nodiscard]] std::span<const float> row(const Side& side, std::size_t i) const
    {
        const auto vocabulary = static_cast<std::size_t>(decoder_.config().vocabulary);
        return std::span<const float>(side.output.logits).subspan(i * vocabulary, vocabulary);
    }

    Status compare_laws(std::size_t begin, std::span<const TokenId> tokens, const CancelToken& cancel)
    {
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            if (cancel.cancelled()) {
                return make_error(ErrorCode::Cancelled, "the comparison was cancelled");
            }
            const bool first = begin + i == 0;
            for (Side* side : {&base_, &edited_}) {
                auto& surprisals = side == &base_ ? out_.base_surprisal : out_.edited_surprisal;
                auto& entropies = side == &base_ ? out_.base_entropy : out_.edited_entropy;
                const double value = first ? std::nan("") : attention::surprisal(side->last_logits, side->last_law, tokens[i]);
                surprisals.push_back(static_cast<float>(value));
                side->surprisal += first ? 0 : value;
                const auto logits = row(*side, i);
                side->last_law = attention::law_statistics(logits);
                side->last_logits.assign(logits.begin(), logits.end());
                entropies.push_back(static_cast<float>(side->last_law.entropy));
            }
            const auto difference = attention::law_difference(base_.last_logits, base_.last_law, edited_.last_logits, edited_.last_law);
            out_.divergence.push_back(static_cast<float>(difference.divergence));
            out_.same_choice.push_back(base_.last_law.top == edited_.last_law.top ? 1 : 0);
            signal_ += difference.signal;
            noise_ += difference.noise;
        }
        return {};
    }

    void compare_maps(std::size_t rows)
    {
        const auto columns = static_cast<std::size_t>(base_.output.captures.attention_columns);
        ThreadPool::instance().parallel_for(static_cast<std::int64_t>(heads_.size()), 1, [&](std::int64_t first, std::int64_t last) {
            for (std::int64_t head = first; head < last; ++head) {
                compare_head(static_cast<std::size_t>(head), rows, columns);
            }
        });
    }

    void compare_head(std::size_t head, std::size_t rows, std::size_t columns)
    {
        const std::size_t layer = head / static_cast<std::size_t>(out_.heads);
        const std::size_t place = head % static_cast<std::size_t>(out_.heads) * rows;
        const std::span<const float> base(base_.output.captures.attention[layer]);
        const std::span<const float> edited(edited_.output.captures.attention[layer]);
        const std::size_t before = columns - rows;  // positions of earlier chunks
        for (std::size_t i = 0; i < rows; ++i) {
            const std::size_t at = (place + i) * columns;
            const auto unchanged = base.subspan(at, before + i + 1), changed = edited.subspan(at, before + i + 1);
            if (before + i > 0 && !all_zero(unchanged) && !all_zero(changed)) {  // a row over one key or of zeros says nothing
                heads_[head].add(attention::compare_rows(unchanged, changed));
            }
        }
    }

    void finish()
    {
        const auto rated = static_cast<double>(text_.size() - 1);
        out_.base_perplexity = rated > 0 ? std::exp(base_.surprisal / rated) : std::nan("");
        out_.edited_perplexity = rated > 0 ? std::exp(edited_.surprisal / rated) : std::nan("");
        out_.signal_to_noise_db = 10 * std::log10(signal_ / noise_);
        list_moved();
        if (compared_ == 0) {
            return;
        }
        for (const auto& head : heads_) {
            const attention::RowComparison mean = head.mean();
            out_.entropy_change.push_back(static_cast<float>(mean.entropy_change));
            out_.map_divergence.push_back(static_cast<float>(mean.divergence));
            out_.jensen_shannon.push_back(static_cast<float>(mean.jensen_shannon));
            out_.total_variation.push_back(static_cast<float>(mean.total_variation));
            out_.top_key_changed.push_back(static_cast<float>(head.top_key_changed()));
            out_.map_cosine.push_back(static_cast<float>(head.rows() > 0 ? mean.cosine : 1));
        }
    }

    void list_moved()
    {
        const auto probability = [](const Side& side, std::size_t token) {
            return std::exp(static_cast<double>(side.last_logits[token]) - side.last_law.log_sum_exp);
        };
        const auto change = [&](std::size_t token) {
            const double moved = std::abs(probability(edited_, token) - probability(base_, token));
            return std::isnan(moved) ? 0 : moved;  // NaN has no order
        };
        std::vector<std::pair<double, TokenId>> order;
        for (std::size_t token = 0; token < base_.last_logits.size(); ++token) {
            order.emplace_back(-change(token), static_cast<TokenId>(token));
        }
        const auto listed = static_cast<std::ptrdiff_t>(std::min(kMoved, order.size()));
        std::partial_sort(order.begin(), order.begin() + listed, order.end());
        for (std::ptrdiff_t i = 0; i < listed; ++i) {
            const TokenId token = order[static_cast<std::size_t>(i)].second;
            out_.moved.push_back(token);
            out_.moved_base.push_back(static_cast<float>(probability(base_, static_cast<std::size_t>(token))));
            out_.moved_edited.push_back(static_cast<float>(probability(edited_, static_cast<std::size_t>(token))));
        }
    }

    const model::Decoder& decoder_;
    std::span<const TokenId> text_;
    std::size_t compared_;
    Side base_, edited_;
    std::vector<attention::HeadComparison> heads_;
    double signal_ = 0, noise_ = 0;
    record::AttentionEffect out_;
};

}  // namespace

Result<record::AttentionEffect> attention_effect(const model::LanguageModel& model, const AttentionPlan& plan,
                                                 std::span<const TokenId> text, std::int64_t compare_tokens, const CancelToken& cancel)
{
    return Comparison(model, plan, text, compare_tokens).run(cancel);
}

}  // namespace timberline::run
