// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/net_spec.h"

#include "core/base/random.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace timberline::training {
namespace {

constexpr std::int64_t kLargestSize = 65'536;
constexpr std::int64_t kMostParameters = std::int64_t{1} << 28;
constexpr std::size_t kMostBlocks = 64;
constexpr std::int64_t kKernelTaps = 9;  // 3x3

Error bad_spec(const std::string& what, const std::string& hint)
{
    return make_error(ErrorCode::InvalidArgument, "network: " + what, hint);
}

Status check_sizes(const std::string& name, const std::vector<std::int64_t>& sizes)
{
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        if (sizes[i] < 1 || sizes[i] > kLargestSize) {
            return bad_spec(name + "[" + std::to_string(i) + "] is " + std::to_string(sizes[i]) + ", expected 1 to 65,536",
                            "Choose another size.");
        }
    }
    return {};
}

Status check_count(const std::string& name, const std::vector<std::int64_t>& sizes, std::size_t wanted, const std::string& meaning)
{
    if (sizes.size() != wanted) {
        return bad_spec(name + " has " + std::to_string(sizes.size()) + " numbers, expected " + meaning, "Give exactly these numbers.");
    }
    return {};
}

Status check(const NetSpec& spec)
{
    if (spec.kind == NetKind::Quadratic) {
        if (spec.curvature.empty() || spec.curvature.size() > static_cast<std::size_t>(kLargestSize)) {
            return bad_spec("curvature has " + std::to_string(spec.curvature.size()) + " numbers, expected 1 to 65,536",
                            "Give one curvature a parameter, for example 4,1.");
        }
        return {};
    }
    TIMBERLINE_TRY(check_sizes("input", spec.input));
    TIMBERLINE_TRY(check_sizes("hidden", spec.hidden));
    TIMBERLINE_TRY(check_sizes("outputs", {spec.outputs}));
    if (spec.kind == NetKind::Transformer) {
        TIMBERLINE_TRY(check_count("input", spec.input, 1, "one, the context"));
        TIMBERLINE_TRY(check_count("hidden", spec.hidden, 3, "three: width, layers, heads"));
        if (spec.hidden[0] % spec.hidden[2] != 0) {
            return bad_spec("width " + std::to_string(spec.hidden[0]) + " cannot be split into " + std::to_string(spec.hidden[2]) +
                                " heads",
                            "Choose a width that is a multiple of the heads.");
        }
    } else if (spec.kind == NetKind::Cnn) {
        TIMBERLINE_TRY(check_count("input", spec.input, 3, "three: channels, height, width"));
    } else {
        TIMBERLINE_TRY(check_count("input", spec.input, 1, "one, the features"));
    }
    if (block_count(spec) > static_cast<std::int64_t>(kMostBlocks)) {
        return bad_spec(std::to_string(block_count(spec)) + " hidden blocks are asked for, expected at most 64", "Use fewer blocks.");
    }
    return {};
}

/// Appends slots one after the other.
class Builder
{
public:
    explicit Builder(NetLayout& layout) : layout_(layout) {}

    void add(std::string name, std::vector<std::int64_t> shape, ParameterRole role, std::int64_t fan_in = 0, std::int64_t fan_out = 0)
    {
        append(layout_.parameters, layout_.parameter_count, std::move(name), std::move(shape), role, fan_in, fan_out);
    }
    void add_buffer(std::string name, std::int64_t size)
    {
        append(layout_.buffers, layout_.buffer_count, std::move(name), {size}, ParameterRole::Other, 0, 0);
    }
    void linear(const std::string& name, std::int64_t out, std::int64_t in, ParameterRole role, bool bias = true)
    {
        add(name + ".weight", {out, in}, role, in, out);
        if (bias) {
            add(name + ".bias", {out}, ParameterRole::Bias, in, out);
        }
    }
    void norm(const std::string& name, std::int64_t width)
    {
        add(name + ".weight", {width}, ParameterRole::NormGain);
        add(name + ".bias", {width}, ParameterRole::NormBias);
    }

private:
    static void append(std::vector<ParameterSlot>& slots, std::int64_t& total, std::string name, std::vector<std::int64_t> shape,
                       ParameterRole role, std::int64_t fan_in, std::int64_t fan_out)
    {
        std::int64_t elements = 1;
        for (const auto size : shape) {
            elements *= size;  // at most 65,536^2 * 9 each: fits
        }
        slots.push_back({.name = std::move(name),
                         .shape = std::move(shape),
                         .offset = total,
                         .elements = elements,
                         .role = role,
                         .fan_in = fan_in,
                         .fan_out = fan_out});
        total += elements;
    }

