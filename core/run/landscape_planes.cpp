// SPDX-License-Identifier: GPL-3.0-or-later
// Directions and limits of a plane.
#include "core/landscape/directions.h"
#include "core/landscape/gradients.h"
#include "core/landscape/grid.h"
#include "core/run/landscape_study.h"
#include "core/training/checkpoint.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

namespace timberline::run {
namespace {

using landscape::Plane;
using Vector = std::vector<float>;

constexpr double kMargin = 0.2;                     ///< of the path's extent, on each side
constexpr double kLeastClip = 10, kClipFactor = 5;  ///< methods/training.md 2.6

/// A place in parameter space that an axis leads to.
struct Place {
    Vector parameters, buffers;
};

Error cannot(const std::string& what, const std::string& hint)
{
    return make_error(ErrorCode::InvalidArgument, "landscape: " + what, hint);
}

Result<Place> place_of(const LandscapeStudy& study, const std::string& name, std::size_t center)
{
    const auto& path = study.snapshots;
    const auto at = [&](std::size_t k) { return Place{path[k].parameters, path[k].buffers}; };
    if (name == "first" || name == "last") {
        return at(name == "first" ? 0 : path.size() - 1);
    }
    if (name == "middle") {
        return at(center / 2);
    }
    std::int32_t step = 0;
    const auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), step);
    if (failure == std::errc{} && end == name.data() + name.size()) {
        const auto nearest =
            std::ranges::min_element(path, {}, [step](const auto& s) { return std::abs(static_cast<std::int64_t>(s.step) - step); });
        return Place{nearest->parameters, nearest->buffers};
    }
    TIMBERLINE_ASSIGN(auto checkpoint, training::load_checkpoint(name));
    if (checkpoint.spec != study.spec) {
        return cannot(name + " holds another network", "Choose a checkpoint of the same network.");
    }
    return Place{std::move(checkpoint.state.parameters), std::move(checkpoint.state.buffers)};
}

/// Builds the two directions one after the other.
class Builder
{
public:
    Builder(const LandscapeStudy& study, const LandscapeValues& values, std::size_t center, GaussianCache& gaussians,
            const CancelToken& cancel)
        : study_(study), values_(values), center_(center), gaussians_(gaussians), cancel_(cancel)
    {
        out_.plane.center = study.snapshots[center].parameters;
        out_.plane.buffers = study.snapshots[center].buffers;
    }

    Result<BuiltPlane> build()
    {
        auto& d = out_.description;
        const bool line = values_.y_kind == "none";
        d.x = axis(values_.x_kind, values_.x_seed, values_.x_low, values_.x_high, values_.nx);
        d.y = axis(values_.y_kind, values_.y_seed, values_.y_low, values_.y_high, values_.ny);
        TIMBERLINE_ASSIGN(out_.plane.u, direction(d.x, 0));
        if (line) {
            d.y = {};
            d.y.kind = "none";
            d.y.low = d.y.high = 0;
            d.y.points = 1;
        } else {
            TIMBERLINE_ASSIGN(out_.plane.v, direction(d.y, 1));
            d.cosine = landscape::cosine(out_.plane.u, out_.plane.v);
        }
        d.x.norm = landscape::length(out_.plane.u);
        d.y.norm = line ? 0 : landscape::length(out_.plane.v);
        TIMBERLINE_TRY(check(out_.plane.u, "first"));
        TIMBERLINE_TRY(line ? Status{} : check(out_.plane.v, "second"));
        TIMBERLINE_TRY(set_limits());
        TIMBERLINE_TRY(describe());
        return std::move(out_);
    }

private:
    static record::LandscapeAxis axis(const std::string& kind, std::int64_t seed, double low, double high, std::int64_t points)
    {
        record::LandscapeAxis out;
        out.kind = kind;
        out.normalisation = "none";
        out.one_dimensional = "random";
        out.seed = static_cast<std::uint64_t>(seed);
        out.low = low;
        out.high = high;
        out.points = static_cast<std::int32_t>(points);
        return out;
    }

    static Status check(const Vector& direction, const std::string& which)
    {
        const double size = landscape::length(direction);
        if (size > 0 && std::isfinite(size)) {
            return {};
        }
        return cannot("the " + which + " direction has no length: " +
                          (size > 0 ? "it is not finite" : "the two points are the same, or there is no slope"),
                      "Choose another kind of direction, another point or an earlier step.");
    }

    Result<Vector> direction(record::LandscapeAxis& axis, std::uint32_t number)
    {
        if (axis.kind == "random") {
            return random(axis, number);
        }
        if (axis.kind == "pca") {
            return component(axis);
        }
        if (axis.kind == "to-point") {
            TIMBERLINE_ASSIGN(auto place, place_of(study_, number == 0 ? values_.x_point : values_.y_point, center_));
            (number == 0 ? out_.plane.u_buffers : out_.plane.v_buffers) = landscape::difference(out_.plane.buffers, place.buffers);
            return landscape::difference(out_.plane.center, place.parameters);
        }
        if (axis.kind == "three-point") {
            TIMBERLINE_ASSIGN(const auto second, place_of(study_, values_.x_point, center_));
            TIMBERLINE_ASSIGN(const auto third, place_of(study_, values_.y_point, center_));
            return through_points(second, third, number);
        }
        if (axis.kind == "hessian") {
            return eigenvector(axis);
        }
        return axis.kind == "gradient" ? gradient() : update();
    }

