// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/landscape_grid.h"

#include "core/base/text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <type_traits>

namespace timberline::record {
namespace {

constexpr std::size_t kMostPoints = 10'000'000;  ///< values of one array that a reader takes

template <typename T>
void put(Block& block, const std::string& key, const std::vector<T>& values)
{
    block.arrays[key] = {{static_cast<std::int64_t>(values.size())}, values};
}

/// Unsigned 64-bit numbers do not fit a double: they are written as text.
std::string seed_text(std::uint64_t seed)
{
    return std::to_string(seed);
}

/// Reads one block's fields and remembers the first that is wrong.
class Reader
{
public:
    Reader(const Block& block, std::string_view kind) : block_(block)
    {
        if (block.kind != kind) {
            fail("kind", "is " + in_quotes(block.kind) + ", expected " + std::string(kind));
        }
    }

    double number(const std::string& key)
    {
        const auto it = block_.numbers.find(key);
        if (it == block_.numbers.end()) {
            fail(key, "is missing, expected a number");
            return 0;
        }
        return it->second;
    }
    double finite(const std::string& key)
    {
        const double value = number(key);
        if (!std::isfinite(value)) {
            fail(key, "is " + number_text(value) + ", expected a finite number");
            return 0;
        }
        return value;
    }
    template <typename Int>
    Int whole(const std::string& key, std::int64_t minimum, std::int64_t maximum)
    {
        const double value = number(key);
        if (!(value >= static_cast<double>(minimum) && value <= static_cast<double>(maximum)) || value != std::floor(value)) {
            fail(key, "is " + number_text(value) + ", expected a whole number from " + std::to_string(minimum) + " to " +
                          std::to_string(maximum));
            return static_cast<Int>(minimum);
        }
        return static_cast<Int>(value);
    }
    std::string text(const std::string& key)
    {
        const auto it = block_.texts.find(key);
        if (it == block_.texts.end()) {
            fail(key, "is missing, expected a text");
            return {};
        }
        return it->second;
    }
    std::uint64_t seed(const std::string& key)
    {
        const std::string written = text(key);
        std::uint64_t out = 0;
        const auto [end, failure] = std::from_chars(written.data(), written.data() + written.size(), out);
        if (failure != std::errc{} || end != written.data() + written.size()) {
            fail(key, "is " + in_quotes(written) + ", expected a whole number that is not negative");
        }
        return out;
    }
    /// @param size -1 takes any.  @param optional an absent array is empty.
    template <typename T>
    std::vector<T> list(const std::string& key, std::int64_t size, bool optional = false)
    {
        if (optional && !block_.arrays.contains(key)) {
            return {};
        }
        const auto* found = find_array<T>(block_, key, {size});
        if (found == nullptr) {
            fail(key, "is missing or has another shape or type, expected a list" + (size < 0 ? "" : " of " + std::to_string(size)));
            return {};
        }
        if (found->size() > kMostPoints) {
            fail(key, "is too long");
            return {};
        }
        return *found;
    }
    void require(bool condition, const std::string& key, const std::string& problem)
    {
        if (!condition) {
            fail(key, problem);
        }
    }
    template <typename T>
    Result<T> finish(T value) const
    {
        if (!problem_.empty()) {
            return make_error(ErrorCode::BadFile, problem_, "The record is damaged; open another copy, or run its config again.");
        }
        return value;
    }

private:
    void fail(const std::string& key, const std::string& problem)
    {
        if (problem_.empty()) {
            problem_ = "block " + printable(block_.kind) + ": " + key + " " + problem;
        }
    }