    NetLayout& layout_;
};

Status lay_blocks(const NetSpec& spec, Builder& build)
{
    const bool cnn = spec.kind == NetKind::Cnn;
    std::int64_t width = spec.input[0];
    std::int64_t rows = cnn ? spec.input[1] : 1;
    std::int64_t columns = cnn ? spec.input[2] : 1;
    const auto last = std::to_string(spec.hidden.size());
    for (std::size_t i = 0; i < spec.hidden.size(); ++i) {
        const auto out = spec.hidden[i];
        const auto name = "layers." + std::to_string(i);
        const auto role = i == 0 ? ParameterRole::Input : ParameterRole::Hidden;
        if (cnn) {
            if (rows < 2 || columns < 2) {
                return bad_spec("hidden[" + std::to_string(i) + "] would pool an image of " + std::to_string(rows) + "x" +
                                    std::to_string(columns) + ", expected at least 2x2",
                                "Each block halves the image: use fewer blocks or larger images.");
            }
            build.add(name + ".weight", {out, width, 3, 3}, role, width * kKernelTaps, out * kKernelTaps);
            build.add(name + ".bias", {out}, ParameterRole::Bias);
            rows /= 2;
            columns /= 2;
        } else {
            build.linear(name, out, width, role);
        }
        if (spec.batch_norm) {
            const auto norm = "norms." + std::to_string(i);
            build.norm(norm, out);
            build.add_buffer(norm + ".running_mean", out);
            build.add_buffer(norm + ".running_var", out);
        }
        width = out;
    }
    build.linear("layers." + last, spec.outputs, width * rows * columns, ParameterRole::Output);
    for (std::size_t i = 0; spec.exits && i + 1 < spec.hidden.size(); ++i) {
        build.linear("exits." + std::to_string(i), spec.outputs, spec.hidden[i], ParameterRole::ExitHead);
    }
    return {};
}

void lay_transformer(const NetSpec& spec, Builder& build)
{
    const auto width = spec.hidden[0], layers = spec.hidden[1], heads = spec.hidden[2];
    build.add("token_embedding.weight", {spec.outputs, width}, ParameterRole::Embedding, spec.outputs, width);
    build.add("position_embedding.weight", {spec.input[0], width}, ParameterRole::Embedding, spec.input[0], width);
    for (std::int64_t i = 0; i < layers; ++i) {
        const auto block = "blocks." + std::to_string(i);
        if (spec.layer_norm) {
            build.norm(block + ".norm1", width);
        }
        build.linear(block + ".attention.qkv", 3 * width, width, ParameterRole::Hidden);
        if (spec.entropy_guided) {
            build.add(block + ".attention.log_temperature", {heads}, ParameterRole::Other);
            build.add(block + ".attention.entropy_threshold", {heads}, ParameterRole::Other);
        }
        build.linear(block + ".attention.output", width, width, ParameterRole::Hidden);
        if (spec.layer_norm) {
            build.norm(block + ".norm2", width);
        }
        build.linear(block + ".up", 4 * width, width, ParameterRole::Hidden);
        build.linear(block + ".down", width, 4 * width, ParameterRole::Hidden);
    }
    if (spec.layer_norm) {
        build.norm("norm", width);
    }
    build.linear("output", spec.outputs, width, ParameterRole::Output, /*bias=*/false);
    for (std::int64_t i = 0; spec.exits && i + 1 < layers; ++i) {
        build.linear("exits." + std::to_string(i), spec.outputs, width, ParameterRole::ExitHead, /*bias=*/false);
    }
}

/// Independent standard normals by Box and Muller, two a pair of uniforms, so that the k-th number never depends on how many are drawn.
void fill_normal(std::span<float> out, double deviation, RandomStream stream)
{
    for (std::size_t i = 0; i < out.size(); i += 2) {
        const double radius = std::sqrt(-2 * std::log1p(-stream.next())) * deviation;
        const double angle = 2 * std::numbers::pi * stream.next();
        out[i] = static_cast<float>(radius * std::cos(angle));
        if (i + 1 < out.size()) {
            out[i + 1] = static_cast<float>(radius * std::sin(angle));
        }
    }
}

