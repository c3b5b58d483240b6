// SPDX-License-Identifier: GPL-3.0-or-later
// The Exits bench's structs as blocks and back. Few arrays a block, because a run has one block a token.
#include "core/record/layer_readings.h"

#include "core/base/text.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace timberline::record {
namespace {

constexpr std::int64_t kMostRows = 1 << 24;
constexpr std::int64_t kMostTop = 1024;
constexpr std::int64_t kLargest = std::numeric_limits<std::int32_t>::max();

/// Columns of the packed arrays. Part of the file format: only append.
enum RowColumn : std::size_t { Position, Token, Next, Exit, Known, Heads, RowColumns };
enum CellColumn : std::size_t { Top1, Emits, Source, State, CellColumns };
enum NumberColumn : std::size_t { Probability, Entropy, Margin, KlFinal, Cosine, NextLogProbability, NumberColumns };
enum TimeColumn : std::size_t { BlockMs, LensMs, KvMs, TimeColumns };

template <typename T>
void put(Block& block, const std::string& key, std::vector<std::int64_t> shape, std::vector<T> values)
{
    block.arrays[key] = {std::move(shape), std::move(values)};
}

template <typename T>
void put_list(Block& block, const std::string& key, const std::vector<T>& values)
{
    put(block, key, {static_cast<std::int64_t>(values.size())}, values);
}

/// Interleaves columns: out[i * columns + c] = lists[c][i].
template <typename Out, typename... Lists>
std::vector<Out> packed(std::size_t count, const Lists&... lists)
{
    std::vector<Out> out;
    out.reserve(count * sizeof...(lists));
    for (std::size_t i = 0; i < count; ++i) {
        (out.push_back(static_cast<Out>(lists[i])), ...);
    }
    return out;
}

/// Reads one block's fields and remembers the first that is wrong.
class Reader
{
public:
    Reader(const Block& block, std::string_view kind) : block_(block)
    {
        require(block.kind == kind, "kind", "is " + in_quotes(block.kind) + ", expected " + std::string(kind));
    }

