// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/selftest_checks.h"

#include "app/cli/bench_suite.h"
#include "core/base/files.h"
#include "core/base/random.h"
#include "core/record/codec.h"
#include "core/record/folds.h"
#include "core/rules/tree_shapes.h"
#include "core/rules/verification.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <random>

namespace timberline::cli {
namespace {

constexpr double kBindingMargin = 1e-3;  ///< a greedy step with a smaller top-2 margin may go either way between implementations

Error differs(const std::string& what,
              const std::string& hint = "The installation is damaged, or this processor computes wrongly: install again.")
{
    return make_error(ErrorCode::Internal, what, hint);
}

run::Config greedy_config(const Json& prompt, std::int64_t tokens)
{
    run::Config config;
    config.ids = prompt.at("ids").get<std::vector<TokenId>>();
    config.max_new_tokens = tokens;
    config.ignore_eos = true;
    config.record.laws = "none";
    return config;
}

Result<record::RecordPtr> finished_run(run::Engine& engine, const run::Config& config, const CancelToken& cancel)
{
    NullSink sink;
    TIMBERLINE_ASSIGN(auto record, engine.run(config, cancel, sink));
    const auto* end = record::run_finished(*record);
    if (cancel.cancelled()) {
        return make_error(ErrorCode::Cancelled, "the self-test was cancelled");
    }
    if (end == nullptr || end->reason == "error") {
        return differs("the run failed: " + (end != nullptr ? end->message : std::string("no last event")));
    }
    return record;
}

/// First step whose margin does not bind; the number of steps when all do.
std::size_t binding_steps(const Json& prompt)
{
    const auto margins = prompt.at("margins").get<std::vector<double>>();
    return static_cast<std::size_t>(std::ranges::find_if(margins, [](double m) { return m < kBindingMargin; }) - margins.begin());
}

/// Every uniform is keyed by what it decides, as in a real run.
class KeyedDecisions final : public rules::DecisionSource
{
public:
    explicit KeyedDecisions(std::uint32_t round) : round_(round) {}
    bool accept(std::int32_t node, double ratio, float& draw) override
    {
        const double u = uniform(
            {.seed = 7, .purpose = RandomPurpose::AcceptDraw, .round = round_, .position = 0, .sibling = static_cast<std::uint32_t>(node)});
        draw = static_cast<float>(u);
        return u < ratio;
    }
    TokenId emit(std::int32_t node, std::span<const double> law) override
    {
        const double u = uniform({.seed = 7,
                                  .purpose = RandomPurpose::TargetSample,
                                  .round = round_,
                                  .position = 1,
                                  .sibling = static_cast<std::uint32_t>(node)});
        double total = 0;
        for (const double p : law) {
            total += p;
        }
        double sum = 0;
        TokenId last = 0;
        for (std::size_t i = 0; i < law.size(); ++i) {
            sum += law[i];
            if (law[i] > 0) {
                last = static_cast<TokenId>(i);
                if (u * total < sum) {
                    return last;
                }
            }
        }
        return last;
    }

private:
    std::uint32_t round_;
};

/// Chi-square of first tokens of two-child trees drawn without replacement, against the target's law.
double chi_square_of_trees(int draws)
{
    constexpr std::array<float, 4> p = {.4F, .3F, .2F, .1F};
    constexpr std::array<float, 4> q = {.1F, .2F, .3F, .4F};
    std::array<int, 4> counts{};
    for (int i = 0; i < draws; ++i) {
        const auto round = static_cast<std::uint32_t>(i);
        auto tree = rules::DraftTree::with_root(0);
        tree.vocabulary = 4;
        tree.draft_laws.assign(q.begin(), q.end());
        tree.draft_row[0] = 0;
        tree.child_kind[0] = record::DrawKind::WithoutReplacement;
        std::array<double, 4> uniforms{};
        RandomStream stream({.seed = 7, .purpose = RandomPurpose::DraftKeys, .round = round, .position = 0, .sibling = 0});
        std::ranges::generate(uniforms, [&] { return std::max(stream.next(), 1e-300); });
        for (const auto token : rules::draw_without_replacement(q, uniforms, 2)) {
            tree.add(0, token, q[static_cast<std::size_t>(token)]);
        }
        KeyedDecisions decisions(round);
        const auto verdict = rules::verify_recursive_rejection(
            tree, [&](std::int32_t) { return std::span<const float>(p); }, decisions);
        const TokenId first = verdict.path.size() > 1 ? tree.token[static_cast<std::size_t>(verdict.path[1])] : verdict.next;
        ++counts[static_cast<std::size_t>(first)];
    }
    double out = 0;
    for (std::size_t i = 0; i < p.size(); ++i) {
        const double expected = static_cast<double>(p[i]) * draws;
        out += (counts[i] - expected) * (counts[i] - expected) / expected;
    }
    return out;
}

}  // namespace

Status check_random_numbers()
{
    // Published vectors of Philox4x32-10: all zeros, all ones, digits of pi.
    struct Vector {
        std::array<std::uint32_t, 4> counter;
        std::array<std::uint32_t, 2> key;
        std::array<std::uint32_t, 4> out;
    };
    constexpr std::uint32_t ones = 0xffffffff;
    constexpr Vector vectors[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{ones, ones, ones, ones}, {ones, ones}, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}, {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (const auto& vector : vectors) {
        if (philox4x32_10(vector.counter, vector.key) != vector.out) {
            return differs("Philox4x32-10 differs from its published vectors");
        }
    }
    return {};
}

Status check_models(run::Engine& engine)
{
    for (const auto* name : {"bundled:tale", "bundled:tale-draft"}) {
        TIMBERLINE_ASSIGN(const auto info, engine.model_info(name));
        if (info.vocabulary != 4096 || info.parameters <= 0) {
            return differs(std::string(name) + " is not the bundled model: its vocabulary is " + std::to_string(info.vocabulary) +
                           ", expected 4096");
        }
    }
    return engine.check_pair("bundled:tale", "bundled:tale-draft");
}

Status check_reference_text(run::Engine& engine, const CancelToken& cancel)
{
    TIMBERLINE_ASSIGN(const auto reference, read_reference());
    for (const auto& prompt : reference.at("prompts")) {
        const auto expected = prompt.at("greedy_new").get<std::vector<TokenId>>();
        TIMBERLINE_ASSIGN(const auto record,
                          finished_run(engine, greedy_config(prompt, static_cast<std::int64_t>(expected.size())), cancel));
        const auto ids = record::generated_ids(*record);
        const auto steps = std::min(binding_steps(prompt), expected.size());
        if (ids.size() < steps || !std::equal(expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(steps), ids.begin())) {
            return differs("the greedy continuation of \"" + prompt.at("prompt").get<std::string>() + "\" differs from the reference");
        }
        TIMBERLINE_ASSIGN(const auto tokens, engine.tokenize("bundled:tale", prompt.at("prompt").get<std::string>(), false));
        auto with_bos = prompt.at("ids").get<std::vector<TokenId>>();
        with_bos.erase(with_bos.begin());
        if (tokens != with_bos) {
            return differs("the ids of \"" + prompt.at("prompt").get<std::string>() + "\" differ from the reference");
        }
    }
    return {};
}

Status check_reference_drafts(run::Engine& engine, const CancelToken& cancel)
{
    TIMBERLINE_ASSIGN(const auto reference, read_reference());
    for (const auto& prompt : reference.at("prompts")) {
        auto config = greedy_config(prompt, 64);
        config.draft_model = "bundled:tale-draft";
        config.drafter = {"draft-model-chain", {{"draft_length", std::int64_t{4}}}};
        TIMBERLINE_ASSIGN(const auto record, finished_run(engine, config, cancel));
        const auto rounds = record::rounds(*record);
        const auto proposals = prompt.at("draft4_proposals").get<std::vector<std::vector<TokenId>>>();
        const auto accepted = prompt.at("draft4_accepted").get<std::vector<std::size_t>>();
        if (rounds.size() != proposals.size()) {
            return differs("the draft chain of \"" + prompt.at("prompt").get<std::string>() + "\" took " + std::to_string(rounds.size()) +
                           " rounds, the reference " + std::to_string(proposals.size()));
        }
        for (std::size_t i = 0; i + 1 < rounds.size(); ++i) {  // the token limit may cut the last
            std::vector<TokenId> drafted;
            for (std::size_t n = 1; n < rounds[i]->nodes.size() && drafted.size() < proposals[i].size(); ++n) {
                drafted.push_back(rounds[i]->nodes[n].token);
            }
            if (drafted != proposals[i] || rounds[i]->path.size() != accepted[i] + 1) {
                return differs("round " + std::to_string(i) + " of \"" + prompt.at("prompt").get<std::string>() +
                               "\" differs from the reference");
            }
        }
    }
    return {};
}

Status check_lossless_greedy(run::Engine& engine, const CancelToken& cancel)
{
    TIMBERLINE_ASSIGN(const auto reference, read_reference());
    const auto& prompt = reference.at("prompts").at(1);
    TIMBERLINE_ASSIGN(const auto plain, finished_run(engine, greedy_config(prompt, 64), cancel));
    const auto expected = record::generated_ids(*plain);
    const auto same = [&](const std::string& drafter, Values values) -> Status {
        auto config = greedy_config(prompt, 64);
        config.draft_model = "bundled:tale-draft";
        config.drafter = {drafter, std::move(values)};
        TIMBERLINE_ASSIGN(const auto record, finished_run(engine, config, cancel));
        if (record::generated_ids(*record) != expected) {
            return differs(drafter + " changed the greedy text");
        }
        return {};
    };
    TIMBERLINE_TRY(same("draft-model-chain", {}));
    for (const auto* shape : {"dynamic", "top-k", "sampled-without-replacement", "sampled-with-replacement"}) {
        TIMBERLINE_TRY(same("draft-model-tree", {{"shape", std::string(shape)}}));
    }
    return {};
}

Status check_sampled_law()
{
    constexpr double kCritical = 16.266;  // chi-square, 3 degrees of freedom, p = 0.001
    const double chi = chi_square_of_trees(20000);
    if (!(chi < kCritical)) {
        return differs("tokens of sampled trees do not follow the target's law: chi-square " + std::to_string(chi) +
                       ", expected below 16.266");
    }
    return {};
}

Status check_repeatable(run::Engine& engine, const CancelToken& cancel)
{
    run::Config config;
    config.prompt = "Once upon a time";
    config.draft_model = "bundled:tale-draft";
    config.max_new_tokens = 32;
    config.sampling.temperature = 0.8;
    TIMBERLINE_ASSIGN(const auto first, finished_run(engine, config, cancel));
    TIMBERLINE_ASSIGN(const auto second, finished_run(engine, config, cancel));
    std::string difference;
    if (!record::equal_but_times(*first, *second, &difference)) {
        return differs("the same config and seed gave two records: " + difference);
    }
    return {};
}

Status check_record_file(run::Engine& engine, const CancelToken& cancel)
{
    run::Config config;
    config.prompt = "Once upon a time";
    config.draft_model = "bundled:tale-draft";
    config.max_new_tokens = 16;
    TIMBERLINE_ASSIGN(const auto record, finished_run(engine, config, cancel));
    std::error_code failed;
    const auto path =
        std::filesystem::temp_directory_path(failed) / ("timberline-selftest-" + std::to_string(std::random_device{}()) + ".tlrun");
    TIMBERLINE_TRY(record::save(*record, path));
    const auto loaded = record::load(path);
    std::filesystem::remove(path, failed);
    if (!loaded) {
        return loaded.error();
    }
    std::string difference;
    if (!record::equal_but_times(*record, **loaded, &difference)) {
        return differs("a record read back differs: " + difference);
    }
    return {};
}

}  // namespace timberline::cli
