// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/attention_session.h"

#include "core/attention/edited_attention.h"
#include "core/model/decoder_parts.h"
#include "core/model/kernels/kernels.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace timberline::run {

namespace {

constexpr const char* kFamily = "attention variant";

struct Made {
    std::shared_ptr<attention::AttentionKernel> kernel;
    bool what_if = false;
};

Result<Made> make_variant(const MethodRegistry& methods, const attention::AttentionResources& resources, const std::string& id,
                          const Values& given)
{
    TIMBERLINE_ASSIGN(const auto* entry, methods.find(kFamily, id));
    TIMBERLINE_ASSIGN(const Values values, complete_values(entry->info.hyperparameters, given, "variant " + id));
    const auto& variant = attention::variant_of(*entry);
    Made out;
    TIMBERLINE_ASSIGN(out.kernel, variant.make(resources, values));
    out.what_if = variant.what_if(values);
    return out;
}

}  // namespace

Result<AttentionPlan> make_attention_plan(const MethodRegistry& methods, const model::DecoderConfig& model, const MethodChoice& variant,
                                          const std::string& edits)
{
    AttentionPlan out;
    TIMBERLINE_ASSIGN(const auto parsed, rules::parse_attention_edits(edits));
    TIMBERLINE_ASSIGN(out.heads, rules::resolve_attention_edits(parsed, model.layers, model.heads));
    for (const auto& edit : parsed) {
        out.edits.push_back(rules::to_text(edit));
    }
    out.variant = variant.id;
    TIMBERLINE_ASSIGN(const auto* table, model::kernels::select_kernels());
    const attention::AttentionResources resources = {.kernels = table->row_kernels(),
                                                     .exact = model::make_exact_attention(*table),
                                                     .layers = model.layers,
                                                     .heads = model.heads,
                                                     .kv_heads = model.kv_heads,
                                                     .head_dim = model.head_dim};
    out.own = resources.exact;
    std::map<std::string, Made> made;  // swapped variants have their default values, but for the run's own
    TIMBERLINE_ASSIGN(made[variant.id], make_variant(methods, resources, variant.id, variant.values));
    std::vector<attention::HeadPlan> plan;
    bool edited = false;
    for (const rules::HeadEdit& head : out.heads) {
        const std::string& id = head.variant.empty() ? variant.id : head.variant;
        if (!made.contains(id)) {
            auto swapped = make_variant(methods, resources, id, {});
            if (!swapped) {
                return swapped.error().with("swap");
            }
            made[id] = std::move(*swapped);
        }
        edited = edited || head.changed();
        out.what_if = out.what_if || made[id].what_if;
        plan.push_back({.kernel = made[id].kernel.get(), .temperature = head.temperature, .factor = head.factor});
    }
    out.changed = edited || variant.id != "softmax";
    if (!edited) {
        out.kernel = made[variant.id].kernel;
        return out;
    }
    std::vector<std::shared_ptr<attention::AttentionKernel>> kernels;
    for (const auto& [id, part] : made) {
        kernels.push_back(part.kernel);
    }
    out.kernel = std::make_shared<attention::EditedAttention>(model.heads, std::move(plan), std::move(kernels));
    return out;
}

AttentionSession::AttentionSession(std::shared_ptr<const model::LanguageModel> model, AttentionPlan plan, const AttentionSettings& settings,
                                   std::int64_t capacity)
    : model_(std::move(model)), plan_(std::move(plan)), settings_(settings), store_(model_->decoder->make_store(capacity))
{}

record::AttentionSetup AttentionSession::setup(std::int32_t moment, std::int64_t prompt_tokens) const
{
    const model::DecoderConfig& config = model_->decoder->config();
    record::AttentionSetup out;
    out.moment = moment;
    out.layers = static_cast<std::int32_t>(config.layers);
    out.heads = static_cast<std::int32_t>(config.heads);
    out.kv_heads = static_cast<std::int32_t>(config.kv_heads);
    out.head_dim = static_cast<std::int32_t>(config.head_dim);
    out.context = static_cast<std::int32_t>(std::min<std::int64_t>(config.context, std::numeric_limits<std::int32_t>::max()));
    out.prompt_tokens = static_cast<std::int32_t>(prompt_tokens);
    out.window.assign(static_cast<std::size_t>(config.layers), 0);
    for (std::size_t layer = 0; layer < config.window.size(); ++layer) {
        out.window[layer] = static_cast<std::int32_t>(config.window[layer]);
    }
    out.variant = plan_.variant;
    out.what_if = plan_.what_if;
    out.edits = plan_.edits;
    out.sink_tokens = static_cast<std::int32_t>(settings_.sink_tokens);
    out.local_window = static_cast<std::int32_t>(settings_.local_window);
    return out;
}