    double number(const std::string& key, double minimum = -std::numeric_limits<double>::infinity(),
                  double maximum = std::numeric_limits<double>::infinity())
    {
        const auto it = block_.numbers.find(key);
        if (it == block_.numbers.end() || std::isnan(it->second) || it->second < minimum || it->second > maximum) {
            require(false, key,
                    (it == block_.numbers.end() ? "is missing" : "is " + number_text(it->second)) + ", expected a number from " +
                        number_text(minimum) + " to " + number_text(maximum));
            return minimum;
        }
        return it->second;
    }
    /// NaN is allowed.
    double measure(const std::string& key)
    {
        const auto it = block_.numbers.find(key);
        require(it != block_.numbers.end(), key, "is missing, expected a number");
        return it == block_.numbers.end() ? 0 : it->second;
    }
    std::int32_t whole(const std::string& key, std::int64_t minimum, std::int64_t maximum)
    {
        const double value = number(key, static_cast<double>(minimum), static_cast<double>(maximum));
        require(value == std::floor(value), key, "is " + number_text(value) + ", expected a whole number");
        return static_cast<std::int32_t>(value);
    }
    std::string text(const std::string& key)
    {
        const auto it = block_.texts.find(key);
        require(it != block_.texts.end(), key, "is missing, expected a text");
        return it == block_.texts.end() ? std::string{} : it->second;
    }
    /// The values of an array of this shape (-1 takes any size); empty after a mistake.
    template <typename T>
    std::vector<T> array(const std::string& key, const std::vector<std::int64_t>& shape, bool optional = false)
    {
        if (optional && !block_.arrays.contains(key)) {
            return {};
        }
        const auto* found = find_array<T>(block_, key, shape);
        const bool whole_array = found != nullptr && element_count(block_.arrays.at(key).shape) == static_cast<std::int64_t>(found->size());
        require(whole_array, key, "is missing or has another shape or type than expected");
        return whole_array ? *found : std::vector<T>{};
    }
    template <typename List>
    void range(const List& values, const std::string& key, std::int64_t minimum, std::int64_t maximum)
    {
        const auto bad = std::ranges::find_if(values, [&](auto value) { return value < minimum || value > maximum; });
        if (bad != values.end()) {
            require(false, key,
                    "holds " + std::to_string(*bad) + ", expected " + std::to_string(minimum) + " to " + std::to_string(maximum));
        }
    }
    void require(bool condition, const std::string& key, const std::string& problem)
    {
        if (!condition && problem_.empty()) {
            problem_ = "block " + printable(block_.kind) + ": " + key + " " + problem;
        }
    }
    [[nodiscard]] bool good() const noexcept { return problem_.empty(); }
    [[nodiscard]] Error error() const
    {
        return make_error(ErrorCode::BadFile, problem_, "The record is damaged; open another copy, or run its config again.");
    }
    template <typename T>
    Result<T> finish(T value) const
    {
        if (!good()) {
            return error();
        }
        return value;
    }

private:
    const Block& block_;
    std::string problem_;
};

/// out[i] = values[i * columns + column].
template <typename Out, typename In>
std::vector<Out> column_of(const std::vector<In>& values, std::size_t columns, std::size_t column)
{
    std::vector<Out> out;
    out.reserve(values.size() / columns);
    for (std::size_t i = column; i < values.size(); i += columns) {
        out.push_back(static_cast<Out>(values[i]));
    }
    return out;
}

void unpack_rows(Reader& reader, LayerReadings& out, const std::vector<std::int32_t>& rows)
{
    out.position = column_of<std::int32_t>(rows, RowColumns, Position);
    out.token = column_of<TokenId>(rows, RowColumns, Token);
    out.next = column_of<TokenId>(rows, RowColumns, Next);
    out.exit = column_of<std::int32_t>(rows, RowColumns, Exit);
    out.known = column_of<std::int32_t>(rows, RowColumns, Known);
    out.heads = column_of<std::int32_t>(rows, RowColumns, Heads);
    reader.range(out.position, "rows.position", 0, kMostRows);
    reader.range(out.token, "rows.token", -1, kLargest);
    reader.range(out.next, "rows.next", -1, kLargest);
    reader.range(out.exit, "rows.exit", 1, out.layers);
    reader.range(out.known, "rows.known", 0, out.layers);
    reader.range(out.heads, "rows.heads", 0, out.layers);
}

void unpack_cells(Reader& reader, LayerReadings& out, const std::vector<std::int32_t>& cells, const std::vector<float>& numbers)
{
    out.top1 = column_of<TokenId>(cells, CellColumns, Top1);
    out.emits = column_of<TokenId>(cells, CellColumns, Emits);
    const auto source = column_of<std::int32_t>(cells, CellColumns, Source);
    const auto state = column_of<std::int32_t>(cells, CellColumns, State);
    reader.range(out.top1, "cells.top1", -1, kLargest);
    reader.range(out.emits, "cells.emits", -1, kLargest);
    reader.range(source, "cells.source", 0, kKvSources - 1);
    reader.range(state, "cells.state", 0, static_cast<int>(CellState::Shadow));
    if (!reader.good()) {
        return;
    }
    for (std::size_t i = 0; i < source.size(); ++i) {
        out.source.push_back(static_cast<KvSource>(source[i]));
        out.state.push_back(static_cast<CellState>(state[i]));
    }
    out.probability = column_of<float>(numbers, NumberColumns, Probability);
    out.entropy = column_of<float>(numbers, NumberColumns, Entropy);
    out.margin = column_of<float>(numbers, NumberColumns, Margin);
    out.kl_final = column_of<float>(numbers, NumberColumns, KlFinal);
    out.cosine = column_of<float>(numbers, NumberColumns, Cosine);
    out.next_log_probability = column_of<float>(numbers, NumberColumns, NextLogProbability);
}

}  // namespace

