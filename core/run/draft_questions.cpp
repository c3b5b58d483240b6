// SPDX-License-Identifier: GPL-3.0-or-later
// Questions about a Draft run: is the rule exact, does the method in use follow the target's law, which layer would draft best.
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/decoding/acceptance_rule.h"
#include "core/decoding/decode.h"
#include "core/decoding/factory.h"
#include "core/record/draft_answers.h"
#include "core/record/folds.h"
#include "core/rules/certificate.h"
#include "core/rules/layer_drafts.h"
#include "core/rules/sampling.h"
#include "core/run/bench.h"
#include "core/run/model_cache.h"
#include "core/run/run_director.h"
#include "core/run/run_record.h"
#include "core/run/text_bench.h"

#include <algorithm>
#include <numeric>

namespace timberline::run {

namespace {

using record::DrawKind;

constexpr std::int64_t kChunk = 64;
constexpr std::int64_t kLongestLength = 32;
constexpr std::int64_t kMostDraws = 100000;

std::string word(DrawKind kind)
{
    return std::string(record::name_of(kind));
}

record::Certificate::World judged(const rules::VerifyFunction& verify, const rules::CertificateCase& world, bool promised)
{
    auto result = rules::certify(verify, world);
    return {.kind = word(world.kind),
            .children = world.children,
            .target = world.target,
            .draft = world.draft,
            .expected = std::move(result.expected),
            .emitted = std::move(result.emitted),
            .total_variation = result.total_variation,
            .expected_tokens = result.expected_tokens,
            .exact = result.exact,
            .promised = promised};
}

Result<std::unique_ptr<decoding::AcceptanceRule>> rule_of(const BenchJob& job)
{
    TIMBERLINE_ASSIGN(const auto factory,
                      decoding::factory_of<decoding::AcceptanceFactory>(job.methods, "acceptance rule", job.config.acceptance.id));
    return factory(job.config.acceptance.values);
}

/// "certificate", {"rule": ID of a planted wrong rule, optional}.
Result<record::Block> certificate(const BenchJob& job, const BenchQuery& query)
{
    ObjectReader arguments(query.arguments, "certificate");
    TIMBERLINE_TRY(arguments.status());
    TIMBERLINE_ASSIGN(const std::string wrong, arguments.string("rule", ""));
    TIMBERLINE_TRY(arguments.finish());
    record::Certificate out;
    if (!wrong.empty()) {
        const auto& all = rules::wrong_rules();
        const auto found = std::ranges::find(all, wrong, &rules::WrongRule::id);
        if (found == all.end()) {
            std::vector<std::string> valid;
            std::ranges::transform(all, std::back_inserter(valid), &rules::WrongRule::id);
            return make_error(ErrorCode::NotFound, "there is no planted rule " + in_quotes(wrong), spelling_hint(wrong, valid));
        }
        out.rule = wrong;
        out.worlds.push_back(judged(found->verify, found->world, true));
        return to_block(out);
    }
    TIMBERLINE_ASSIGN(const auto rule, rule_of(job));
    bool covered = true;  // the rule takes the world's drafts at all: block verification refuses branches, and so does a run
    const rules::VerifyFunction verify = [&rule, &covered](const rules::DraftTree& tree, const rules::TargetLaw& target,
                                                           rules::DecisionSource& decisions) {
        covered = covered && rule->fits(tree, /*greedy=*/false).ok();
        return rule->verify(tree, target, decisions, -1);
    };
    out.rule = job.config.acceptance.id;
    for (const auto kind : {DrawKind::PointMass, DrawKind::WithoutReplacement, DrawKind::WithReplacement}) {
        const bool promised = rule->lossless_for(kind);
        for (const auto& world : rules::certificate_cases(kind)) {
            if (job.cancel.cancelled()) {
                return make_error(ErrorCode::Cancelled, "the certificate was cancelled");
            }
            covered = true;
            auto answer = judged(verify, world, promised);
            if (covered) {
                out.worlds.push_back(std::move(answer));
            }
        }
    }
    return to_block(out);
}

/// A config's rounds with another seed each, cut after the first token.
class FirstTokens
{
public:
    explicit FirstTokens(const BenchJob& job) : job_(job) {}

    Status load()
    {
        TIMBERLINE_ASSIGN(auto start, start_text_bench(job_));
        start_ = std::move(start);
        if (!job_.config.draft_model.empty()) {
            TIMBERLINE_ASSIGN(draft_, job_.models.load(job_.config.draft_model, "cpu", job_.cancel));
        }
        return {};
    }

