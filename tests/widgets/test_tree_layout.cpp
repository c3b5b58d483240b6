// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/widgets/draft_samples.h"
#include "widgets/draft/tree_layout.h"
#include "widgets/draft/tree_view.h"

#include <QTest>

#include <random>
#include <set>

using namespace timberline;
using namespace timberline::widgets;

namespace {

/// A random tree of one round whose committed path is a chain of first children of random length.
record::Round randomRound(std::mt19937& random, int index, int nodes)
{
    record::Round round;
    round.index = index;
    round.nodes.push_back(testing::node(-1, 0, 0, record::NodeState::Root));
    for (int i = 1; i < nodes; ++i) {
        const int parent = std::uniform_int_distribution<int>(0, i - 1)(random);
        round.nodes.push_back(
            testing::node(parent, i, round.nodes[static_cast<std::size_t>(parent)].depth + 1, record::NodeState::NeverVerified));
    }
    round.path = {0};
    for (int at = 0;;) {
        int child = -1;
        for (int i = at + 1; i < nodes; ++i) {
            if (round.nodes[static_cast<std::size_t>(i)].parent == at) {
                child = i;
            }
        }
        if (child < 0 || std::uniform_int_distribution<int>(0, 2)(random) == 0) {
            break;
        }
        round.nodes[static_cast<std::size_t>(child)].state = record::NodeState::Accepted;
        round.path.push_back(child);
        at = child;
    }
    const int last = round.path.back();
    round.nodes.push_back(testing::node(last, 99, round.nodes[static_cast<std::size_t>(last)].depth + 1, record::NodeState::Correction));
    round.next_node = static_cast<int>(round.nodes.size()) - 1;
    return round;
}

}  // namespace

class TestTreeLayout : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void handMadeRound()
    {
        const auto round = testing::firstRound();
        const auto layout = layoutTree({&round});
        QCOMPARE(layout.nodes.size(), std::size_t{6});
        const auto at = [&](int node) { return layout.nodes[static_cast<std::size_t>(layout.find(0, node))]; };
        // The committed path runs straight: root, b, correction.
        QCOMPARE(at(0).y, 0.0F);
        QCOMPARE(at(1).y, 0.0F);
        QCOMPARE(at(5).y, 0.0F);
        QCOMPARE(at(1).x, 1.0F);
        QCOMPARE(at(5).x, 2.0F);
        // Depth is the column; branches stand below.
        QCOMPARE(at(2).x, 1.0F);
        QCOMPARE(at(4).x, 2.0F);
        QVERIFY(at(3).y > 0);
        QVERIFY(at(2).y > 0);
        QVERIFY(at(5).onPath);
        QVERIFY(!at(3).onPath);
    }

    void prunedCanBeShown()
    {
        const auto round = testing::firstRound();
        QCOMPARE(layoutTree({&round}, {.showPruned = true}).nodes.size(), std::size_t{7});
    }

    void nextRoundContinuesAtTheExtraToken()
    {
        const auto first = testing::firstRound();
        const auto second = testing::secondRound();
        const auto layout = layoutTree({&first, &second});
        // The second root is the correction of the first round, drawn once.
        QCOMPARE(layout.nodes.size(), std::size_t{6 + 2});
        QCOMPARE(layout.find(1, 0), layout.find(0, 5));
        const auto& bonus = layout.nodes[static_cast<std::size_t>(layout.find(1, 2))];
        QCOMPARE(bonus.y, 0.0F);
        QVERIFY(bonus.x > layout.nodes[static_cast<std::size_t>(layout.find(1, 0))].x);
    }

    void nextRoundContinuesAtTheLastAcceptedTokenWhereNoneIsAdded()
    {
        // As PEARL and value-guided sampling record their rounds.
        auto first = testing::firstRound();
        first.nodes.resize(static_cast<std::size_t>(first.next_node));
        first.next_node = -1;
        const auto second = testing::secondRound();
        const auto layout = layoutTree({&first, &second});
        const int last = first.path.back();
        QVERIFY(last > 0);
        QCOMPARE(layout.find(1, 0), layout.find(0, last));
        QCOMPARE(layout.nodes.size(), first.nodes.size() + 2);
        QVERIFY(layout.nodes[static_cast<std::size_t>(layout.find(1, 2))].x >
                layout.nodes[static_cast<std::size_t>(layout.find(0, last))].x);
    }

    void randomTreesNeverOverlap_data()
    {
        QTest::addColumn<int>("seed");
        for (int seed = 0; seed < 40; ++seed) {
            QTest::addRow("seed %d", seed) << seed;
        }
    }

    void randomTreesNeverOverlap()
    {
        QFETCH(int, seed);
        std::mt19937 random(static_cast<unsigned>(seed));
        std::vector<record::Round> rounds;
        for (int r = 0; r < 12; ++r) {
            rounds.push_back(randomRound(random, r, std::uniform_int_distribution<int>(1, 24)(random)));
        }
        std::vector<const record::Round*> pointers;
        for (const auto& round : rounds) {
            pointers.push_back(&round);
        }
        const auto layout = layoutTree(pointers);
        std::set<std::pair<float, float>> cells;
        for (const auto& node : layout.nodes) {
            QVERIFY2(cells.insert({node.x, node.y}).second, "two nodes in one cell");
            if (node.parent >= 0) {
                QVERIFY(layout.nodes[static_cast<std::size_t>(node.parent)].x < node.x);
            }
            if (node.onPath) {
                QCOMPARE(node.y, 0.0F);
            }
        }
        // A branch leaves its parent straight up or down in the parent's column: no other node may stand on that line.
        for (const auto& node : layout.nodes) {
            if (node.parent < 0) {
                continue;
            }
            const auto& parent = layout.nodes[static_cast<std::size_t>(node.parent)];
            for (const auto& other : layout.nodes) {
                // The corner at the branch's own row belongs to the line.
                const bool away = node.y != parent.y && other.x == parent.x && other.y != parent.y;
                const bool between =
                    away && (node.y > parent.y ? other.y > parent.y && other.y <= node.y : other.y < parent.y && other.y >= node.y);
                QVERIFY2(!between, "a branch runs through another node");
            }
        }
    }

    void columnRangeEqualsAScan()
    {
        std::mt19937 random(7);
        const auto round = randomRound(random, 0, 60);
        const auto layout = layoutTree({&round});
        for (float left = -1; left < layout.width + 1; left += 0.5F) {
            for (float right = left; right < layout.width + 1; right += 0.75F) {
                const auto [begin, end] = layout.columnRange(left, right);
                const auto expected = std::count_if(layout.nodes.begin(), layout.nodes.end(),
                                                    [&](const auto& node) { return node.x >= left && node.x <= right; });
                QCOMPARE(static_cast<std::ptrdiff_t>(end - begin), expected);
            }
        }
    }

    void mappingRoundTrips()
    {
        for (const double zoom : {0.02, 0.3, 1.0, 3.7}) {
            TreeMapping mapping;
            mapping.zoom = zoom;
            mapping.offset = {-351.5, 77.25};
            const QPointF point = mapping.toTree(mapping.toPixel(12.5, -3));
            QVERIFY(qAbs(point.x() - 12.5) < 1e-9 && qAbs(point.y() + 3) < 1e-9);
        }
    }
};

QTEST_APPLESS_MAIN(TestTreeLayout)
#include "test_tree_layout.moc"