Block to_block(const ExitRun& run)
{
    Block block;
    block.kind = kExitRunBlock;
    block.texts = {{"subject", run.subject}, {"policy", run.policy}, {"lens", run.lens}, {"kv_mode", std::string(name_of(run.kv_mode))}};
    for (std::size_t i = 0; i < run.names.size(); ++i) {
        block.texts["name." + std::to_string(i)] = run.names[i];
    }
    block.numbers = {{"layers", run.layers},         {"vocabulary", run.vocabulary},
                     {"top_k", run.top_k},           {"early", run.early ? 1 : 0},
                     {"shadow", run.shadow ? 1 : 0}, {"earliest", run.earliest},
                     {"every", run.every},           {"exit_in_prompt", run.exit_in_prompt ? 1 : 0},
                     {"max_new", run.max_new},       {"names", static_cast<double>(run.names.size())},
                     {"kv_flops", run.kv_flops},     {"score_flops", run.score_flops}};
    put_list(block, "block_flops", run.block_flops);
    put_list(block, "key_flops", run.key_flops);
    put_list(block, "head_flops", run.head_flops);
    put_list(block, "window", run.window);
    return block;
}

Result<ExitRun> exit_run_from(const Block& block)
{
    Reader reader(block, kExitRunBlock);
    ExitRun run;
    run.subject = reader.text("subject");
    run.policy = reader.text("policy");
    run.lens = reader.text("lens");
    const auto mode = kv_mode_of(reader.text("kv_mode"));
    reader.require(mode.has_value(), "kv_mode", "is unknown, expected propagate, copy, defer, mask or oracle");
    run.kv_mode = mode.value_or(KvMode::Propagate);
    run.layers = reader.whole("layers", 1, kMostReadingLayers);
    run.vocabulary = reader.whole("vocabulary", 1, kLargest);
    run.top_k = reader.whole("top_k", 0, kMostTop);
    run.early = reader.whole("early", 0, 1) == 1;
    run.shadow = reader.whole("shadow", 0, 1) == 1;
    run.earliest = reader.whole("earliest", 1, kLargest);
    run.every = reader.whole("every", 1, kLargest);
    run.exit_in_prompt = reader.whole("exit_in_prompt", 0, 1) == 1;
    run.max_new = reader.whole("max_new", 0, kLargest);
    run.kv_flops = reader.number("kv_flops", 0);
    run.score_flops = reader.number("score_flops", 0);
    for (const auto& [key, list] :
         {std::pair{"block_flops", &ExitRun::block_flops}, {"key_flops", &ExitRun::key_flops}, {"head_flops", &ExitRun::head_flops}}) {
        run.*list = reader.array<double>(key, {run.layers});
        reader.require(std::ranges::all_of(run.*list, [](double value) { return std::isfinite(value) && value >= 0; }), key,
                       "must hold finite numbers that are not negative");
    }
    run.window = reader.array<std::int32_t>("window", {run.layers});
    reader.range(run.window, "window", 0, kLargest);
    const std::int32_t names = reader.whole("names", 0, 100'000);
    for (std::int32_t i = 0; i < names && reader.good(); ++i) {
        run.names.push_back(reader.text("name." + std::to_string(i)));
    }
    return reader.finish(std::move(run));
}

Block to_block(const LayerReadings& readings, std::span<const KvFill> fills)
{
    Block block;
    block.kind = kLayerReadingsBlock;
    block.moment = readings.moment.empty() ? -1 : readings.moment.front();
    block.numbers = {{"layers", readings.layers}, {"top_k", readings.top_k}};
    const auto& r = readings;
    const auto rows = static_cast<std::int64_t>(r.rows());
    const std::int64_t layers = r.layers;
    const std::size_t cells = r.rows() * static_cast<std::size_t>(r.layers);
    put(block, "rows", {rows, RowColumns}, packed<std::int32_t>(r.rows(), r.position, r.token, r.next, r.exit, r.known, r.heads));
    put(block, "cells", {rows, layers, CellColumns}, packed<std::int32_t>(cells, r.top1, r.emits, r.source, r.state));
    put(block, "numbers", {rows, layers, NumberColumns},
        packed<float>(cells, r.probability, r.entropy, r.margin, r.kl_final, r.cosine, r.next_log_probability));
    put(block, "top_ids", {rows, layers, r.top_k}, r.top_ids);
    put(block, "top_probability", {rows, layers, r.top_k}, r.top_probability);
    put_list(block, "flops", r.flops);
    put(block, "times_ms", {rows, TimeColumns}, packed<double>(r.rows(), r.block_ms, r.lens_ms, r.kv_ms));
    for (const auto& [id, values] : r.scores) {
        put(block, "score." + id, {rows, layers}, values);
    }
    if (!fills.empty()) {
        std::vector<std::int32_t> flat;
        for (const auto& fill : fills) {
            flat.push_back(fill.position);
            flat.push_back(fill.layer);
        }
        put(block, "filled", {static_cast<std::int64_t>(fills.size()), 2}, std::move(flat));
    }
    return block;
}

Result<LayerReadings> layer_readings_from(const Block& block)
{
    Reader reader(block, kLayerReadingsBlock);
    LayerReadings out;
    out.layers = reader.whole("layers", 1, kMostReadingLayers);
    out.top_k = reader.whole("top_k", 0, kMostTop);
    const auto rows = reader.array<std::int32_t>("rows", {-1, RowColumns});
    const auto count = static_cast<std::int64_t>(rows.size() / RowColumns);
    reader.require(count <= kMostRows, "rows", "are too many");
    const auto cells = reader.array<std::int32_t>("cells", {count, out.layers, CellColumns});
    const auto numbers = reader.array<float>("numbers", {count, out.layers, NumberColumns});
    out.top_ids = reader.array<std::int32_t>("top_ids", {count, out.layers, out.top_k});
    out.top_probability = reader.array<float>("top_probability", {count, out.layers, out.top_k});
    out.flops = reader.array<double>("flops", {count});
    const auto times = reader.array<double>("times_ms", {count, TimeColumns});
    if (!reader.good()) {
        return reader.error();
    }
    reader.range(out.top_ids, "top_ids", -1, kLargest);
    unpack_rows(reader, out, rows);
    unpack_cells(reader, out, cells, numbers);
    out.block_ms = column_of<double>(times, TimeColumns, BlockMs);
    out.lens_ms = column_of<double>(times, TimeColumns, LensMs);
    out.kv_ms = column_of<double>(times, TimeColumns, KvMs);
    out.moment.assign(static_cast<std::size_t>(count), block.moment);
    constexpr std::string_view kScore = "score.";
    for (const auto& [key, array] : block.arrays) {
        if (key.starts_with(kScore)) {
            out.scores[key.substr(kScore.size())] = reader.array<float>(key, {count, out.layers});
        }
    }
    return reader.finish(std::move(out));
}

Result<std::vector<KvFill>> kv_fills_from(const Block& block)
{
    Reader reader(block, kLayerReadingsBlock);
    const auto flat = reader.array<std::int32_t>("filled", {-1, 2}, /*optional=*/true);
    reader.range(flat, "filled", 0, kMostRows);
    std::vector<KvFill> out;
    for (std::size_t i = 0; i + 1 < flat.size(); i += 2) {
        out.push_back({flat[i], flat[i + 1]});
    }
    return reader.finish(std::move(out));
}

Block to_block(const ExitSummary& summary)
{
    Block block;
    block.kind = kExitSummaryBlock;
    block.numbers = {{"tokens", summary.tokens},
                     {"mean_depth", summary.mean_depth},
                     {"layer_fraction", summary.layer_fraction},
                     {"flop_fraction", summary.flop_fraction},
                     {"token_ms", summary.ms_per_token},
                     {"full_token_ms", summary.full_ms_per_token},
                     {"agreement", summary.agreement},
                     {"nll", summary.nll},
                     {"full_nll", summary.full_nll}};
    put_list(block, "reference", summary.reference);
    put_list(block, "reference_log_probability", summary.reference_log_probability);
    return block;
}

Result<ExitSummary> exit_summary_from(const Block& block)
{
    Reader reader(block, kExitSummaryBlock);
    ExitSummary out;
    out.tokens = reader.whole("tokens", 0, kMostRows);
    out.mean_depth = reader.measure("mean_depth");
    out.layer_fraction = reader.measure("layer_fraction");
    out.flop_fraction = reader.measure("flop_fraction");
    out.ms_per_token = reader.measure("token_ms");
    out.full_ms_per_token = reader.measure("full_token_ms");
    out.agreement = reader.measure("agreement");
    out.nll = reader.measure("nll");
    out.full_nll = reader.measure("full_nll");
    out.reference = reader.array<std::int32_t>("reference", {-1});
    reader.range(out.reference, "reference", -1, kLargest);
    out.reference_log_probability = reader.array<float>("reference_log_probability", {static_cast<std::int64_t>(out.reference.size())});
    return reader.finish(std::move(out));
}

Block to_block(const ExitDecisionMap& map)
{
    Block block;
    block.kind = kExitMapBlock;
    block.numbers = {{"x_low", map.x_low},
                     {"x_high", map.x_high},
                     {"y_low", map.y_low},
                     {"y_high", map.y_high},
                     {"names", static_cast<double>(map.names.size())}};
    const std::vector<std::int64_t> shape = {map.layers, map.ny, map.nx};
    put(block, "choice", shape, map.choice);
    put(block, "probability", shape, map.probability);
    put(block, "margin", shape, map.margin);
    put(block, "entropy", shape, map.entropy);
    put_list(block, "points_x", map.points_x);
    put_list(block, "points_y", map.points_y);
    put_list(block, "labels", map.labels);
    for (std::size_t i = 0; i < map.names.size(); ++i) {
        block.texts["name." + std::to_string(i)] = map.names[i];
    }
    return block;
}

Result<ExitDecisionMap> exit_decision_map_from(const Block& block)
{
    Reader reader(block, kExitMapBlock);
    ExitDecisionMap out;
    out.x_low = reader.measure("x_low");
    out.x_high = reader.measure("x_high");
    out.y_low = reader.measure("y_low");
    out.y_high = reader.measure("y_high");
    reader.require(out.x_low < out.x_high && out.y_low < out.y_high, "x_low", "and y_low must lie below x_high and y_high");
    out.choice = reader.array<std::int32_t>("choice", {-1, -1, -1});
    if (!reader.good()) {
        return reader.error();
    }
    const auto shape = block.arrays.at("choice").shape;
    reader.range(shape, "choice.shape", 1, kMostRows);
    reader.range(out.choice, "choice", 0, kLargest);
    out.probability = reader.array<float>("probability", shape);
    out.margin = reader.array<float>("margin", shape);
    out.entropy = reader.array<float>("entropy", shape);
    out.points_x = reader.array<float>("points_x", {-1});
    out.points_y = reader.array<float>("points_y", {static_cast<std::int64_t>(out.points_x.size())});
    out.labels = reader.array<std::int32_t>("labels", {static_cast<std::int64_t>(out.points_x.size())});
    const std::int32_t names = reader.whole("names", 0, 100'000);
    for (std::int32_t i = 0; i < names && reader.good(); ++i) {
        out.names.push_back(reader.text("name." + std::to_string(i)));
    }
    if (reader.good()) {
        out.layers = static_cast<std::int32_t>(shape[0]);
        out.ny = static_cast<std::int32_t>(shape[1]);
        out.nx = static_cast<std::int32_t>(shape[2]);
    }
    return reader.finish(std::move(out));
}

}  // namespace timberline::record
