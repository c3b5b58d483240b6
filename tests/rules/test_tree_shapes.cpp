// SPDX-License-Identifier: GPL-3.0-or-later
// Expected numbers: the table of expected tokens and speed-ups of the decoding methods page, the EAGLE-2 example, hand-made trees.
#include "core/base/random.h"
#include "core/rules/draft_tree.h"
#include "core/rules/tree_shapes.h"

#include <QtTest/QtTest>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

using namespace timberline;
using namespace timberline::rules;
using Indices = std::vector<std::int32_t>;

class TestTreeShapes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void expected_tokens_of_a_chain_data()
    {
        QTest::addColumn<double>("alpha");
        QTest::addColumn<int>("gamma");
        QTest::addColumn<double>("tokens");
        const std::array<int, 6> lengths = {1, 2, 3, 4, 5, 8};
        const std::array<std::pair<double, std::array<double, 6>>, 3> table = {{{.6, {1.6, 1.96, 2.176, 2.3056, 2.3834, 2.4748}},
                                                                                {.8, {1.8, 2.44, 2.952, 3.3616, 3.6893, 4.3289}},
                                                                                {.9, {1.9, 2.71, 3.439, 4.0951, 4.6856, 6.1258}}}};
        for (const auto& [alpha, row] : table) {
            for (std::size_t i = 0; i < lengths.size(); ++i) {
                QTest::addRow("alpha %.1f, length %d", alpha, lengths[i]) << alpha << lengths[i] << row[i];
            }
        }
        QTest::newRow("no draft commits one token") << .8 << 0 << 1.;
        QTest::newRow("perfect draft commits all and the bonus") << 1. << 7 << 8.;
        QTest::newRow("useless draft commits one token") << 0. << 7 << 1.;
    }
    void expected_tokens_of_a_chain()
    {
        QFETCH(double, alpha);
        QFETCH(int, gamma);
        QFETCH(double, tokens);
        QVERIFY2(std::abs(expected_tokens(alpha, gamma) - tokens) < 5.1e-5,
                 qPrintable(QString::number(expected_tokens(alpha, gamma), 'g', 10)));
    }

    void best_length_and_speedup_data()
    {
        QTest::addColumn<double>("alpha");
        QTest::addColumn<double>("cost");
        QTest::addColumn<int>("best");
        QTest::addColumn<double>("speedup");
        const std::array<double, 3> costs = {.05, .10, .25};
        const std::array<std::tuple<double, std::array<int, 3>, std::array<double, 3>>, 3> table = {
            {{.6, {4, 3, 2}, {1.921, 1.674, 1.307}}, {.8, {8, 6, 3}, {3.092, 2.470, 1.687}}, {.9, {13, 10, 6}, {4.674, 3.431, 2.087}}}};
        for (const auto& [alpha, best, speedup] : table) {
            for (std::size_t i = 0; i < costs.size(); ++i) {
                QTest::addRow("alpha %.1f, draft cost %.2f", alpha, costs[i]) << alpha << costs[i] << best[i] << speedup[i];
            }
        }
    }
    void best_length_and_speedup()
    {
        QFETCH(double, alpha);
        QFETCH(double, cost);
        QFETCH(int, best);
        QFETCH(double, speedup);
        int found = 0;
        for (int gamma = 0; gamma <= 40; ++gamma) {
            found = ideal_speedup(alpha, gamma, cost) > ideal_speedup(alpha, found, cost) ? gamma : found;
        }
        QCOMPARE(found, best);
        QVERIFY2(std::abs(ideal_speedup(alpha, best, cost) - speedup) < 5.1e-4,
                 qPrintable(QString::number(ideal_speedup(alpha, best, cost))));
    }

    void break_even_example() { QVERIFY(std::abs(ideal_speedup(.8, 4, .05) - 3.3616 / 1.2) < 1e-12); }

    void reranking_keeps_the_best_paths()
    {
        // root: a .6, b .3, c .1; a: x .5, y .4; b: x .9, y .05.  Paths: ax .30, ay .24, bx .27, by .015.
        const std::vector<PoolCandidate> pool = {{-1, 1, std::log(.6)},     {-1, 1, std::log(.3)},     {-1, 1, std::log(.1)},
                                                 {0, 2, std::log(.6 * .5)}, {0, 2, std::log(.6 * .4)}, {1, 2, std::log(.3 * .9)},
                                                 {1, 2, std::log(.3 * .05)}};
        QCOMPARE(rerank_pool(pool, 4), (Indices{0, 1, 3, 5}));
        QCOMPARE(rerank_pool(pool, 0), Indices{});
        QCOMPARE(rerank_pool(pool, 1), Indices{0});
        QCOMPARE(rerank_pool(pool, 99).size(), pool.size());
    }

    void reranking_ties_prefer_the_shallower_then_the_earlier()
    {
        const double same = std::log(.5);
        const std::vector<PoolCandidate> pool = {{-1, 1, same}, {0, 2, same}, {-1, 1, same}, {1, 3, same}};
        QCOMPARE(rerank_pool(pool, 1), Indices{0});
        QCOMPARE(rerank_pool(pool, 2), (Indices{0, 2}));
        QCOMPARE(rerank_pool(pool, 3), (Indices{0, 1, 2}));
    }

    void reranked_pools_are_parent_closed()
    {
        for (std::uint32_t round = 0; round < 50; ++round) {
            std::vector<PoolCandidate> pool;
            RandomStream random({3, RandomPurpose::Test, round, 0, 0});
            for (std::int32_t i = 0; i < 60; ++i) {
                const auto parent = static_cast<std::int32_t>(random.next() * (i + 1)) - 1;
                // Coarse values make ties common, ln 1 = 0 makes a child as good as its parent.
                const double step = std::log(std::ceil(random.next() * 4) / 4);
                const PoolCandidate up = parent < 0 ? PoolCandidate{-1, 0, 0} : pool[static_cast<std::size_t>(parent)];
                pool.push_back({parent, up.depth + 1, up.value + step});
            }
            for (const std::int32_t total : {1, 7, 20, 59}) {
                const auto kept = rerank_pool(pool, total);
                QCOMPARE(kept.size(), static_cast<std::size_t>(total));
                double worst_kept = 0;
                double best_pruned = -1e9;
                for (std::int32_t i = 0; i < 60; ++i) {
                    const auto& candidate = pool[static_cast<std::size_t>(i)];
                    if (std::binary_search(kept.begin(), kept.end(), i)) {
                        worst_kept = std::min(worst_kept, candidate.value);
                        QVERIFY(candidate.parent < 0 || std::binary_search(kept.begin(), kept.end(), candidate.parent));
                    } else {
                        best_pruned = std::max(best_pruned, candidate.value);
                    }
                }
                QVERIFY(worst_kept >= best_pruned);
            }
        }
    }

    void top_indices_rank_by_probability_then_id_data()
    {
        QTest::addColumn<std::vector<float>>("law");
        QTest::addColumn<int>("count");
        QTest::addColumn<Indices>("ids");
        QTest::newRow("descending probability") << std::vector<float>{.1F, .4F, .2F, .3F} << 3 << Indices{1, 3, 2};
        QTest::newRow("ties by lower id") << std::vector<float>{.25F, .25F, .25F, .25F} << 2 << Indices{0, 1};
        QTest::newRow("more than there are") << std::vector<float>{.4F, .6F} << 9 << Indices{1, 0};
        QTest::newRow("none") << std::vector<float>{.4F, .6F} << 0 << Indices{};
        QTest::newRow("negative count") << std::vector<float>{.4F, .6F} << -3 << Indices{};
        QTest::newRow("NaN ranks last") << std::vector<float>{NAN, .6F, .4F} << 2 << Indices{1, 2};
    }
    void top_indices_rank_by_probability_then_id()
    {
        QFETCH(std::vector<float>, law);
        QFETCH(int, count);
        QFETCH(Indices, ids);
        QCOMPARE(top_indices(law, count), ids);
    }

    void both_ways_of_ranking_agree()
    {
        RandomStream random({4, RandomPurpose::Test, 0, 0, 0});
        std::vector<float> law(1000);
        for (float& x : law) {
            x = static_cast<float>(std::floor(random.next() * 50)); // many ties
        }
        Indices naive(law.size());
        std::iota(naive.begin(), naive.end(), 0);
        std::stable_sort(naive.begin(), naive.end(), [&law](std::int32_t a, std::int32_t b) {
            return law[static_cast<std::size_t>(a)] > law[static_cast<std::size_t>(b)];
        });
        for (const std::int32_t count : {1, 5, 128, 129, 999, 1000}) {
            QCOMPARE(top_indices(law, count), Indices(naive.begin(), naive.begin() + count));
        }
    }

    void draws_follow_the_keys()
    {
        // Keys ln(u)/q worked out by hand: ln .5/.5 = -1.386, ln .9/.25 = -.421, ln .1/.25 = -9.21, q = 0 never.
        const std::vector<float> law = {.5F, .25F, .25F, 0};
        const std::vector<double> uniforms = {.5, .9, .1, .999};
        QCOMPARE(draw_without_replacement(law, uniforms, 2), (Indices{1, 0}));
        QCOMPARE(draw_without_replacement(law, uniforms, 4), (Indices{1, 0, 2}));
        QCOMPARE(draw_without_replacement(law, uniforms, 0), Indices{});
    }

    void draws_equal_the_plain_definition()
    {
        RandomStream random({6, RandomPurpose::Test, 0, 0, 0});
        std::vector<float> law(500);
        std::vector<double> uniforms(500);
        for (std::size_t i = 0; i < law.size(); ++i) {
            law[i] = i % 7 == 0 ? 0.0F : static_cast<float>(random.next() * random.next());
            uniforms[i] = i == 33 ? 0.0 : random.next(); // 0 lies outside the contract and must not disturb the rest
        }
        std::vector<std::pair<double, std::int32_t>> keys;
        for (std::size_t i = 0; i < law.size(); ++i) {
            if (law[i] > 0 && i != 33) {
                keys.emplace_back(-std::log(uniforms[i]) / static_cast<double>(law[i]), static_cast<std::int32_t>(i));
            }
        }
        std::sort(keys.begin(), keys.end());
        const auto drawn = draw_without_replacement(law, uniforms, 40);
        QCOMPARE(drawn.size(), std::size_t{40});
        for (std::size_t i = 0; i < drawn.size(); ++i) {
            QCOMPARE(drawn[i], keys[i].second);
        }
    }

    void tree_helpers()
    {
        DraftTree tree = DraftTree::with_root(100);
        const std::array<std::int32_t, 5> parents = {0, 0, 1, 1, 2};
        for (std::size_t i = 0; i < parents.size(); ++i) {
            QCOMPARE(tree.add(parents[i], static_cast<TokenId>(i) + 10, .5F), static_cast<std::int32_t>(i) + 1);
        }
        QCOMPARE(tree.size(), std::size_t{6});
        QCOMPARE(tree.drafted(), std::size_t{5});
        QCOMPARE(tree.parent, (Indices{-1, 0, 0, 1, 1, 2}));
        QCOMPARE(tree.depths(), (Indices{0, 1, 1, 2, 2, 2}));
        QCOMPARE(tree.children(), (std::vector<Indices>{{1, 2}, {3, 4}, {5}, {}, {}, {}}));
        QCOMPARE(tree.path_tokens(0), Indices{});
        QCOMPARE(tree.path_tokens(4), (Indices{10, 13}));
        QCOMPARE(tree.path_tokens(5), (Indices{11, 14}));
        QCOMPARE(tree.confidence[0], 1.0F);
    }

    void draft_laws_are_shared_rows()
    {
        DraftTree tree = DraftTree::with_root(0);
        tree.vocabulary = 2;
        tree.draft_laws = {.1F, .9F, .3F, .7F};
        tree.add(0, 1, .9F);
        tree.draft_row = {1, 1};
        QCOMPARE(tree.draft_law(0)[0], .3F);
        QCOMPARE(tree.draft_law(1)[1], .7F);
        tree.draft_row = {-1, 2};
        QVERIFY(tree.draft_law(0).empty());
        QVERIFY(tree.draft_law(1).empty()); // a row that is not there
    }
};

QTEST_APPLESS_MAIN(TestTreeShapes)
#include "test_tree_shapes.moc"
