// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/attention_variant.h"
#include "core/attention/induction.h"
#include "core/attention/law_statistics.h"
#include "core/model/language_model.h"
#include "core/record/attention_rows.h"
#include "core/rules/attention_edits.h"
#include "core/run/bench_attention_settings.h"
#include "core/run/config.h"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace timberline::run {

/// How a model attends in a run: a variant everywhere and edits of single heads on top.
struct AttentionPlan {
    std::shared_ptr<attention::AttentionKernel> kernel;
    std::shared_ptr<attention::AttentionKernel> own;  ///< the model's, for comparisons
    std::vector<rules::HeadEdit> heads;               ///< [layers * heads]
    std::vector<std::string> edits;                   ///< one spelling each
    std::string variant;
    bool what_if = false;  ///< some head does what the model was not trained for
    bool changed = false;  ///< anything at all differs from the model's own attention
};
/// Errors: a bad edit, a head that the model has not, an unknown variant.
[[nodiscard]] Result<AttentionPlan> make_attention_plan(const MethodRegistry& methods, const model::DecoderConfig& model,
                                                        const MethodChoice& variant, const std::string& edits);

/// Reads a text token by token or in chunks and writes down what every head does. One thread at a time.
class AttentionSession
{
public:
    /// @param capacity most tokens that will be read.
    AttentionSession(std::shared_ptr<const model::LanguageModel> model, AttentionPlan plan, const AttentionSettings& settings,
                     std::int64_t capacity);

    /// What is in force; for the record.
    [[nodiscard]] record::AttentionSetup setup(std::int32_t moment, std::int64_t prompt_tokens) const;
    /// The rows that follow attend by another plan; rows that were read keep their keys and values.
    void set_plan(AttentionPlan plan) { plan_ = std::move(plan); }
    [[nodiscard]] const AttentionPlan& plan() const noexcept { return plan_; }

    /// Reads tokens that follow the text so far. Errors: those of Decoder::forward.
    [[nodiscard]] Result<record::AttentionRows> feed(std::span<const TokenId> tokens, std::int32_t moment, const CancelToken& cancel);

    [[nodiscard]] const std::vector<TokenId>& text() const noexcept { return text_; }
    /// [V] after the last token read; empty before the first.
    [[nodiscard]] std::span<const float> logits() const noexcept { return last_logits_; }

private:
    void take_heads(record::AttentionRows& rows) const;
    void take_values(record::AttentionRows& rows) const;
    [[nodiscard]] Status take_laws(std::span<const TokenId> tokens, record::AttentionRows& rows, const CancelToken& cancel);

    std::shared_ptr<const model::LanguageModel> model_;
    AttentionPlan plan_;
    AttentionSettings settings_;
    std::unique_ptr<model::KvStore> store_;
    attention::InductionTargets induction_;
    std::vector<TokenId> text_;
    std::vector<float> last_logits_;
    attention::LawStatistics last_law_;
    model::ForwardOutput output_;
};

}  // namespace timberline::run
