// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>

namespace timberline {

/// Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3; SC 2011).
/// A pure function of counter and key; tested against the published vectors.
[[nodiscard]] std::array<std::uint32_t, 4> philox4x32_10(std::array<std::uint32_t, 4> counter,
                                                         std::array<std::uint32_t, 2> key) noexcept;

/// What a random number is for. Draws of different purposes never share a stream: acceptance uniforms must not be
/// correlated with the draws that chose the draft (decoding.md I4). Values are part of every saved record: never renumber.
enum class RandomPurpose : std::uint32_t {
    DraftSample = 1,    ///< choosing a draft token
    AcceptDraw = 2,     ///< the uniform of one acceptance test
    TargetSample = 3,   ///< the bonus, correction or plain token
    DraftKeys = 4,      ///< keys of a draw without replacement
    DataShuffle = 5,
    Initialisation = 6,
    DataPoints = 7,     ///< samples that a data set draws
    DataSplit = 8,      ///< which samples are for training
    LabelNoise = 9,     ///< labels that are flipped on purpose
    ControllerDraw = 10, ///< what a controller draws to decide how far to draft
    LandscapeSamples = 20,   ///< samples that a surface is evaluated on
    LandscapeDirection = 21, ///< Gaussian numbers of a random direction
    LanczosStart = 22,       ///< first vector of a Lanczos iteration
    HessianProbe = 23,       ///< signs of trace and density probes
    Test = 1000,
};

/// Names one random number by what it decides, never by call order: the same decision gets the same number in a fork, a replay or another method.
/// The round is part of the name because rules that decide on a whole block reuse later positions.
struct RandomKey {
    std::uint64_t seed = 0;
    RandomPurpose purpose = RandomPurpose::Test;
    std::uint32_t round = 0;
    std::uint32_t position = 0;  ///< absolute token position that the number decides about
    std::uint32_t sibling = 0;   ///< draw order among siblings, or the node's index where siblings of different parents share a position
};

/// Uniform in [0,1) with 53 random bits.
[[nodiscard]] double uniform(const RandomKey& key) noexcept;

/// A sequence of uniforms that belong to one key (for example one key per vocabulary entry). Value type, cheap to copy.
class RandomStream
{
public:
    explicit RandomStream(const RandomKey& key) noexcept : key_(key) {}
    /// The next uniform in [0,1); the i-th call of a fresh stream always gives the same number.
    [[nodiscard]] double next() noexcept;

private:
    RandomKey key_;
    std::uint32_t index_ = 0;
};

}  // namespace timberline