Result<record::AttentionRows> AttentionSession::feed(std::span<const TokenId> tokens, std::int32_t moment, const CancelToken& cancel)
{
    const model::DecoderConfig& config = model_->decoder->config();
    std::vector<std::span<const std::int32_t>> marked;
    induction_.release();
    for (const TokenId token : tokens) {
        marked.push_back(induction_.append(token));
    }
    model::ForwardInput input;
    input.tokens = tokens;
    input.capture.attention_rows = true;
    input.capture.row_settings = {.sink_tokens = static_cast<std::int32_t>(settings_.sink_tokens),
                                  .local_window = static_cast<std::int32_t>(settings_.local_window)};
    input.capture.marked = marked;
    input.attention = plan_.kernel.get();
    TIMBERLINE_TRY(model_->decoder->forward(input, *store_, output_, cancel));

    record::AttentionRows rows;
    rows.moment = moment;
    rows.layers = static_cast<std::int32_t>(config.layers);
    rows.heads = static_cast<std::int32_t>(config.heads);
    rows.kv_heads = static_cast<std::int32_t>(config.kv_heads);
    rows.first = static_cast<std::int32_t>(text_.size());
    rows.positions = static_cast<std::int32_t>(tokens.size());
    rows.token.assign(tokens.begin(), tokens.end());
    for (const auto& targets : marked) {
        rows.induction_targets.push_back(static_cast<std::int32_t>(targets.size()));
    }
    take_heads(rows);
    take_values(rows);
    TIMBERLINE_TRY(take_laws(tokens, rows, cancel));
    text_.insert(text_.end(), tokens.begin(), tokens.end());
    return rows;
}

void AttentionSession::take_heads(record::AttentionRows& rows) const
{
    for (const auto& layer : output_.captures.attention_rows) {
        for (const attention::RowStatistics& row : layer) {
            rows.entropy.push_back(row.entropy);
            rows.log_sum_exp.push_back(row.log_sum_exp);
            rows.largest.push_back(row.largest);
            rows.varentropy.push_back(row.varentropy);
            rows.collision.push_back(row.collision);
            rows.sink.push_back(row.sink);
            rows.local.push_back(row.local);
            rows.distance.push_back(row.distance);
            rows.previous.push_back(row.previous);
            rows.induction.push_back(row.marked);
            rows.visible.push_back(row.visible);
        }
    }
}

void AttentionSession::take_values(record::AttentionRows& rows) const
{
    const std::int64_t dim = store_->head_dim();
    for (std::int64_t layer = 0; layer < rows.layers; ++layer) {
        for (std::int64_t head = 0; head < rows.kv_heads; ++head) {
            const float* const values = store_->values(layer, head) + rows.first * dim;
            for (std::int64_t row = 0; row < rows.positions; ++row) {
                const std::span<const float> value(values + row * dim, static_cast<std::size_t>(dim));
                rows.value_norm.push_back(std::sqrt(model::kernels::dot(value, value)));
            }
        }
    }
}

Status AttentionSession::take_laws(std::span<const TokenId> tokens, record::AttentionRows& rows, const CancelToken& cancel)
{
    const auto vocabulary = static_cast<std::size_t>(model_->decoder->config().vocabulary);
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (cancel.cancelled()) {  // rows of large vocabularies take a while
            return make_error(ErrorCode::Cancelled, "the run was cancelled");
        }
        const auto before = i == 0 ? std::span<const float>(last_logits_)
                                   : std::span<const float>(output_.logits).subspan((i - 1) * vocabulary, vocabulary);
        rows.surprisal.push_back(before.empty() ? record::kUndefined
                                                : static_cast<float>(attention::surprisal(before, last_law_, tokens[i])));
        last_law_ = attention::law_statistics(std::span<const float>(output_.logits).subspan(i * vocabulary, vocabulary));
        rows.next_entropy.push_back(static_cast<float>(last_law_.entropy));
        rows.next_varentropy.push_back(static_cast<float>(last_law_.varentropy));
        rows.next_margin.push_back(static_cast<float>(last_law_.margin));
    }
    if (!tokens.empty()) {
        last_logits_.assign(output_.logits.end() - static_cast<std::ptrdiff_t>(vocabulary), output_.logits.end());
    }
    return {};
}

}  // namespace timberline::run
