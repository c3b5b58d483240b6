// SPDX-License-Identifier: GPL-3.0-or-later
#include "landscape_testing.h"

#include "core/landscape/directions.h"
#include "core/landscape/symmetric_eigen.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

using namespace timberline;
using namespace timberline::landscape;
using namespace timberline::landscape_testing;
using training::NetSpec;
using Vector = std::vector<float>;

namespace {

NetSpec small_cnn()
{
    return {.kind = training::NetKind::Cnn, .input = {2, 8, 8}, .hidden = {3, 5}, .outputs = 4, .batch_norm = true};
}

double part_length(const Vector& values, std::int64_t offset, std::int64_t count)
{
    return length(std::span(values).subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(count)));
}

struct Random {
    training::NetLayout layout;
    Vector center, raw, d;
};

Random random_direction(Normalisation normalisation, OneDimensional treatment)
{
    Random out;
    out.layout = training::layout_of(small_cnn()).value();
    out.center = make_plane(small_cnn()).center;
    out.raw = gaussian_direction(out.layout.parameter_count, 7, 0);
    out.d = out.raw;
    normalise(out.layout, out.center, normalisation, treatment, out.d);
    return out;
}

}  // namespace

class TestDirections : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void each_filter_has_the_length_of_its_weights();
    void other_normalisations_follow_their_rules();
    void one_dimensional_tensors_are_treated_as_chosen();
    void a_filter_of_zeros_stays_where_it_is();
    void gaussians_depend_on_their_number_alone();
    void gaussians_are_standard_normal();
    void orthogonal_directions_have_no_cosine();
    void three_points_lie_where_distances_say();
    void three_points_on_a_line_are_refused();
    void projection_solves_the_normal_equations();
    void pca_of_the_toy_path_has_the_printed_numbers();
    void pca_path_ends_at_the_origin();
    void pca_of_two_parameters_explains_everything();
    void pca_ignores_biases_when_asked();
    void pca_agrees_with_the_covariance_matrix();
    void pca_refuses_paths_without_extent();
    void pca_can_be_cancelled();
    void signs_are_aligned_and_angles_measured();
    void eigenvalues_of_known_matrices();
    void names_are_stable();
};

/// methods/training.md 2.1, check 1.
void TestDirections::each_filter_has_the_length_of_its_weights()
{
    const auto r = random_direction(Normalisation::Filter, OneDimensional::Zero);
    int filters = 0;
    for (const auto& slot : r.layout.parameters) {
        if (slot.shape.size() < 2) {
            continue;
        }
        const std::int64_t size = slot.elements / slot.shape[0];
        for (std::int64_t o = 0; o < slot.shape[0]; ++o, ++filters) {
            const double w = part_length(r.center, slot.offset + o * size, size);
            const double d = part_length(r.d, slot.offset + o * size, size);
            QVERIFY2(std::abs(w - d) < 1e-6 * std::max(1.0, w), slot.name.c_str());
        }
    }
    QCOMPARE(filters, 3 + 5 + 4);  // two convolutions and the output's rows
}

void TestDirections::other_normalisations_follow_their_rules()
{
    const auto layer = random_direction(Normalisation::Layer, OneDimensional::Zero);
    const auto weight = random_direction(Normalisation::Weight, OneDimensional::Zero);
    const auto none = random_direction(Normalisation::None, OneDimensional::Zero);
    for (const auto& slot : layer.layout.parameters) {
        if (slot.shape.size() < 2) {
            continue;
        }
        const double w = part_length(layer.center, slot.offset, slot.elements);
        QVERIFY(std::abs(w - part_length(layer.d, slot.offset, slot.elements)) < 1e-6 * w);
        for (std::int64_t i = slot.offset; i < slot.offset + slot.elements; ++i) {
            const auto at = static_cast<std::size_t>(i);
            QCOMPARE(weight.d[at], weight.raw[at] * weight.center[at]);
            QCOMPARE(none.d[at], none.raw[at]);
        }
    }
}

