// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/random.h"
#include "core/training/data_set.h"

#include <cstdint>
#include <string>
#include <vector>

/// What data sets share: keyed random numbers of one sample, the split, and paths. Same seed and values, same set, whatever is drawn beside
/// it.
namespace timberline::training {

/// Random numbers that belong to one sample.
class SampleDraw
{
public:
    SampleDraw(std::uint64_t seed, std::int64_t sample) noexcept
        : stream_({.seed = seed, .purpose = RandomPurpose::DataPoints, .position = static_cast<std::uint32_t>(sample)})
    {}
    [[nodiscard]] double uniform() noexcept { return stream_.next(); }
    [[nodiscard]] double uniform(double from, double to) noexcept { return from + (to - from) * stream_.next(); }
    /// Standard normal (Box and Muller; takes two uniforms and gives one number, so that the count of draws is plain).
    [[nodiscard]] double normal() noexcept;

private:
    RandomStream stream_;
};

/// 0..count-1 in an order that depends on the seed alone (Fisher and Yates).
[[nodiscard]] std::vector<std::int64_t> random_order(std::int64_t count, std::uint64_t seed);

/// Training samples that remain of `samples` when this share is kept for validation: at least 1.
[[nodiscard]] std::int64_t training_count(std::int64_t samples, double validation_fraction) noexcept;

/// Puts the samples into a random order, keeps the first `keep` of them (0 = all) and splits.
void shuffle_and_split(DataSet& data, double validation_fraction, std::uint64_t seed, std::int64_t keep = 0);

/// "bundled:NAME" is a file under resources/data; other names are paths as they are.
[[nodiscard]] std::string resolve_data_path(const std::string& name);

/// Numbers that a data set may hold, so that a file's header cannot ask for all of the memory: 2^28 inputs are 1 GiB.
inline constexpr std::int64_t kMostInputs = std::int64_t{1} << 28;

/// The declaration of `validation_fraction`, the same in every data set.
[[nodiscard]] FieldText validation_fraction_text();
/// The declaration of `samples` of a drawn set.
[[nodiscard]] FieldText samples_text();

}  // namespace timberline::training
