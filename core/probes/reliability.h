// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

/// How far stated confidence is from observed accuracy (losses.md P01).
namespace timberline::probes {

/// Bin of a confidence among `bins` of equal width. Bin b, from 0, covers (b/bins, (b+1)/bins]: the lower edge belongs to the bin below,
/// and 0 to the first. Multiplied in the confidence's own type: 0.6f widened to double lies above 0.6.
[[nodiscard]] std::size_t reliability_bin(float confidence, std::size_t bins) noexcept;
[[nodiscard]] std::size_t reliability_bin(double confidence, std::size_t bins) noexcept;

struct ReliabilityBin {
    std::int64_t count = 0;
    double confidence = 0, accuracy = 0;  ///< means; 0 where the bin is empty
    /// Wilson's 95% interval of the accuracy; 0 to 1 where the bin is empty.
    double accuracy_low = 0, accuracy_high = 1;
};

struct Reliability {
    std::vector<ReliabilityBin> bins;
    double expected_error = 0;  ///< ECE: sum over bins of share times |accuracy - confidence|
    double largest_error = 0;   ///< MCE: largest |accuracy - confidence| of a bin that is not empty
};

/// Same lengths. Without rows all bins are empty and the errors NaN.
[[nodiscard]] Reliability reliability(std::span<const float> confidence, std::span<const std::uint8_t> correct, std::size_t bins);
[[nodiscard]] Reliability reliability(std::span<const double> confidence, std::span<const std::uint8_t> correct, std::size_t bins);

/// ECE with bins of equal counts (as even as can be; rows in order of confidence).
[[nodiscard]] double adaptive_error(std::span<const double> confidence, std::span<const std::uint8_t> correct, std::size_t bins);

/// Mean over classes of the ECE of p_k against [label == k]. @param probabilities [rows, classes].
[[nodiscard]] double classwise_error(std::span<const double> probabilities, std::span<const std::int32_t> labels, std::size_t bins);

}  // namespace timberline::probes