void TestDirections::one_dimensional_tensors_are_treated_as_chosen()
{
    for (const auto treatment : {OneDimensional::Zero, OneDimensional::Copy, OneDimensional::Random}) {
        const auto r = random_direction(Normalisation::Filter, treatment);
        int tensors = 0;
        for (const auto& slot : r.layout.parameters) {
            if (slot.shape.size() > 1) {
                continue;
            }
            ++tensors;
            const double w = part_length(r.center, slot.offset, slot.elements), d = part_length(r.d, slot.offset, slot.elements);
            if (treatment == OneDimensional::Zero) {
                QCOMPARE(d, 0.0);
                continue;
            }
            QVERIFY(std::abs(w - d) < 1e-6 * std::max(1.0, w));
            bool copied = true;
            for (std::int64_t i = slot.offset; i < slot.offset + slot.elements; ++i) {
                copied = copied && r.d[static_cast<std::size_t>(i)] == r.center[static_cast<std::size_t>(i)];
            }
            QCOMPARE(copied, treatment == OneDimensional::Copy);
        }
        QCOMPARE(tensors, 3 + 4);  // biases; gains and shifts
    }
}

void TestDirections::a_filter_of_zeros_stays_where_it_is()
{
    const NetSpec spec{.input = {3}, .hidden = {}, .outputs = 2};
    const auto layout = training::layout_of(spec).value();
    const Vector center = {0, 0, 0, 1, 2, 2, 0, 0};
    auto d = gaussian_direction(8, 1, 0);
    normalise(layout, center, Normalisation::Filter, OneDimensional::Random, d);
    QCOMPARE(part_length(d, 0, 3), 0.0);
    QVERIFY(std::abs(part_length(d, 3, 3) - 3) < 1e-6);
    QCOMPARE(part_length(d, 6, 2), 0.0);
}

void TestDirections::gaussians_depend_on_their_number_alone()
{
    const auto whole = gaussian_direction(1001, 9, 1);
    const auto part = gaussian_direction(500, 9, 1);
    QVERIFY(std::equal(part.begin(), part.end(), whole.begin()));
    QVERIFY(gaussian_direction(1001, 9, 1) == whole);
    QVERIFY(gaussian_direction(1001, 10, 1) != whole);
    QVERIFY(gaussian_direction(1001, 9, 0) != whole);
    QVERIFY(std::abs(cosine(gaussian_direction(20'000, 9, 0), gaussian_direction(20'000, 9, 1))) < 0.03);  // 4 sigma of 1/sqrt(n)
}

