// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exits/exit_lens.h"

#include "core/base/text.h"
#include "core/io/safetensors.h"
#include "core/model/kernels/kernels.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace timberline::exits {

namespace kernels = model::kernels;

struct ExitLens::Translator {
    kernels::Arena arena;
    kernels::PackedMatrix matrix;
    std::vector<float> bias;
};

namespace {

std::string tensor_name(std::size_t index, const char* part)
{
    return "translator." + std::to_string(index + 1) + "." + part;
}

Result<std::vector<float>> read_tensor(const io::SafetensorsFile& file, const std::string& path, const std::string& name,
                                       const std::vector<std::int64_t>& shape)
{
    TIMBERLINE_ASSIGN(const auto view, file.tensor(name));
    const auto text = [](const std::vector<std::int64_t>& sizes) {
        std::vector<std::string> words;
        std::ranges::transform(sizes, std::back_inserter(words), [](std::int64_t size) { return std::to_string(size); });
        return "[" + joined(words) + "]";
    };
    using io::DataType;
    const bool floating =
        view.type == DataType::F32 || view.type == DataType::F16 || view.type == DataType::BF16 || view.type == DataType::F64;
    if (view.shape != shape || !floating) {
        return make_error(ErrorCode::BadFile,
                          path + ": tensor " + name + " is " + std::string(io::name_of(view.type)) + " " + text(view.shape) +
                              ", expected floating numbers " + text(shape),
                          "Choose a lens that was trained for this model, or train one.");
    }
    std::vector<float> out(static_cast<std::size_t>(view.elements()));
    io::to_float32(view, out.data());
    if (!std::ranges::all_of(out, [](float value) { return std::isfinite(value); })) {
        return make_error(ErrorCode::BadFile, path + ": tensor " + name + " holds numbers that are not finite",
                          "The file is damaged or its training diverged; train the lens again.");
    }
    return out;
}

}  // namespace

TunedLens identity_lens(const model::DecoderConfig& config)
{
    const auto count = static_cast<std::size_t>(config.layers - 1);
    const auto d = static_cast<std::size_t>(config.hidden);
    return {.layers = config.layers,
            .hidden = config.hidden,
            .weights = std::vector(count, std::vector<float>(d * d, 0.0F)),
            .biases = std::vector(count, std::vector<float>(d, 0.0F))};
}

Status save_lens(const TunedLens& lens, const std::filesystem::path& file)
{
    std::vector<io::TensorToWrite> tensors;
    for (std::size_t i = 0; i < lens.weights.size(); ++i) {
        tensors.push_back({.name = tensor_name(i, "weight"), .shape = {lens.hidden, lens.hidden}, .data = lens.weights[i].data()});
        tensors.push_back({.name = tensor_name(i, "bias"), .shape = {lens.hidden}, .data = lens.biases[i].data()});
    }
    return io::write_safetensors(
        file, tensors,
        {{"format", "timberline-tuned-lens"}, {"layers", std::to_string(lens.layers)}, {"hidden", std::to_string(lens.hidden)}});
}

Result<TunedLens> load_lens(const std::filesystem::path& file, const model::DecoderConfig& config)
{
    TIMBERLINE_ASSIGN(const auto opened, io::SafetensorsFile::open_file(file));
    const std::string path = file.string();
    TunedLens lens{.layers = config.layers, .hidden = config.hidden, .weights = {}, .biases = {}};
    const auto count = static_cast<std::size_t>(config.layers - 1);
    if (opened.contains(tensor_name(count, "weight"))) {
        return make_error(ErrorCode::BadFile,
                          path + ": the lens has more translators than the " + std::to_string(count) + " of a model of " +
                              std::to_string(config.layers) + " layers",
                          "Choose a lens that was trained for this model, or train one.");
    }
    for (std::size_t i = 0; i < count; ++i) {
        TIMBERLINE_ASSIGN(auto weight, read_tensor(opened, path, tensor_name(i, "weight"), {config.hidden, config.hidden}));
        TIMBERLINE_ASSIGN(auto bias, read_tensor(opened, path, tensor_name(i, "bias"), {config.hidden}));
        lens.weights.push_back(std::move(weight));
        lens.biases.push_back(std::move(bias));
    }
    return lens;
}

ExitLens::ExitLens(const model::Decoder& decoder, const TunedLens* tuned) : decoder_(decoder)
{
    if (tuned == nullptr) {
        return;
    }
    assert(tuned->hidden == decoder.config().hidden && tuned->layers == decoder.config().layers);
    for (std::size_t i = 0; i < tuned->weights.size(); ++i) {
        auto translator = std::make_shared<Translator>();
        kernels::PackedMatrix& matrix = translator->matrix;
        matrix.type = io::DataType::F32;
        matrix.outputs = matrix.inputs = tuned->hidden;
        translator->arena = kernels::Arena::allocate(kernels::Arena::rounded(matrix.bytes()));
        if (!translator->arena.valid()) {
            throw std::bad_alloc();
        }
        std::byte* const memory = translator->arena.take(matrix.bytes());
        kernels::pack_rows(matrix.type, reinterpret_cast<const std::uint8_t*>(tuned->weights[i].data()), matrix.outputs, matrix.inputs,
                           memory, 0);
        matrix.data = memory;
        translator->bias = tuned->biases[i];
        translators_.push_back(std::move(translator));
    }
}

double ExitLens::extra_flops() const noexcept
{
    const auto d = static_cast<double>(decoder_.config().hidden);
    return tuned() ? 2 * d * d : 0;
}

/// rows += A rows + b
void ExitLens::translate(std::int64_t layer, std::span<float> rows) const
{
    const auto& translator = *translators_[static_cast<std::size_t>(layer - 1)];
    const std::int64_t d = decoder_.config().hidden;
    const auto count = static_cast<std::int64_t>(rows.size()) / d;
    std::vector<float> change(rows.size());
    kernels::matmul(translator.matrix, rows.data(), d, count, translator.bias.data(), change.data(), d);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        rows[i] += change[i];
    }
}

void ExitLens::read(std::int64_t layer, std::span<const float> hidden, std::span<float> logits) const
{
    if (!tuned() || layer >= decoder_.config().layers) {
        decoder_.read_out(hidden, logits);
        return;
    }
    std::vector<float> rows(hidden.begin(), hidden.end());
    translate(layer, rows);
    decoder_.read_out(rows, logits);
}

void ExitLens::read(std::span<const std::int64_t> layers, std::span<const float> hidden, std::span<float> logits) const
{
    if (!tuned()) {
        decoder_.read_out(hidden, logits);
        return;
    }
    const auto d = static_cast<std::size_t>(decoder_.config().hidden);
    std::vector<float> rows(hidden.begin(), hidden.end());
    for (std::size_t row = 0; row < layers.size(); ++row) {
        if (layers[row] < decoder_.config().layers) {
            translate(layers[row], std::span(rows).subspan(row * d, d));
        }
    }
    decoder_.read_out(rows, logits);
}

}  // namespace timberline::exits
