// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/landscape/directions.h"

#include "core/base/random.h"
#include "core/landscape/symmetric_eigen.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace timberline::landscape {
namespace {

constexpr double kFilterEpsilon = 1e-10;  ///< of the reference code
constexpr std::array<std::string_view, 4> kNormalisations = {"filter", "layer", "weight", "none"};
constexpr std::array<std::string_view, 3> kTreatments = {"zero", "copy", "random"};

/// Scales `d` to the length of `w`.
void match_length(std::span<const float> w, std::span<float> d)
{
    const double factor = length(w) / (length(d) + kFilterEpsilon);
    for (auto& x : d) {
        x = static_cast<float>(static_cast<double>(x) * factor);
    }
}

void normalise_tensor(const training::ParameterSlot& slot, std::span<const float> w, Normalisation normalisation, std::span<float> d)
{
    switch (normalisation) {
    case Normalisation::Filter: {
        const auto filter = static_cast<std::size_t>(slot.elements / std::max<std::int64_t>(slot.shape[0], 1));
        for (std::size_t o = 0; o + filter <= d.size() && filter > 0; o += filter) {
            match_length(w.subspan(o, filter), d.subspan(o, filter));
        }
        return;
    }
    case Normalisation::Layer:
        match_length(w, d);
        return;
    case Normalisation::Weight:
        std::ranges::transform(d, w, d.begin(), std::multiplies{});
        return;
    case Normalisation::None:
        return;
    }
}

Error path_cancelled()
{
    return make_error(ErrorCode::Cancelled, "the principal components were cancelled");
}

std::vector<float> scaled(const std::vector<double>& values, double factor)
{
    std::vector<float> out(values.size());
    std::ranges::transform(values, out.begin(), [factor](double x) { return static_cast<float>(x * factor); });
    return out;
}

}  // namespace

std::string_view name_of(Normalisation normalisation) noexcept
{
    return kNormalisations[static_cast<std::size_t>(normalisation)];
}

std::string_view name_of(OneDimensional treatment) noexcept
{
    return kTreatments[static_cast<std::size_t>(treatment)];
}

Normalisation normalisation_from(std::string_view name) noexcept
{
    const auto it = std::ranges::find(kNormalisations, name);
    return it == kNormalisations.end() ? Normalisation::Filter : static_cast<Normalisation>(it - kNormalisations.begin());
}

OneDimensional one_dimensional_from(std::string_view name) noexcept
{
    const auto it = std::ranges::find(kTreatments, name);
    return it == kTreatments.end() ? OneDimensional::Zero : static_cast<OneDimensional>(it - kTreatments.begin());
}

double dot(std::span<const float> a, std::span<const float> b) noexcept
{
    std::array<double, 4> sums{};
    std::size_t i = 0;
    for (; i + 4 <= a.size(); i += 4) {
        for (std::size_t k = 0; k < 4; ++k) {
            sums[k] += static_cast<double>(a[i + k]) * static_cast<double>(b[i + k]);
        }
    }
    for (; i < a.size(); ++i) {
        sums[0] += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    }
    return (sums[0] + sums[2]) + (sums[1] + sums[3]);
}

double length(std::span<const float> a) noexcept
{
    return std::sqrt(dot(a, a));
}

double cosine(std::span<const float> a, std::span<const float> b) noexcept
{
    const double lengths = length(a) * length(b);
    return lengths > 0 ? dot(a, b) / lengths : 0;
}

std::vector<float> gaussian_direction(std::int64_t count, std::uint64_t seed, std::uint32_t axis)
{
    std::vector<float> out(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < out.size(); i += 2) {
        RandomKey key{
            .seed = seed, .purpose = RandomPurpose::LandscapeDirection, .round = axis, .position = static_cast<std::uint32_t>(i / 2)};
        const double radius = std::sqrt(-2 * std::log1p(-uniform(key)));  // Box and Muller
        key.sibling = 1;
        const double angle = 2 * std::numbers::pi * uniform(key);
        out[i] = static_cast<float>(radius * std::cos(angle));
        if (i + 1 < out.size()) {
            out[i + 1] = static_cast<float>(radius * std::sin(angle));
        }
    }
    return out;
}