void TestDirections::gaussians_are_standard_normal()
{
    const auto d = gaussian_direction(100'000, 3, 0);
    double mean = 0, second = 0, fourth = 0, beyond = 0;
    for (const float x : d) {
        const double z = static_cast<double>(x);
        mean += z / 1e5;
        second += z * z / 1e5;
        fourth += z * z * z * z / 1e5;
        beyond += std::abs(z) > 1.96 ? 1e-5 : 0;
    }
    QVERIFY(std::abs(mean) < 0.013 && std::abs(second - 1) < 0.018 && std::abs(fourth - 3) < 0.13 &&
            std::abs(beyond - 0.05) < 0.003);  // 4 sigma
}

void TestDirections::orthogonal_directions_have_no_cosine()
{
    const auto a = gaussian_direction(300, 1, 0);
    auto b = gaussian_direction(300, 1, 1);
    QVERIFY(std::abs(cosine(a, b)) > 1e-4);
    make_orthogonal(a, b);
    QVERIFY(std::abs(cosine(a, b)) < 1e-7);
    auto same = b;
    make_orthogonal(Vector(300, 0.0F), same);
    QVERIFY(same == b);
}

/// Coordinates are Euclidean distances: w1 at (0,0), w2 at (5,0), w3 at (2, 3) by construction.
void TestDirections::three_points_lie_where_distances_say()
{
    const Vector w1 = {1, 1, 0}, w2 = {1, 1, 5}, w3 = {4, 1, 2};
    const auto plane = three_point_directions(w1, w2, w3).value();
    const auto at = [&](const Vector& w) { return project(w1, plane[0], plane[1], w); };
    QVERIFY(std::abs(at(w2).x - 5) < 1e-6 && std::abs(at(w2).y) < 1e-6 && at(w2).residual < 1e-6);
    QVERIFY(std::abs(at(w3).x - 2) < 1e-6 && std::abs(at(w3).y - 3) < 1e-6 && at(w3).residual < 1e-6);
    QVERIFY(std::abs(length(plane[0]) - 1) < 1e-6 && std::abs(length(plane[1]) - 1) < 1e-6 && std::abs(dot(plane[0], plane[1])) < 1e-6);
}

void TestDirections::three_points_on_a_line_are_refused()
{
    const auto line = three_point_directions(Vector{0, 0}, Vector{1, 1}, Vector{3, 3});
    QVERIFY(!line.ok() && line.error().message.find("one line") != std::string::npos);
    const auto same = three_point_directions(Vector{1, 1}, Vector{1, 1}, Vector{3, 3});
    QVERIFY(!same.ok() && same.error().message.find("are the same") != std::string::npos);
}

/// theta = center + 2 u - 3 v + something orthogonal to both, with directions neither unit nor orthogonal.
void TestDirections::projection_solves_the_normal_equations()
{
    const Vector center = {1, 2, 3, 4}, u = {2, 0, 0, 0}, v = {1, 1, 0, 0}, across = {0, 0, 3, 4};
    Vector theta(4);
    for (std::size_t i = 0; i < 4; ++i) {
        theta[i] = center[i] + 2 * u[i] - 3 * v[i] + across[i];
    }
    const auto p = project(center, u, v, theta);
    QVERIFY(std::abs(p.x - 2) < 1e-9 && std::abs(p.y + 3) < 1e-9 && std::abs(p.residual - 5) < 1e-9);
    const auto line = project(center, u, {}, theta);
    QVERIFY(std::abs(line.x - 0.5) < 1e-9 && line.y == 0);  // <theta - center, u> / <u, u> = 2 / 4
    const auto parallel = project(center, u, u, theta);
    QVERIFY(std::abs(parallel.x - 0.5) < 1e-9 && parallel.y == 0);
    const auto none = project(center, {}, {}, theta);
    QVERIFY(none.x == 0 && none.y == 0 && std::abs(none.residual - std::sqrt(1 + 9 + 25.0)) < 1e-9);  // |(1, -3, 3, 4)|
}

/// methods/training.md 2.3: rows (2,0), (1,0), (0,1), (0,0); centred eigenvalues exactly 3 and 0.5, explained 0.857143.
void TestDirections::pca_of_the_toy_path_has_the_printed_numbers()
{
    TrajectoryPca pca;
    for (const auto& row : {Vector{2, 0}, Vector{1, 0}, Vector{0, 1}, Vector{0, 0}}) {
        pca.add(row);
    }
    const auto found = pca.solve(2).value();
    QVERIFY(std::abs(found.eigenvalues[0] - 3) < 1e-12 && std::abs(found.eigenvalues[1] - 0.5) < 1e-12);
    QVERIFY(std::abs(found.eigenvalues[2]) < 1e-12 && std::abs(found.eigenvalues[3]) < 1e-12);
    QVERIFY(std::abs(found.explained[0] - 0.857143) < 1e-6);
    // The uncentred ones, by the same solver on the raw Gram matrix: 5 and 1.
    SymmetricMatrix gram(4);
    const double rows[4][2] = {{2, 0}, {1, 0}, {0, 1}, {0, 0}};
    for (std::size_t i = 0; i < 4; ++i) {
        for (std::size_t j = 0; j < 4; ++j) {
            gram.at(i, j) = rows[i][0] * rows[j][0] + rows[i][1] * rows[j][1];
        }
    }
    const auto raw = symmetric_eigen(gram);
    QVERIFY(std::abs(raw.values[0] - 5) < 1e-12 && std::abs(raw.values[1] - 1) < 1e-12);
}

void TestDirections::pca_path_ends_at_the_origin()
{
    std::vector<Vector> path;
    TrajectoryPca pca;
    for (std::uint32_t k = 0; k < 30; ++k) {
        Vector point(50);
        for (std::size_t i = 0; i < 50; ++i) {
            point[i] = static_cast<float>(std::exp(-0.1 * k) * draw(1, 1, i) + 0.05 * draw(2, k, i));
        }
        pca.add(point);
        path.push_back(std::move(point));
    }
    const auto found = pca.solve(2).value();
    const auto& last = path.back();
    for (const auto& point : path) {
        const auto p = project(last, found.directions[0], found.directions[1], point);
        // Unit, orthogonal directions: coordinates are dot products, and Pythagoras gives the residual.
        const auto d = difference(last, point);
        QVERIFY(std::abs(p.x - dot(d, found.directions[0])) < 1e-5 && std::abs(p.y - dot(d, found.directions[1])) < 1e-5);
        QVERIFY(std::abs(p.residual * p.residual - (dot(d, d) - p.x * p.x - p.y * p.y)) < 1e-5);
    }
    const auto end = project(last, found.directions[0], found.directions[1], last);
    QVERIFY(end.x == 0 && end.y == 0 && end.residual == 0);
}

void TestDirections::pca_of_two_parameters_explains_everything()
{
    TrajectoryPca pca;
    std::vector<Vector> path;
    for (std::size_t k = 0; k < 9; ++k) {
        path.push_back({static_cast<float>(draw(5, 1, k)), static_cast<float>(draw(5, 2, k))});
        pca.add(path.back());
    }
    const auto found = pca.solve(5).value();
    QCOMPARE(found.directions.size(), std::size_t{2});
    QVERIFY(std::abs(found.explained[0] + found.explained[1] - 1) < 1e-9);
    for (const auto& point : path) {
        QVERIFY(project(path.back(), found.directions[0], found.directions[1], point).residual < 1e-6);
    }
}

void TestDirections::pca_ignores_biases_when_asked()
{
    const NetSpec spec{.input = {2}, .hidden = {}, .outputs = 1};
    const auto layout = training::layout_of(spec).value();  // two weights, one bias
    TrajectoryPca all, weights(&layout);
    for (const auto& row : {Vector{0, 0, 0}, Vector{1, 0, 100}, Vector{0, 1, -100}}) {
        all.add(row);
        weights.add(row);
    }
    QVERIFY(std::abs(std::abs(all.solve(1).value().directions[0][2]) - 1) < 1e-3);
    QCOMPARE(weights.solve(1).value().directions[0][2], 0.0F);
}

/// The Gram trick against the D x D covariance that it avoids.
void TestDirections::pca_agrees_with_the_covariance_matrix()
{
    constexpr std::size_t kRows = 12, kSize = 7;
    TrajectoryPca pca;
    std::vector<Vector> rows;
    std::vector<double> mean(kSize, 0);
    for (std::size_t n = 0; n < kRows; ++n) {
        Vector row(kSize);
        for (std::size_t i = 0; i < kSize; ++i) {
            row[i] = static_cast<float>((1.0 + static_cast<double>(i)) * draw(8, static_cast<std::uint32_t>(n), i));
            mean[i] += static_cast<double>(row[i]) / kRows;
        }
        pca.add(row);
        rows.push_back(std::move(row));
    }
    SymmetricMatrix scatter(kSize);
    for (std::size_t i = 0; i < kSize; ++i) {
        for (std::size_t j = 0; j < kSize; ++j) {
            for (const auto& row : rows) {
                scatter.at(i, j) += (static_cast<double>(row[i]) - mean[i]) * (static_cast<double>(row[j]) - mean[j]);
            }
        }
    }
    const auto expected = symmetric_eigen(scatter);
    const auto found = pca.solve(3).value();
    for (std::size_t k = 0; k < 3; ++k) {
        QVERIFY(std::abs(found.eigenvalues[k] - expected.values[k]) < 1e-5 * expected.values[0]);
        double overlap = 0;
        for (std::size_t i = 0; i < kSize; ++i) {
            overlap += static_cast<double>(found.directions[k][i]) * expected.vectors[k][i];
        }
        QVERIFY(std::abs(std::abs(overlap) - 1) < 1e-5);
    }
}

void TestDirections::pca_refuses_paths_without_extent()
{
    TrajectoryPca pca;
    QVERIFY(!pca.solve(2).ok());
    pca.add(Vector{1, 2});
    QVERIFY(pca.solve(2).error().message.find("1 snapshots") != std::string::npos);
    pca.add(Vector{1, 2});
    QVERIFY(pca.solve(2).error().message.find("does not move") != std::string::npos);
    pca.add(Vector{3, 2});
    QCOMPARE(pca.solve(2).value().directions.size(), std::size_t{1});  // a straight path has one
}

void TestDirections::pca_can_be_cancelled()
{
    TrajectoryPca pca;
    for (std::size_t k = 0; k < 20; ++k) {
        Vector row(30);
        for (std::size_t i = 0; i < row.size(); ++i) {
            row[i] = static_cast<float>((k * k * 7 + i * 13) % 31);
        }
        pca.add(row);
    }
    const CancelToken cancel;
    QVERIFY(pca.solve(2, cancel).ok());
    cancel.cancel();
    const auto found = pca.solve(2, cancel);
    QVERIFY(!found.ok() && found.error().code == ErrorCode::Cancelled);
}

void TestDirections::signs_are_aligned_and_angles_measured()
{
    const std::vector<Vector> before = {{1, 0, 0}, {0, 1, 0}};
    std::vector<Vector> now = {{-0.9F, 0.1F, 0}, {0.1F, 0.9F, 0}};
    align_signs(before, now);
    QVERIFY(now[0] == (Vector{0.9F, -0.1F, 0}) && now[1] == (Vector{0.1F, 0.9F, 0}));
    const auto turned = [](double degrees) {
        const double a = degrees * std::numbers::pi / 180;
        return std::array<Vector, 2>{Vector{1, 0, 0}, Vector{0, static_cast<float>(std::cos(a)), static_cast<float>(std::sin(a))}};
    };
    for (const double degrees : {0.0, 5.0, 30.0, 90.0}) {
        QVERIFY(std::abs(angle_between(turned(0), turned(degrees)) - degrees) < 0.05);
    }
    const std::array<Vector, 2> swapped = {Vector{0, 1, 0}, Vector{-1, 0, 0}};
    QVERIFY(angle_between(turned(0), swapped) < 0.05);  // the same plane, another basis
}

/// Second differences on n points: 2 - 2 cos(k pi / (n + 1)).
void TestDirections::eigenvalues_of_known_matrices()
{
    constexpr std::size_t kSize = 40;
    SymmetricMatrix a(kSize);
    std::vector<double> diagonal(kSize, 2), off(kSize - 1, -1);
    for (std::size_t i = 0; i < kSize; ++i) {
        a.at(i, i) = 2;
        if (i + 1 < kSize) {
            a.at(i, i + 1) = a.at(i + 1, i) = -1;
        }
    }
    for (const auto& eigen : {symmetric_eigen(a), tridiagonal_eigen(diagonal, off)}) {
        for (std::size_t k = 0; k < kSize; ++k) {
            const double expected = 2 - 2 * std::cos(static_cast<double>(kSize - k) * std::numbers::pi / (kSize + 1));
            QVERIFY(std::abs(eigen.values[k] - expected) < 1e-12);
            QVERIFY(std::abs(std::inner_product(eigen.vectors[k].begin(), eigen.vectors[k].end(), eigen.vectors[k].begin(), 0.0) - 1) <
                    1e-12);
        }
    }
    // A dense matrix: A v = lambda v, and the trace is the sum.
    SymmetricMatrix dense(17);
    double trace = 0;
    for (std::size_t i = 0; i < 17; ++i) {
        for (std::size_t j = 0; j <= i; ++j) {
            dense.at(i, j) = dense.at(j, i) = draw(6, static_cast<std::uint32_t>(i), j);
        }
        trace += dense.at(i, i);
    }
    const auto eigen = symmetric_eigen(dense);
    for (std::size_t k = 0; k < 17; ++k) {
        for (std::size_t i = 0; i < 17; ++i) {
            double image = 0;
            for (std::size_t j = 0; j < 17; ++j) {
                image += dense.at(i, j) * eigen.vectors[k][j];
            }
            QVERIFY(std::abs(image - eigen.values[k] * eigen.vectors[k][i]) < 1e-12);
        }
    }
    QVERIFY(std::abs(std::accumulate(eigen.values.begin(), eigen.values.end(), 0.0) - trace) < 1e-12);
    QVERIFY(std::isnan(tridiagonal_eigen(std::vector{1.0, std::nan("")}, std::vector{1.0}).values[0]));
}

void TestDirections::names_are_stable()
{
    for (const auto n : {Normalisation::Filter, Normalisation::Layer, Normalisation::Weight, Normalisation::None}) {
        QVERIFY(normalisation_from(name_of(n)) == n);
    }
    for (const auto t : {OneDimensional::Zero, OneDimensional::Copy, OneDimensional::Random}) {
        QVERIFY(one_dimensional_from(name_of(t)) == t);
    }
    QVERIFY(name_of(Normalisation::Filter) == "filter" && name_of(OneDimensional::Copy) == "copy");
}

QTEST_APPLESS_MAIN(TestDirections)
#include "test_directions.moc"