void fill_weight(const NetSpec& spec, const ParameterSlot& slot, std::span<float> out, RandomStream stream)
{
    const bool rectified = spec.activation == NetActivation::Relu || spec.activation == NetActivation::Gelu;
    const bool hidden = slot.role == ParameterRole::Input || slot.role == ParameterRole::Hidden;
    if (slot.role == ParameterRole::Embedding) {
        fill_normal(out, 0.02, stream);
    } else if (hidden && rectified && spec.kind != NetKind::Transformer) {
        fill_normal(out, std::sqrt(2.0 / static_cast<double>(slot.fan_in)), stream);
    } else {
        const double bound = std::sqrt(6.0 / static_cast<double>(slot.fan_in + slot.fan_out));
        for (auto& value : out) {
            value = static_cast<float>(bound * (2 * stream.next() - 1));
        }
    }
}

}  // namespace

const ParameterSlot* NetLayout::find(std::string_view name) const noexcept
{
    for (const auto* slots : {&parameters, &buffers}) {
        const auto it = std::ranges::find(*slots, name, &ParameterSlot::name);
        if (it != slots->end()) {
            return &*it;
        }
    }
    return nullptr;
}

Result<NetLayout> layout_of(const NetSpec& spec)
{
    TIMBERLINE_TRY(check(spec));
    NetLayout layout;
    Builder build(layout);
    if (spec.kind == NetKind::Quadratic) {
        const auto size = static_cast<std::int64_t>(spec.curvature.size());
        build.add("theta", {1, size}, ParameterRole::Other, size, 1);
    } else if (spec.kind == NetKind::Transformer) {
        lay_transformer(spec, build);
    } else {
        TIMBERLINE_TRY(lay_blocks(spec, build));
    }
    if (layout.parameter_count > kMostParameters) {
        return bad_spec(std::to_string(layout.parameter_count) + " parameters are asked for, expected at most 2^28",
                        "Use fewer or narrower layers.");
    }
    return layout;
}

std::int64_t block_count(const NetSpec& spec) noexcept
{
    if (spec.kind == NetKind::Quadratic) {
        return 0;
    }
    if (spec.kind == NetKind::Transformer) {
        return spec.hidden.size() > 1 ? spec.hidden[1] : 0;
    }
    return static_cast<std::int64_t>(spec.hidden.size());
}

std::int64_t head_count(const NetSpec& spec) noexcept
{
    return spec.exits ? std::max<std::int64_t>(block_count(spec), 1) : 1;
}

std::int64_t input_size(const NetSpec& spec) noexcept
{
    std::int64_t product = 1;
    for (const auto size : spec.input) {
        product *= size;
    }
    return product;
}

void initialise(const NetSpec& spec, const NetLayout& layout, std::uint64_t seed, std::span<float> parameters, std::span<float> buffers)
{
    for (std::size_t i = 0; i < layout.parameters.size(); ++i) {
        const auto& slot = layout.parameters[i];
        const auto out = parameters.subspan(static_cast<std::size_t>(slot.offset), static_cast<std::size_t>(slot.elements));
        if (spec.kind == NetKind::Quadratic || slot.role == ParameterRole::NormGain) {
            std::ranges::fill(out, 1.0F);
        } else if (slot.role == ParameterRole::Bias || slot.role == ParameterRole::NormBias) {
            std::ranges::fill(out, 0.0F);
        } else if (slot.role == ParameterRole::Other) {
            std::ranges::fill(out, slot.name.ends_with("threshold") ? 0.5F : 0.0F);
        } else {
            fill_weight(spec, slot, out,
                        RandomStream({.seed = seed, .purpose = RandomPurpose::Initialisation, .position = static_cast<std::uint32_t>(i)}));
        }
    }
    for (const auto& slot : layout.buffers) {
        const auto out = buffers.subspan(static_cast<std::size_t>(slot.offset), static_cast<std::size_t>(slot.elements));
        std::ranges::fill(out, slot.name.ends_with("running_var") ? 1.0F : 0.0F);
    }
}

std::vector<float> decay_mask(const NetLayout& layout)
{
    std::vector<float> mask(static_cast<std::size_t>(layout.parameter_count), 0.0F);
    for (const auto& slot : layout.parameters) {
        if (slot.shape.size() > 1 && slot.role != ParameterRole::Embedding) {
            std::fill_n(mask.begin() + slot.offset, slot.elements, 1.0F);
        }
    }
    return mask;
}

std::string_view name_of(NetKind kind) noexcept
{
    constexpr std::string_view names[] = {"quadratic", "mlp", "cnn", "transformer"};
    return names[static_cast<std::size_t>(kind)];
}

std::string_view name_of(NetActivation activation) noexcept
{
    constexpr std::string_view names[] = {"relu", "tanh", "gelu", "identity"};
    return names[static_cast<std::size_t>(activation)];
}

}  // namespace timberline::training