    const Block& block_;
    std::string problem_;
};

void put_axis(Block& block, const std::string& name, const LandscapeAxis& axis)
{
    block.texts[name + "_kind"] = axis.kind;
    block.texts[name + "_normalisation"] = axis.normalisation;
    block.texts[name + "_one_dimensional"] = axis.one_dimensional;
    block.texts[name + "_seed"] = seed_text(axis.seed);
    block.numbers[name + "_index"] = axis.index;
    block.numbers[name + "_low"] = axis.low;
    block.numbers[name + "_high"] = axis.high;
    block.numbers[name + "_points"] = axis.points;
    block.numbers[name + "_norm"] = axis.norm;
    block.numbers[name + "_explained"] = axis.explained;
    block.numbers[name + "_eigenvalue"] = axis.eigenvalue;
}

LandscapeAxis axis_from(Reader& reader, const std::string& name)
{
    LandscapeAxis axis;
    axis.kind = reader.text(name + "_kind");
    axis.normalisation = reader.text(name + "_normalisation");
    axis.one_dimensional = reader.text(name + "_one_dimensional");
    axis.seed = reader.seed(name + "_seed");
    axis.index = reader.whole<std::int32_t>(name + "_index", 0, 1'000'000);
    axis.low = reader.finite(name + "_low");
    axis.high = reader.finite(name + "_high");
    for (const auto& [end, value] : {std::pair("_low", axis.low), std::pair("_high", axis.high)}) {
        reader.require(std::abs(value) <= kFarthestLimit, name + end,
                       "is " + number_text(value) + ", expected at most 1e12 from the centre");
    }
    axis.points = reader.whole<std::int32_t>(name + "_points", 1, kMostAxisPoints);
    axis.norm = reader.number(name + "_norm");
    axis.explained = reader.number(name + "_explained");
    axis.eigenvalue = reader.number(name + "_eigenvalue");
    return axis;
}

constexpr std::int64_t kMostSteps = std::int64_t{1} << 40;

}  // namespace

double LandscapeAxis::at(std::int32_t k) const noexcept
{
    if (points <= 1 || k == 0) {
        return low;
    }
    if (k == points - 1) {
        return high;
    }
    // Symmetric about the middle, so that limits -a, a and an odd count put a cell at exactly 0.
    const double t = 2 * static_cast<double>(k) - static_cast<double>(points - 1);
    const double value = (low + high) / 2 + (high - low) / 2 * (t / static_cast<double>(points - 1));
    return std::abs(value) < 1e-12 * std::abs(high - low) ? 0 : value;  // a cell that rounding moved beside the centre is the centre
}

Block to_block(const LandscapePlane& plane)
{
    Block block;
    block.kind = kPlaneBlock;
    put_axis(block, "x", plane.x);
    put_axis(block, "y", plane.y);
    block.numbers["id"] = plane.id;
    block.numbers["center_step"] = static_cast<double>(plane.center_step);
    block.numbers["center_loss"] = plane.center_loss;
    block.numbers["center_norm"] = plane.center_norm;
    block.numbers["cosine"] = plane.cosine;
    block.numbers["samples"] = plane.samples;
    block.numbers["test_samples"] = plane.test_samples;
    block.numbers["following"] = plane.following ? 1 : 0;
    block.numbers["clip"] = plane.clip;
    block.texts["loss"] = plane.loss;
    block.texts["data"] = plane.data;
    block.texts["batch_norm"] = plane.batch_norm;
    block.texts["sample_seed"] = seed_text(plane.sample_seed);
    block.texts["evaluation"] = plane.evaluation;
    put(block, "strides", plane.strides);
    return block;
}

Result<LandscapePlane> plane_from(const Block& block)
{
    Reader reader(block, kPlaneBlock);
    LandscapePlane plane;
    plane.x = axis_from(reader, "x");
    plane.y = axis_from(reader, "y");
    reader.require(static_cast<std::int64_t>(plane.x.points) * plane.y.points <= 4'000'000, "x_points", "and y_points make too many cells");
    plane.id = reader.whole<std::int32_t>("id", 0, 1'000'000'000);
    plane.center_step = reader.whole<std::int64_t>("center_step", 0, kMostSteps);
    plane.center_loss = reader.number("center_loss");
    plane.center_norm = reader.number("center_norm");
    plane.cosine = reader.number("cosine");
    plane.samples = reader.whole<std::int32_t>("samples", 0, 1'000'000'000);
    plane.test_samples = reader.whole<std::int32_t>("test_samples", 0, 1'000'000'000);
    plane.following = reader.whole<int>("following", 0, 1) == 1;
    plane.clip = reader.number("clip");
    plane.loss = reader.text("loss");
    plane.data = reader.text("data");
    plane.batch_norm = reader.text("batch_norm");
    plane.sample_seed = reader.seed("sample_seed");
    plane.evaluation = reader.text("evaluation");
    plane.strides = reader.list<std::int32_t>("strides", -1);
    reader.require(!plane.strides.empty() && plane.strides.size() <= 64 &&
                       std::ranges::all_of(plane.strides, [](std::int32_t s) { return s >= 1; }),
                   "strides", "must be 1 to 64 numbers, each at least 1");
    return reader.finish(std::move(plane));
}

Block to_block(const LandscapeTile& tile)
{
    Block block;
    block.kind = kTileBlock;
    block.numbers["plane"] = tile.plane;
    block.numbers["level"] = tile.level;
    put(block, "i", tile.i);
    put(block, "j", tile.j);
    put(block, "loss", tile.loss);
    put(block, "standard_error", tile.standard_error);
    const auto optional = [&block](const std::string& key, const std::vector<double>& values) {
        if (!values.empty()) {
            put(block, key, values);
        }
    };
    optional("accuracy", tile.accuracy);
    optional("test_loss", tile.test_loss);
    optional("test_standard_error", tile.test_standard_error);
    optional("test_accuracy", tile.test_accuracy);
    return block;
}

Result<LandscapeTile> tile_from(const Block& block)
{
    Reader reader(block, kTileBlock);
    LandscapeTile tile;
    tile.plane = reader.whole<std::int32_t>("plane", 0, 1'000'000'000);
    tile.level = reader.whole<std::int32_t>("level", 0, 63);
    tile.i = reader.list<std::int32_t>("i", -1);
    const auto size = static_cast<std::int64_t>(tile.i.size());
    tile.j = reader.list<std::int32_t>("j", size);
    tile.loss = reader.list<double>("loss", size);
    tile.standard_error = reader.list<double>("standard_error", size);
    tile.accuracy = reader.list<double>("accuracy", size, true);
    tile.test_loss = reader.list<double>("test_loss", size, true);
    tile.test_standard_error = reader.list<double>("test_standard_error", size, !block.arrays.contains("test_loss"));
    tile.test_accuracy = reader.list<double>("test_accuracy", size, true);
    return reader.finish(std::move(tile));
}

Block to_block(const LandscapeTrajectory& trajectory)
{
    Block block;
    block.kind = kTrajectoryBlock;
    block.numbers["plane"] = trajectory.plane;
    put(block, "step", trajectory.step);
    put(block, "x", trajectory.x);
    put(block, "y", trajectory.y);
    put(block, "residual", trajectory.residual);
    put(block, "loss", trajectory.loss);
    return block;
}

Result<LandscapeTrajectory> trajectory_from(const Block& block)
{
    Reader reader(block, kTrajectoryBlock);
    LandscapeTrajectory out;
    out.plane = reader.whole<std::int32_t>("plane", 0, 1'000'000'000);
    out.step = reader.list<std::int32_t>("step", -1);
    const auto size = static_cast<std::int64_t>(out.step.size());
    out.x = reader.list<double>("x", size);
    out.y = reader.list<double>("y", size);
    out.residual = reader.list<double>("residual", size);
    out.loss = reader.list<double>("loss", size);
    return reader.finish(std::move(out));
}

Block to_block(const HessianSummary& summary)
{
    Block block;
    block.kind = kHessianBlock;
    block.numbers["step"] = static_cast<double>(summary.step);
    put(block, "eigenvalues", summary.eigenvalues);
    put(block, "errors", summary.errors);
    block.numbers["lowest"] = summary.lowest;
    block.numbers["trace"] = summary.trace;
    block.numbers["trace_error"] = summary.trace_error;
    block.numbers["trace_probes"] = summary.trace_probes;
    put(block, "density_at", summary.density_at);
    put(block, "density", summary.density);
    block.numbers["learning_rate"] = summary.learning_rate;
    block.numbers["stability_limit"] = summary.stability_limit;
    block.texts["limit_rule"] = summary.limit_rule;
    block.texts["products"] = summary.products;
    block.numbers["iterations"] = summary.iterations;
    block.numbers["converged"] = summary.converged ? 1 : 0;
    return block;
}

Result<HessianSummary> hessian_from(const Block& block)
{
    Reader reader(block, kHessianBlock);
    HessianSummary out;
    out.step = reader.whole<std::int64_t>("step", 0, kMostSteps);
    out.eigenvalues = reader.list<double>("eigenvalues", -1);
    out.errors = reader.list<double>("errors", static_cast<std::int64_t>(out.eigenvalues.size()));
    out.lowest = reader.number("lowest");
    out.trace = reader.number("trace");
    out.trace_error = reader.number("trace_error");
    out.trace_probes = reader.whole<std::int32_t>("trace_probes", 0, 1'000'000);
    out.density_at = reader.list<double>("density_at", -1);
    out.density = reader.list<double>("density", static_cast<std::int64_t>(out.density_at.size()));
    out.learning_rate = reader.number("learning_rate");
    out.stability_limit = reader.number("stability_limit");
    out.limit_rule = reader.text("limit_rule");
    out.products = reader.text("products");
    out.iterations = reader.whole<std::int32_t>("iterations", 0, 1'000'000);
    out.converged = reader.whole<int>("converged", 0, 1) == 1;
    return reader.finish(std::move(out));
}

Block to_block(const DecisionMap& map)
{
    Block block;
    block.kind = kDecisionMapBlock;
    for (const auto& [key, value] : {std::pair{"alpha", map.alpha},
                                     {"beta", map.beta},
                                     {"x_low", map.x_low},
                                     {"x_high", map.x_high},
                                     {"y_low", map.y_low},
                                     {"y_high", map.y_high},
                                     {"loss", map.loss}}) {
        block.numbers[key] = value;
    }
    block.numbers["nx"] = map.nx;
    block.numbers["ny"] = map.ny;
    if (!map.choice.empty()) {
        put(block, "choice", map.choice);
    }
    put(block, "value", map.value);
    put(block, "points_x", map.points_x);
    put(block, "points_y", map.points_y);
    put(block, "labels", map.labels);
    for (std::size_t k = 0; k < map.names.size(); ++k) {
        block.texts["name." + std::to_string(k)] = map.names[k];
    }
    return block;
}

Result<DecisionMap> decision_map_from(const Block& block)
{
    Reader reader(block, kDecisionMapBlock);
    DecisionMap out;
    out.alpha = reader.number("alpha");
    out.beta = reader.number("beta");
    out.x_low = reader.finite("x_low");
    out.x_high = reader.finite("x_high");
    out.y_low = reader.finite("y_low");
    out.y_high = reader.finite("y_high");
    out.loss = reader.number("loss");
    out.nx = reader.whole<std::int32_t>("nx", 1, kMostAxisPoints);
    out.ny = reader.whole<std::int32_t>("ny", 1, kMostAxisPoints);
    const std::int64_t cells = static_cast<std::int64_t>(out.nx) * out.ny;
    out.choice = reader.list<std::int32_t>("choice", cells, true);
    out.value = reader.list<float>("value", cells);
    out.points_x = reader.list<float>("points_x", -1);
    const auto points = static_cast<std::int64_t>(out.points_x.size());
    out.points_y = reader.list<float>("points_y", points);
    out.labels = reader.list<std::int32_t>("labels", block.arrays.contains("labels") && !out.choice.empty() ? points : -1);
    for (std::size_t k = 0; block.texts.contains("name." + std::to_string(k)) && k < 65'536; ++k) {
        out.names.push_back(block.texts.at("name." + std::to_string(k)));
    }
    return reader.finish(std::move(out));
}

Block to_block(const SampleLosses& losses)
{
    Block block;
    block.kind = kSampleLossesBlock;
    block.numbers["alpha"] = losses.alpha;
    block.numbers["beta"] = losses.beta;
    put(block, "train", losses.train);
    put(block, "test", losses.test);
    put(block, "flipped", std::vector<std::int32_t>(losses.flipped.begin(), losses.flipped.end()));
    return block;
}

Result<SampleLosses> sample_losses_from(const Block& block)
{
    Reader reader(block, kSampleLossesBlock);
    SampleLosses out;
    out.alpha = reader.number("alpha");
    out.beta = reader.number("beta");
    out.train = reader.list<double>("train", -1);
    out.test = reader.list<double>("test", -1);
    const auto flipped = reader.list<std::int32_t>("flipped", -1);
    reader.require(flipped.empty() || flipped.size() == out.train.size(), "flipped", "must hold one number a training sample or none");
    out.flipped.resize(flipped.size());
    std::ranges::transform(flipped, out.flipped.begin(), [](std::int32_t f) { return static_cast<std::uint8_t>(f != 0); });
    return reader.finish(std::move(out));
}

Block to_block(const FollowCost& cost)
{
    Block block;
    block.kind = kFollowBlock;
    block.numbers["surfaces"] = cost.surfaces;
    block.numbers["cells"] = static_cast<double>(cost.cells);
    block.numbers["training_ms"] = cost.training_ms;
    block.numbers["waited_ms"] = cost.waited_ms;
    block.numbers["evaluation_ms"] = cost.evaluation_ms;
    return block;
}

Result<FollowCost> follow_cost_from(const Block& block)
{
    Reader reader(block, kFollowBlock);
    FollowCost out;
    out.surfaces = reader.whole<std::int32_t>("surfaces", 0, 1'000'000'000);
    out.cells = reader.whole<std::int64_t>("cells", 0, kMostSteps);
    out.training_ms = reader.number("training_ms");
    out.waited_ms = reader.number("waited_ms");
    out.evaluation_ms = reader.number("evaluation_ms");
    return reader.finish(out);
}

}  // namespace timberline::record