    Result<record::RecordPtr> round(std::uint64_t seed, bool instrumented)
    {
        decoding::DecodeJob decode;
        decode.target = start_.model;
        decode.draft = draft_;
        decode.methods = &job_.methods;
        decode.heads = job_.config.heads.empty() ? "" : resolve_model_path(job_.config.heads).string();
        decode.prompt = start_.prompt;
        decode.seed = seed;
        decode.max_new_tokens = 1;
        decode.laws = decoding::DecodeJob::Laws::Full;
        decode.instrumented = instrumented;
        NullSink quiet;
        RunDirector director(job_.config, job_.methods, draft_ != nullptr, nullptr, quiet);
        TIMBERLINE_ASSIGN(auto record, decoding::decode(decode, start_.started, director, job_.cancel, quiet));
        if (const auto* finished = record::run_finished(*record); finished != nullptr && finished->reason == "cancelled") {
            return make_error(ErrorCode::Cancelled, "the check was cancelled");
        } else if (finished != nullptr && finished->reason == "error") {
            return make_error(ErrorCode::Internal, finished->message);
        }
        return record::RecordPtr(std::move(record));
    }

    /// The target's law of the first token.
    Result<std::vector<float>> law()
    {
        const auto& model = *start_.model;
        const auto store = model.decoder->make_store(static_cast<std::int64_t>(start_.prompt.size()));
        model::ForwardInput input;
        input.tokens = start_.prompt;
        input.logits = model::ForwardInput::Logits::Last;
        model::ForwardOutput output;
        TIMBERLINE_TRY(model.decoder->forward(input, *store, output, job_.cancel));
        std::vector<float> out(output.logits.end() - model.folder.config.vocabulary, output.logits.end());
        rules::apply_sampling(job_.config.sampling, start_.prompt, out);
        return out;
    }

private:
    const BenchJob& job_;
    TextStart start_;
    std::shared_ptr<const model::LanguageModel> draft_;
};

/// "first-tokens", {"draws": 1000}: the real method on the real prompt, seeds seed, seed + 1, …
Result<record::Block> first_tokens(const BenchJob& job, const BenchQuery& query)
{
    ObjectReader arguments(query.arguments, "first-tokens");
    TIMBERLINE_TRY(arguments.status());
    TIMBERLINE_ASSIGN(const std::int64_t draws, arguments.integer("draws", 1000, 1, kMostDraws));
    TIMBERLINE_TRY(arguments.finish());
    FirstTokens method(job);
    TIMBERLINE_TRY(method.load());
    TIMBERLINE_ASSIGN(const std::vector<float> law, method.law());
    TIMBERLINE_ASSIGN(const auto rule, rule_of(job));
    std::vector<std::int64_t> counts(law.size(), 0);
    record::FirstTokenCheck out;
    out.draws = draws;
    out.greedy = job.config.sampling.temperature == 0;
    for (std::int64_t i = 0; i < draws; ++i) {
        TIMBERLINE_ASSIGN(const auto record, method.round(job.config.seed + static_cast<std::uint64_t>(i), /*instrumented=*/i == 0));
        const auto ids = record::generated_ids(*record);
        if (ids.empty()) {
            return make_error(ErrorCode::Internal, "a round of the check wrote no token");
        }
        ++counts[static_cast<std::size_t>(ids[0])];
        if (i == 0) {
            out.lossless = std::ranges::all_of(record::rounds(*record), &record::Round::lossless);
        }
        job.sink.on_progress(static_cast<double>(i + 1) / static_cast<double>(draws), "drawing first tokens");
    }
    const auto test = rules::chi_square_test(counts, std::vector<double>(law.begin(), law.end()));
    out.statistic = std::min(test.statistic, 1e300);
    out.degrees = test.degrees;
    out.p_value = test.p_value;
    out.total_variation = std::min(test.total_variation, 1.0);
    for (std::size_t token = 0; token < law.size(); ++token) {
        if (counts[token] > 0 || static_cast<double>(law[token]) * static_cast<double>(draws) >= 1) {
            out.tokens.push_back(static_cast<std::int32_t>(token));
        }
    }
    std::ranges::stable_sort(out.tokens, std::greater<>(), [&law](std::int32_t token) { return law[static_cast<std::size_t>(token)]; });
    for (const std::int32_t token : out.tokens) {
        out.counts.push_back(counts[static_cast<std::size_t>(token)]);
        out.law.push_back(law[static_cast<std::size_t>(token)]);
    }
    return to_block(out);
}

/// Whether each layer, read through the model's norm and head, proposes the next token of the text: [layers][tokens - 1].
Result<std::vector<std::vector<std::uint8_t>>> agreements(const model::LanguageModel& model, std::span<const TokenId> text,
                                                          const BenchJob& job)
{
    const auto& config = model.folder.config;
    const auto layers = static_cast<std::size_t>(config.layers);
    const auto width = static_cast<std::size_t>(config.hidden), vocabulary = static_cast<std::size_t>(config.vocabulary);
    const auto store = model.decoder->make_store(static_cast<std::int64_t>(text.size()));
    std::vector<std::vector<std::uint8_t>> out(layers);
    model::ForwardOutput output;
    std::vector<float> logits(static_cast<std::size_t>(kChunk) * vocabulary);
    for (std::size_t begin = 0; begin + 1 < text.size(); begin += kChunk) {
        const std::size_t rows = std::min<std::size_t>(kChunk, text.size() - 1 - begin);
        model::ForwardInput input;
        input.tokens = text.subspan(begin, rows);
        input.logits = model::ForwardInput::Logits::None;
        input.capture.hidden = true;
        TIMBERLINE_TRY(model.decoder->forward(input, *store, output, job.cancel));
        for (std::size_t layer = 1; layer < layers; ++layer) {
            const auto read = std::span(logits).first(rows * vocabulary);
            model.decoder->read_out(std::span(output.captures.hidden[layer]).first(rows * width), read);
            for (std::size_t row = 0; row < rows; ++row) {
                const auto first = read.begin() + static_cast<std::ptrdiff_t>(row * vocabulary);
                const auto best = std::max_element(first, first + static_cast<std::ptrdiff_t>(vocabulary));
                out[layer].push_back(best - first == text[begin + row + 1] ? 1 : 0);
            }
            if (job.cancel.cancelled()) {
                return make_error(ErrorCode::Cancelled, "the question was cancelled");
            }
        }
        job.sink.on_progress(static_cast<double>(begin + rows) / static_cast<double>(text.size()), "reading every layer");
    }
    return out;
}

/// "layer-acceptance", {"lengths": 8}; the record's text is judged.
Result<record::Block> layer_acceptance(const BenchJob& job, const BenchQuery& query)
{
    ObjectReader arguments(query.arguments, "layer-acceptance");
    TIMBERLINE_TRY(arguments.status());
    TIMBERLINE_ASSIGN(const std::int64_t lengths, arguments.integer("lengths", 8, 1, kLongestLength));
    TIMBERLINE_TRY(arguments.finish());
    const record::RunStarted* const started = query.record != nullptr ? record::run_started(*query.record) : nullptr;
    if (started == nullptr || started->prompt.empty() || record::generated_ids(*query.record).empty()) {
        return make_error(ErrorCode::InvalidArgument, "there is no text to judge the layers by", "Run the method first.");
    }
    TIMBERLINE_ASSIGN(const auto model, job.models.load(job.config.model, "cpu", job.cancel));
    const auto& config = model->folder.config;
    std::vector<TokenId> text = started->prompt;
    const auto generated = record::generated_ids(*query.record);
    text.insert(text.end(), generated.begin(), generated.end());
    const bool fits = std::ranges::all_of(text, [&config](TokenId token) { return token >= 0 && token < config.vocabulary; });
    if (!fits || static_cast<std::int64_t>(text.size()) > config.context || config.layers < 2) {
        return make_error(ErrorCode::InvalidArgument, "the record's text does not fit the model " + job.config.model,
                          "Choose the model that wrote it; it needs at least two layers.");
    }
    TIMBERLINE_ASSIGN(const auto agrees, agreements(*model, text, job));
    record::LayerAcceptance out;
    out.layers = static_cast<std::int32_t>(config.layers);
    out.lengths = static_cast<std::int32_t>(lengths);
    out.tokens = static_cast<std::int64_t>(generated.size());
    double least = 0;
    for (std::int32_t layer = 1; layer < out.layers; ++layer) {
        // agrees[layer][i] judges text[i + 1]; the first generated token stands at the prompt's length.
        const auto judged_tokens = std::span(agrees[static_cast<std::size_t>(layer)]).subspan(started->prompt.size() - 1);
        for (std::int32_t length = 1; length <= out.lengths; ++length) {
            const auto walked = rules::walk_text(judged_tokens, length);
            const auto committed = static_cast<double>(walked.committed);
            out.committed.push_back(committed / static_cast<double>(walked.passes));
            out.acceptance.push_back(static_cast<double>(walked.accepted) / static_cast<double>(std::max<std::int64_t>(walked.drafted, 1)));
            // A drafted token runs `layer` layers and is verified by all; a pass verifies its root as well.
            const double work =
                static_cast<double>(walked.drafted) * (layer + out.layers) + static_cast<double>(walked.passes) * out.layers;
            out.cost.push_back(work / (committed * out.layers));
            if (out.best_layer == 0 || out.cost.back() < least) {
                least = out.cost.back();
                out.best_layer = layer;
                out.best_length = length;
            }
        }
    }
    return to_block(out);
}

}  // namespace

Result<record::Block> query_draft(const BenchJob& job, const BenchQuery& query)
{
    if (query.what == "certificate") {
        return certificate(job, query);
    }
    if (query.what == "first-tokens") {
        return first_tokens(job, query);
    }
    if (query.what == "layer-acceptance") {
        return layer_acceptance(job, query);
    }
    return make_error(ErrorCode::InvalidArgument, "the Draft bench knows no question " + in_quotes(query.what),
                      spelling_hint(query.what, {"certificate", "first-tokens", "layer-acceptance"}));
}

}  // namespace timberline::run
