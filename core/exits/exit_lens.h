// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/model/decoder.h"

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace timberline::exits {

/// Translators of a tuned lens (methods/exits.md 1.1; arXiv 2303.08112): z_l = U N(h_l + A_l h_l + b_l) for every layer but the last, which
/// needs none.
struct TunedLens {
    std::int64_t layers = 0, hidden = 0;      ///< of the model
    std::vector<std::vector<float>> weights;  ///< [layers - 1][hidden * hidden], A_l row-major, out by in
    std::vector<std::vector<float>> biases;   ///< [layers - 1][hidden]
};

/// Translators that change nothing: the logit lens, bit for bit.
[[nodiscard]] TunedLens identity_lens(const model::DecoderConfig& config);
/// Writes `translator.<l>.weight` [d, d] and `translator.<l>.bias` [d], l = 1 .. layers - 1, as safetensors.
[[nodiscard]] Status save_lens(const TunedLens& lens, const std::filesystem::path& file);
/// Untrusted input. Errors name the file, the tensor, got and expected; numbers that are not finite are refused.
[[nodiscard]] Result<TunedLens> load_lens(const std::filesystem::path& file, const model::DecoderConfig& config);

/// Reads hidden rows out as logits, through the model's own norm and head; tuned: after a layer's translator. Immutable, thread-safe as its
/// decoder is.
class ExitLens
{
public:
    /// @param decoder must outlive the lens.  @param tuned empty = the logit lens.  Precondition: `tuned` fits the decoder's sizes.
    explicit ExitLens(const model::Decoder& decoder, const TunedLens* tuned = nullptr);

    [[nodiscard]] bool tuned() const noexcept { return !translators_.empty(); }
    /// FLOPs of one read-out beside the head's: the translator's.
    [[nodiscard]] double extra_flops() const noexcept;
    /// @param layer block after which the rows stand, 1..L.  @param hidden [rows, d], before the final norm.  @param logits [rows, V]. The
    /// same row gives the same bits whatever stands beside it.
    void read(std::int64_t layer, std::span<const float> hidden, std::span<float> logits) const;
    /// Rows of several layers in one product. @param layers [rows].
    void read(std::span<const std::int64_t> layers, std::span<const float> hidden, std::span<float> logits) const;

private:
    struct Translator;
    void translate(std::int64_t layer, std::span<float> rows) const;

    const model::Decoder& decoder_;
    std::vector<std::shared_ptr<const Translator>> translators_;  ///< [layers - 1] or empty
};

}  // namespace timberline::exits