void normalise(const training::NetLayout& layout, std::span<const float> center, Normalisation normalisation, OneDimensional treatment,
               std::span<float> direction)
{
    for (const auto& slot : layout.parameters) {
        const auto begin = static_cast<std::size_t>(slot.offset), size = static_cast<std::size_t>(slot.elements);
        const auto w = center.subspan(begin, size);
        const auto d = direction.subspan(begin, size);
        if (slot.shape.size() > 1) {
            normalise_tensor(slot, w, normalisation, d);
        } else if (treatment == OneDimensional::Zero) {
            std::ranges::fill(d, 0.0F);
        } else if (treatment == OneDimensional::Copy) {
            std::ranges::copy(w, d.begin());
        } else {
            match_length(w, d);
        }
    }
}

void ignore_one_dimensional(const training::NetLayout& layout, std::span<float> direction)
{
    for (const auto& slot : layout.parameters) {
        if (slot.shape.size() <= 1) {
            std::ranges::fill(direction.subspan(static_cast<std::size_t>(slot.offset), static_cast<std::size_t>(slot.elements)), 0.0F);
        }
    }
}

void make_orthogonal(std::span<const float> a, std::span<float> b)
{
    const double squared = dot(a, a);
    if (squared <= 0) {
        return;
    }
    const double factor = dot(a, b) / squared;
    for (std::size_t i = 0; i < b.size(); ++i) {
        b[i] = static_cast<float>(static_cast<double>(b[i]) - factor * static_cast<double>(a[i]));
    }
}

std::vector<float> difference(std::span<const float> w1, std::span<const float> w2)
{
    std::vector<float> out(w1.size());
    std::ranges::transform(w2, w1, out.begin(), std::minus{});
    return out;
}

Result<std::array<std::vector<float>, 2>> three_point_directions(std::span<const float> w1, std::span<const float> w2,
                                                                 std::span<const float> w3)
{
    std::array directions = {difference(w1, w2), difference(w1, w3)};
    const double first = length(directions[0]);
    if (!(first > 0)) {
        return make_error(ErrorCode::InvalidArgument, "landscape: the first two of the three points are the same",
                          "Choose another snapshot or checkpoint for the first axis.");
    }
    const double reach = length(directions[1]);
    make_orthogonal(directions[0], directions[1]);
    make_orthogonal(directions[0], directions[1]);  // once more: float32 leaves a trace along the first
    const double second = length(directions[1]);
    if (!(second > 1e-6 * reach)) {
        return make_error(ErrorCode::InvalidArgument, "landscape: the three points lie on one line and span no plane",
                          "Choose another snapshot or checkpoint for the second axis, or draw a line.");
    }
    for (auto& x : directions[0]) {
        x = static_cast<float>(static_cast<double>(x) / first);
    }
    for (auto& x : directions[1]) {
        x = static_cast<float>(static_cast<double>(x) / second);
    }
    return directions;
}

Projection project(std::span<const float> center, std::span<const float> u, std::span<const float> v, std::span<const float> theta)
{
    const auto d = difference(center, theta);
    const double uu = u.empty() ? 0 : dot(u, u), vv = v.empty() ? 0 : dot(v, v), uv = u.empty() || v.empty() ? 0 : dot(u, v);
    const double du = u.empty() ? 0 : dot(d, u), dv = v.empty() ? 0 : dot(d, v);
    Projection out;
    const double determinant = uu * vv - uv * uv;
    if (determinant > 1e-12 * uu * vv) {
        out.x = (du * vv - dv * uv) / determinant;
        out.y = (dv * uu - du * uv) / determinant;
    } else if (uu > 0) {  // a line, or two parallel directions
        out.x = du / uu;
    } else if (vv > 0) {
        out.y = dv / vv;
    }
    double squared = 0;
    for (std::size_t i = 0; i < d.size(); ++i) {
        double rest = static_cast<double>(d[i]);
        rest -= u.empty() ? 0 : out.x * static_cast<double>(u[i]);
        rest -= v.empty() ? 0 : out.y * static_cast<double>(v[i]);
        squared += rest * rest;
    }
    out.residual = std::sqrt(squared);
    return out;
}

