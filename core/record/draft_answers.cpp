// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/draft_answers.h"

#include "core/record/exit_block_fields.h"

namespace timberline::record {

using namespace exit_blocks;

namespace {

constexpr const char* kCertificate = "certificate";
constexpr const char* kFirstTokens = "first-token-check";
constexpr const char* kLayerAcceptance = "layer-acceptance";
constexpr std::int64_t kMostWorlds = 1024;
constexpr std::int64_t kMostLayers = 4096;

std::string key_of(std::int64_t world, const char* field)
{
    return "world." + std::to_string(world) + "." + field;
}

/// Counts are kept as doubles: a block holds no 64-bit integers.
std::vector<double> as_numbers(const std::vector<std::int64_t>& values)
{
    return {values.begin(), values.end()};
}

}  // namespace

Block to_block(const Certificate& certificate)
{
    Block block;
    block.kind = kCertificate;
    block.numbers["worlds"] = static_cast<double>(certificate.worlds.size());
    block.texts["rule"] = certificate.rule;
    for (std::size_t i = 0; i < certificate.worlds.size(); ++i) {
        const auto& world = certificate.worlds[i];
        const auto at = static_cast<std::int64_t>(i);
        block.texts[key_of(at, "kind")] = world.kind;
        block.numbers[key_of(at, "total_variation")] = world.total_variation;
        block.numbers[key_of(at, "expected_tokens")] = world.expected_tokens;
        block.numbers[key_of(at, "exact")] = world.exact ? 1 : 0;
        block.numbers[key_of(at, "promised")] = world.promised ? 1 : 0;
        put_list(block, key_of(at, "children"), world.children);
        put_list(block, key_of(at, "target"), world.target);
        put_list(block, key_of(at, "draft"), world.draft);
        put_list(block, key_of(at, "expected"), world.expected);
        put_list(block, key_of(at, "emitted"), world.emitted);
    }
    return block;
}

Result<Certificate> certificate_from(const Block& block)
{
    Reader reader(block, kCertificate);
    Certificate out;
    const auto worlds = reader.whole("worlds", 0, kMostWorlds);
    out.rule = reader.text("rule");
    for (std::int64_t i = 0; i < worlds && reader.good(); ++i) {
        Certificate::World world;
        world.kind = reader.text(key_of(i, "kind"));
        world.total_variation = reader.number(key_of(i, "total_variation"), 0, 1.000001);
        world.expected_tokens = reader.number(key_of(i, "expected_tokens"), 0);
        world.exact = reader.whole(key_of(i, "exact"), 0, 1) == 1;
        world.promised = reader.whole(key_of(i, "promised"), 0, 1) == 1;
        world.children = reader.array<std::int32_t>(key_of(i, "children"), {-1});
        world.target = reader.array<float>(key_of(i, "target"), {-1});
        world.draft = reader.array<float>(key_of(i, "draft"), {static_cast<std::int64_t>(world.target.size())});
        world.expected = reader.array<double>(key_of(i, "expected"), {-1});
        world.emitted = reader.array<double>(key_of(i, "emitted"), {static_cast<std::int64_t>(world.expected.size())});
        out.worlds.push_back(std::move(world));
    }
    return reader.finish(std::move(out));
}

Block to_block(const FirstTokenCheck& check)
{
    Block block;
    block.kind = kFirstTokens;
    block.numbers = {{"draws", static_cast<double>(check.draws)}, {"statistic", check.statistic}, {"p_value", check.p_value},
                     {"total_variation", check.total_variation},  {"degrees", check.degrees},     {"greedy", check.greedy ? 1 : 0},
                     {"lossless", check.lossless ? 1 : 0}};
    put_list(block, "tokens", check.tokens);
    put_list(block, "counts", as_numbers(check.counts));
    put_list(block, "law", check.law);
    return block;
}

Result<FirstTokenCheck> first_token_check_from(const Block& block)
{
    Reader reader(block, kFirstTokens);
    FirstTokenCheck out;
    out.draws = reader.whole("draws", 0, kLargest);
    out.statistic = reader.number("statistic", 0);
    out.p_value = reader.number("p_value", 0, 1);
    out.total_variation = reader.number("total_variation", 0, 1.000001);
    out.degrees = reader.whole("degrees", 0, kLargest);
    out.greedy = reader.whole("greedy", 0, 1) == 1;
    out.lossless = reader.whole("lossless", 0, 1) == 1;
    out.tokens = reader.array<std::int32_t>("tokens", {-1});
    const auto size = static_cast<std::int64_t>(out.tokens.size());
    const auto counts = reader.array<double>("counts", {size});
    const bool whole = std::ranges::all_of(counts, [](double count) { return count >= 0 && count <= double{kLargest}; });
    reader.require(whole, "counts", "holds numbers that are no counts");
    out.law = reader.array<double>("law", {size});
    if (reader.good()) {
        for (const double count : counts) {
            out.counts.push_back(static_cast<std::int64_t>(count));
        }
    }
    return reader.finish(std::move(out));
}

Block to_block(const LayerAcceptance& acceptance)
{
    Block block;
    block.kind = kLayerAcceptance;
    block.numbers = {{"layers", acceptance.layers},
                     {"lengths", acceptance.lengths},
                     {"tokens", static_cast<double>(acceptance.tokens)},
                     {"best_layer", acceptance.best_layer},
                     {"best_length", acceptance.best_length}};
    const std::vector<std::int64_t> shape{acceptance.layers - 1, acceptance.lengths};
    put(block, "committed", shape, acceptance.committed);
    put(block, "acceptance", shape, acceptance.acceptance);
    put(block, "cost", shape, acceptance.cost);
    return block;
}

Result<LayerAcceptance> layer_acceptance_from(const Block& block)
{
    Reader reader(block, kLayerAcceptance);
    LayerAcceptance out;
    out.layers = reader.whole("layers", 2, kMostLayers);
    out.lengths = reader.whole("lengths", 1, kMostTop);
    out.tokens = reader.whole("tokens", 0, kLargest);
    const std::vector<std::int64_t> shape{out.layers - 1, out.lengths};
    out.committed = reader.array<double>("committed", shape);
    out.acceptance = reader.array<double>("acceptance", shape);
    out.cost = reader.array<double>("cost", shape);
    out.best_layer = reader.whole("best_layer", 1, out.layers - 1);
    out.best_length = reader.whole("best_length", 1, out.lengths);
    return reader.finish(std::move(out));
}

}  // namespace timberline::record