    /// Batch norm statistics move along so that all three points have their own.
    Result<Vector> through_points(const Place& second, const Place& third, std::uint32_t number)
    {
        const auto& center = out_.plane.center;
        TIMBERLINE_ASSIGN(auto pair, landscape::three_point_directions(center, second.parameters, third.parameters));
        const double along = landscape::project(center, pair[0], pair[1], second.parameters).x;
        const auto far = landscape::project(center, pair[0], pair[1], third.parameters);
        Vector first = landscape::difference(out_.plane.buffers, second.buffers);
        Vector across = landscape::difference(out_.plane.buffers, third.buffers);
        for (std::size_t i = 0; i < first.size(); ++i) {
            const double u = static_cast<double>(first[i]) / along;
            first[i] = static_cast<float>(u);
            across[i] = static_cast<float>((static_cast<double>(across[i]) - far.x * u) / far.y);
        }
        (number == 0 ? out_.plane.u_buffers : out_.plane.v_buffers) = number == 0 ? std::move(first) : std::move(across);
        return std::move(pair[number]);
    }

    Result<Vector> random(record::LandscapeAxis& axis, std::uint32_t number)
    {
        const auto raw = [this](std::uint64_t seed, std::uint32_t stream) {
            auto& kept = gaussians_[{seed, stream}];
            if (static_cast<std::int64_t>(kept.size()) != study_.layout.parameter_count) {
                kept = landscape::gaussian_direction(study_.layout.parameter_count, seed, stream);
            }
            return kept;
        };
        auto out = raw(axis.seed, number);
        if (number == 1 && values_.orthogonal && values_.x_kind == "random") {
            landscape::make_orthogonal(raw(static_cast<std::uint64_t>(values_.x_seed), 0), out);
        }
        // A bowl has no weights to be scaled by: near its minimum a normalised direction would shrink to nothing.
        axis.normalisation = study_.spec.kind == training::NetKind::Quadratic ? "none" : values_.normalisation;
        axis.one_dimensional = values_.one_dimensional;
        landscape::normalise(study_.layout, out_.plane.center, landscape::normalisation_from(axis.normalisation),
                             landscape::one_dimensional_from(values_.one_dimensional), out);
        return out;
    }

    Result<Vector> component(record::LandscapeAxis& axis)
    {
        const bool ignore = values_.one_dimensional == "zero" && study_.spec.kind != training::NetKind::Quadratic;
        if (!components_) {
            landscape::TrajectoryPca pca(ignore ? &study_.layout : nullptr);
            for (std::size_t k = 0; k <= center_; ++k) {
                if (cancel_.cancelled()) {
                    return make_error(ErrorCode::Cancelled, "the principal components were cancelled");
                }
                pca.add(study_.snapshots[k].parameters);
            }
            TIMBERLINE_ASSIGN(components_, pca.solve(2, cancel_));
        }
        axis.index = next_component_++;
        axis.one_dimensional = ignore ? "zero" : "random";
        const auto k = static_cast<std::size_t>(axis.index);
        if (k >= components_->directions.size()) {
            return cannot("the path of training runs along one straight line and has no second principal component",
                          "Choose another kind for the second axis, or none.");
        }
        axis.explained = components_->explained[k];
        return components_->directions[k];
    }

    Result<Vector> eigenvector(record::LandscapeAxis& axis)
    {
        if (!eigen_) {
            const int wanted = values_.x_kind == "hessian" && values_.y_kind == "hessian" ? 2 : 1;
            TIMBERLINE_ASSIGN(eigen_, eigenvectors_at(study_, values_, center_, wanted, cancel_));
        }
        axis.index = next_eigenvector_++;
        const auto k = static_cast<std::size_t>(axis.index);
        if (k >= eigen_->vectors.size()) {
            return cannot("the Hessian has no second eigenvector here", "Choose another kind for the second axis, or none.");
        }
        axis.eigenvalue = eigen_->eigenvalues[k];
        return Vector(eigen_->vectors[k].begin(), eigen_->vectors[k].end());
    }

    /// One step of plain gradient descent at the rate in force.
    Result<Vector> gradient()
    {
        const auto& at = study_.snapshots[center_];
        TIMBERLINE_ASSIGN(const auto slope, landscape::make_gradient(study_.curvature_problem(values_), at.buffers, cancel_));
        const std::vector<double> theta(at.parameters.begin(), at.parameters.end());
        std::vector<double> found(theta.size());
        double loss = 0;
        TIMBERLINE_TRY(slope.at(theta, found, loss));
        const double rate = study_.learning_rate(at.step);
        Vector out(found.size());
        std::ranges::transform(found, out.begin(), [rate](double g) { return static_cast<float>(-rate * g); });
        return out;
    }