double angle_between(const std::array<std::vector<float>, 2>& a, const std::array<std::vector<float>, 2>& b)
{
    // Cosine of the largest principal angle = smallest singular value of the 2x2 matrix of dot products.
    const double m00 = dot(a[0], b[0]), m01 = dot(a[0], b[1]), m10 = dot(a[1], b[0]), m11 = dot(a[1], b[1]);
    const double sum = m00 * m00 + m01 * m01 + m10 * m10 + m11 * m11;
    const double determinant = m00 * m11 - m01 * m10;
    const double smallest = std::sqrt(std::max(0.0, (sum - std::sqrt(std::max(0.0, sum * sum - 4 * determinant * determinant))) / 2));
    return std::acos(std::clamp(smallest, 0.0, 1.0)) * 180 / std::numbers::pi;
}

void TrajectoryPca::add(std::span<const float> parameters)
{
    if (rows_.empty()) {
        first_.assign(parameters.begin(), parameters.end());
    }
    // Centring makes the Gram matrix the same for every origin; the first snapshot keeps the numbers small.
    auto row = difference(first_, parameters);
    if (layout_ != nullptr) {
        ignore_one_dimensional(*layout_, row);
    }
    rows_.push_back(std::move(row));
    std::vector<double> products(rows_.size());
    std::ranges::transform(rows_, products.begin(), [this](const auto& other) { return dot(rows_.back(), other); });
    gram_.push_back(std::move(products));
}

Result<TrajectoryPca::Components> TrajectoryPca::solve(std::size_t wanted, const CancelToken& cancel) const
{
    const std::size_t n = rows_.size();
    const auto gram = [this](std::size_t i, std::size_t j) { return i >= j ? gram_[i][j] : gram_[j][i]; };
    std::vector<double> mean(n, 0);
    double total = 0;
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            mean[i] += gram(i, j) / static_cast<double>(n);
        }
        total += mean[i] / static_cast<double>(n);
    }
    SymmetricMatrix centred(n);
    double trace = 0;
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j <= i; ++j) {
            centred.at(i, j) = centred.at(j, i) = gram(i, j) - mean[i] - mean[j] + total;
        }
        trace += centred.at(i, i);
    }
    if (n < 2 || !(trace > 0) || !std::isfinite(trace)) {
        return make_error(ErrorCode::InvalidArgument,
                          "landscape: the path of training has " + std::to_string(n) + " snapshots" + (n < 2 ? "" : " and does not move") +
                              ", which has no principal components",
                          "Keep more snapshots, or choose random directions.");
    }
    const auto eigen = symmetric_eigen(std::move(centred), cancel);
    if (cancel.cancelled()) {
        return path_cancelled();
    }
    Components out;
    for (std::size_t k = 0; k < n; ++k) {
        out.eigenvalues.push_back(std::max(0.0, eigen.values[k]));
        out.explained.push_back(out.eigenvalues.back() / trace);
    }
    for (std::size_t k = 0; k < std::min(wanted, n) && out.eigenvalues[k] > 1e-12 * out.eigenvalues[0]; ++k) {
        double middle = 0;
        for (std::size_t i = 0; i < n; ++i) {
            middle += eigen.vectors[k][i] / static_cast<double>(n);
        }
        std::vector<double> direction(rows_[0].size(), 0);
        for (std::size_t i = 0; i < n; ++i) {
            if (cancel.cancelled()) {
                return path_cancelled();
            }
            const double weight = eigen.vectors[k][i] - middle;
            for (std::size_t d = 0; d < direction.size(); ++d) {
                direction[d] += weight * static_cast<double>(rows_[i][d]);
            }
        }
        out.directions.push_back(scaled(direction, 1 / std::sqrt(out.eigenvalues[k])));
    }
    return out;
}

void align_signs(std::span<const std::vector<float>> before, std::span<std::vector<float>> now)
{
    for (std::size_t k = 0; k < std::min(before.size(), now.size()); ++k) {
        if (before[k].size() == now[k].size() && dot(before[k], now[k]) < 0) {
            std::ranges::transform(now[k], now[k].begin(), std::negate{});
        }
    }
}

}  // namespace timberline::landscape