    /// From the snapshot before to the centre.
    Result<Vector> update()
    {
        if (center_ == 0) {
            return cannot("there is no snapshot before this one, so no update to draw", "Keep more snapshots, or train for more steps.");
        }
        return landscape::difference(study_.snapshots[center_ - 1].parameters, out_.plane.center);
    }

    [[nodiscard]] bool by_path(const std::string& kind) const
    {
        return values_.limits == "path" || (values_.limits == "auto" && (kind == "pca" || kind == "three-point"));
    }

    Status set_limits()
    {
        auto& x = out_.description.x;
        auto& y = out_.description.y;
        const bool line = y.kind == "none";
        std::array<std::array<double, 2>, 2> reach{};  // both hold 0, where the centre stands
        if (by_path(x.kind) || (!line && by_path(y.kind))) {
            for (const auto& snapshot : study_.snapshots) {
                const auto place = landscape::project(out_.plane.center, out_.plane.u, out_.plane.v, snapshot.parameters);
                reach[0] = {std::min(reach[0][0], place.x), std::max(reach[0][1], place.x)};
                reach[1] = {std::min(reach[1][0], place.y), std::max(reach[1][1], place.y)};
            }
        }
        limit(x, reach[0]);
        if (!line) {
            limit(y, reach[1]);
        }
        for (const double end : {x.low, x.high, y.low, y.high}) {
            if (!(std::abs(end) <= record::kFarthestLimit)) {
                return cannot("the path reaches more than 1e12 lengths of a direction away from the centre",
                              "Give the limits, or choose another kind of direction.");
            }
        }
        return {};
    }

    void limit(record::LandscapeAxis& axis, const std::array<double, 2>& reach) const
    {
        if (values_.limits == "auto" && axis.kind == "to-point") {
            axis.low = -0.5;
            axis.high = 1.5;
            return;
        }
        if (!by_path(axis.kind) || !(reach[1] > reach[0])) {
            return;
        }
        const double margin = kMargin * (reach[1] - reach[0]);
        axis.low = reach[0] - margin;
        axis.high = reach[1] + margin;
        if (axis.points > 1) {  // moved by less than a cell, so that one cell is the centre itself
            const double step = (axis.high - axis.low) / (axis.points - 1);
            const double before = std::round(-axis.low / step);
            axis.low = -before * step;
            axis.high = (axis.points - 1 - before) * step;
        }
    }

    Status describe()
    {
        auto& d = out_.description;
        const bool moved = !out_.plane.u_buffers.empty() || !out_.plane.v_buffers.empty();
        if (values_.statistics == "interpolated" && study_.layout.buffer_count > 0 && !moved) {
            return cannot("batch norm statistics can move along only with axes to a point or through three points",
                          "Choose such an axis, or other statistics.");
        }
        const bool interpolate = values_.statistics == "interpolated" || (values_.statistics == "auto" && moved);
        if (!interpolate) {
            out_.plane.u_buffers.clear();
            out_.plane.v_buffers.clear();
        }
        d.batch_norm = study_.layout.buffer_count == 0                                         ? "none"
                       : interpolate && moved                                                  ? "interpolated"
                       : values_.statistics == "re-estimated" || values_.statistics == "batch" ? values_.statistics
                                                                                               : "frozen";
        d.center_step = study_.snapshots[center_].step;
        d.center_norm = landscape::length(out_.plane.center);
        d.loss = study_.data == nullptr ? "quadratic" : study_.config.methods.at("loss").id;
        d.data = study_.data == nullptr ? "none" : study_.config.methods.at("data_set").id;
        d.sample_seed = static_cast<std::uint64_t>(values_.sample_seed);
        for (const auto stride : values_.strides) {
            d.strides.push_back(static_cast<std::int32_t>(stride));
        }
        if (d.strides.empty()) {
            d.strides = landscape::usual_strides(std::max(d.x.points, d.y.points));
        }
        if (d.strides.back() != 1) {
            d.strides.push_back(1);
        }
        return {};
    }

    const LandscapeStudy& study_;
    const LandscapeValues& values_;
    std::size_t center_;
    GaussianCache& gaussians_;
    const CancelToken& cancel_;
    BuiltPlane out_;
    std::optional<landscape::TrajectoryPca::Components> components_;
    std::optional<landscape::LanczosResult> eigen_;
    std::int32_t next_component_ = 0, next_eigenvector_ = 0;
};

}  // namespace

Result<BuiltPlane> build_plane(const LandscapeStudy& study, const LandscapeValues& values, std::size_t center, GaussianCache& gaussians,
                               const CancelToken& cancel)
{
    return Builder(study, values, center, gaussians, cancel).build();
}

double recommended_clip(double center_loss)
{
    return std::isfinite(center_loss) ? std::max(kLeastClip, kClipFactor * center_loss) : kLeastClip;
}

}  // namespace timberline::run
