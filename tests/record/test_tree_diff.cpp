// SPDX-License-Identifier: GPL-3.0-or-later
// Differences of two Draft records against sets of drafted texts that are enumerated here, node by node.
#include "core/record/tree_diff.h"
#include "tests/record/sample_record.h"

#include <QtTest/QtTest>

#include <cmath>
#include <map>
#include <set>

using namespace timberline;
using namespace timberline::record;
using timberline::test::make_node;
using timberline::test::make_round;

namespace {

using Path = std::vector<TokenId>;

bool compared(NodeState state)
{
    return state == NodeState::Accepted || state == NodeState::Rejected || state == NodeState::NeverVerified || state == NodeState::Bonus ||
           state == NodeState::Correction;
}

/// Everything that a record drafted or wrote, by its whole text from the prompt on (history_at walks parents, this program does not).
std::set<Path> drafted_texts(const Record& record, int until_begin)
{
    std::set<Path> out;
    for (const auto* round : rounds(record)) {
        if (round->committed_before >= until_begin) {
            continue;
        }
        for (std::size_t i = 1; i < round->nodes.size(); ++i) {
            bool all = true;
            for (auto at = static_cast<std::int32_t>(i); at > 0; at = round->nodes[static_cast<std::size_t>(at)].parent) {
                all = all && compared(round->nodes[static_cast<std::size_t>(at)].state);
            }
            if (all) {
                out.insert(history_at(record, *round, static_cast<int>(i)));
            }
        }
    }
    return out;
}

/// The text of a diff node below its root.
Path path_of(const std::vector<DiffNode>& nodes, std::size_t node)
{
    Path out;
    for (auto at = static_cast<std::int32_t>(node); nodes[static_cast<std::size_t>(at)].parent >= 0;
         at = nodes[static_cast<std::size_t>(at)].parent) {
        out.insert(out.begin(), nodes[static_cast<std::size_t>(at)].token);
    }
    return out;
}

Node drawn(Node node, float p, float q)
{
    node.p = p;
    node.q = q;
    return node;
}

Record with(Path prompt, std::vector<Round> list)
{
    Record out;
    RunStarted started;
    started.prompt = std::move(prompt);
    started.token_text = {{4, "say \"x\""}};
    out.events.push_back({started});
    for (auto& round : list) {
        out.events.push_back({std::move(round)});
    }
    return out;
}

using enum NodeState;

/// Text 1 2 | 4 5 6 | 7 : a tree of two branches, then a plain step.
Record trees()
{
    return with({1, 2}, {make_round(0, 2,
                                    {make_node(-1, 2, 0, Root), drawn(make_node(0, 3, 1, Rejected), .25F, .5F),
                                     drawn(make_node(0, 4, 1, Accepted), .5F, .25F), make_node(1, 9, 2, NeverVerified),
                                     drawn(make_node(2, 5, 2, Accepted), .75F, kUndefined), make_node(4, 8, 3, Rejected),
                                     make_node(4, 6, 3, Correction), make_node(2, 3, 2, Pruned), make_node(0, 3, 1, Window)},
                                    {0, 2, 4}, 6, 6, 3),
                         make_round(1, 5, {make_node(-1, 6, 0, Root), make_node(0, 7, 1, Bonus)}, {0}, 7, 1, 1)});
}

/// The same text: a chain of one, refused, and then a chain of two that goes on where the tree above does.
Record chains()
{
    return with(
        {1, 2},
        {make_round(0, 2, {make_node(-1, 2, 0, Root), drawn(make_node(0, 4, 1, Accepted), .5F, .75F), make_node(1, 5, 2, Bonus)}, {0, 1}, 5,
                    2, 2),
         make_round(1, 4,
                    {make_node(-1, 5, 0, Root), make_node(0, 6, 1, Accepted), make_node(1, 3, 2, Rejected), make_node(1, 7, 2, Correction)},
                    {0, 1}, 7, 3, 2)});
}

/// Parts from the two above after 1 2 4.
Record another()
{
    return with(
        {1, 2},
        {make_round(0, 2, {make_node(-1, 2, 0, Root), make_node(0, 4, 1, Accepted), make_node(1, 9, 2, Bonus)}, {0, 1}, 9, 2, 2),
         make_round(1, 4, {make_node(-1, 9, 0, Root), make_node(0, 6, 1, Rejected), make_node(0, 8, 1, Correction)}, {0}, 8, 2, 1)});
}

Record plain(const Path& prompt, const Path& text)
{
    std::vector<Round> list;
    auto before = static_cast<std::int32_t>(prompt.size());
    TokenId root = prompt.empty() ? 0 : prompt.back();
    for (const auto token : text) {
        list.push_back(make_round(static_cast<std::int32_t>(list.size()), before++,
                                  {make_node(-1, root, 0, Root), make_node(0, token, 1, Bonus)}, {0}, token, 1, 1));
        root = token;
    }
    return with(prompt, std::move(list));
}

const std::map<QString, Record>& samples()
{
    static const std::map<QString, Record> all = {{"trees", trees()},
                                                  {"chains", chains()},
                                                  {"another text", another()},
                                                  {"five rounds of everything", test::sample_record()},
                                                  {"the trees' text, plain", plain({1, 2}, {4, 5, 6, 7})},
                                                  {"its beginning, plain", plain({1, 2}, {4, 5})},
                                                  {"another prompt", plain({1, 3}, {4, 5, 6, 7})},
                                                  {"a longer prompt", plain({1, 2, 4}, {5, 6, 7})},
                                                  {"no prompt", plain({}, {4, 5})},
                                                  {"nothing", Record{}}};
    return all;
}

void check_mirrored(const NodeReading& a, const NodeReading& b)
{
    QCOMPARE(a.round, b.round);
    QCOMPARE(a.node, b.node);
    QCOMPARE(a.state, b.state);
    QCOMPARE(a.drawn, b.drawn);
}

bool opposite(double a, double b)
{
    return (std::isnan(a) && std::isnan(b)) || a == -b;
}

}  // namespace

class TestTreeDiff : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void a_run_against_itself_is_zero_data() { rows(); }
    void a_run_against_itself_is_zero();
    void swapping_changes_every_sign_data() { pairs(); }
    void swapping_changes_every_sign();
    void totals_are_those_of_the_drafted_texts_data() { pairs(); }
    void totals_are_those_of_the_drafted_texts();
    void trees_of_one_position_are_merged();
    void a_round_that_began_earlier_is_cut_below_the_text();
    void tokens_drawn_twice_are_one_node();
    void alignment_ends_at_the_first_other_token();
    void other_prompts_and_ends_are_said();
    void positions_say_what_was_offered_and_kept();
    void csv_holds_every_node_once();

private:
    static void rows()
    {
        QTest::addColumn<QString>("name");
        for (const auto& [name, record] : samples()) {
            QTest::newRow(qPrintable(name)) << name;
        }
    }
    static void pairs()
    {
        QTest::addColumn<QString>("first");
        QTest::addColumn<QString>("second");
        for (const auto& [first, a] : samples()) {
            for (const auto& [second, b] : samples()) {
                QTest::newRow(qPrintable(first + " and " + second)) << first << second;
            }
        }
    }
};

void TestTreeDiff::a_run_against_itself_is_zero()
{
    QFETCH(QString, name);
    const auto& record = samples().at(name);
    const auto diff = diff_runs(record, record);
    QCOMPARE(diff.first_difference, -1);
    QVERIFY(diff.same_prompt);
    QCOMPARE(diff.counts.only_a + diff.counts.only_b + diff.counts.states, 0);
    QCOMPARE(diff.beyond_a, diff.beyond_b);
    for (const auto& node : diff.nodes) {
        QCOMPARE(node.p_difference(), 0.0);
        QCOMPARE(node.q_difference(), 0.0);
    }
    for (const auto& number : diff.numbers) {
        QVERIFY2(number.difference() == 0, number.key.c_str());
    }
    for (const auto& position : diff.positions) {
        QCOMPARE(position.a, position.b);
        QCOMPARE(position.accepted_difference(), 0);
    }
    QCOMPARE(diff.rounds.size(), rounds(record).size());
    for (const auto* round : rounds(record)) {
        const auto trees = diff_trees_of_round(record, round->index, record);
        QCOMPARE(trees.alignment, Alignment::Aligned);
        QCOMPARE(trees.position, round->committed_before);
        QVERIFY(trees.counts.both > 0);
        QCOMPARE(trees.counts.only_a + trees.counts.only_b + trees.counts.states, 0);
        const auto& counted = diff.rounds[static_cast<std::size_t>(round->index)];
        QCOMPARE(counted.counts, trees.counts);
    }
}

void TestTreeDiff::swapping_changes_every_sign()
{
    QFETCH(QString, first);
    QFETCH(QString, second);
    const auto& a = samples().at(first);
    const auto& b = samples().at(second);
    const auto there = diff_runs(a, b);
    const auto back = diff_runs(b, a);
    QCOMPARE(there.first_difference, back.first_difference);
    QCOMPARE(there.counts.both, back.counts.both);
    QCOMPARE(there.counts.only_a, back.counts.only_b);
    QCOMPARE(there.counts.only_b, back.counts.only_a);
    QCOMPARE(there.counts.states, back.counts.states);
    QCOMPARE(there.beyond_a, back.beyond_b);
    QCOMPARE(there.positions.size(), back.positions.size());
    for (std::size_t i = 0; i < there.positions.size(); ++i) {
        QCOMPARE(there.positions[i].a, back.positions[i].b);
        QCOMPARE(there.positions[i].accepted_difference(), -back.positions[i].accepted_difference());
    }
    for (std::size_t i = 0; i < there.numbers.size(); ++i) {
        QVERIFY(opposite(there.numbers[i].difference(), back.numbers[i].difference()));
    }
    QCOMPARE(diff_positions(a, b), diff_positions(b, a));
    for (const auto position : diff_positions(a, b)) {
        const auto one = diff_trees(a, b, position);
        const auto other = diff_trees(b, a, position);
        QCOMPARE(one.alignment, Alignment::Aligned);
        QCOMPARE(one.nodes.size(), other.nodes.size());
        std::map<Path, const DiffNode*> by_path;
        for (std::size_t i = 0; i < other.nodes.size(); ++i) {
            by_path[path_of(other.nodes, i)] = &other.nodes[i];
        }
        for (std::size_t i = 0; i < one.nodes.size(); ++i) {
            const auto* mirrored = by_path.at(path_of(one.nodes, i));
            check_mirrored(one.nodes[i].a, mirrored->b);
            check_mirrored(one.nodes[i].b, mirrored->a);
            QVERIFY(opposite(one.nodes[i].p_difference(), mirrored->p_difference()));
            QVERIFY(opposite(one.nodes[i].q_difference(), mirrored->q_difference()));
        }
    }
}

void TestTreeDiff::totals_are_those_of_the_drafted_texts()
{
    QFETCH(QString, first);
    QFETCH(QString, second);
    const auto& a = samples().at(first);
    const auto& b = samples().at(second);
    const auto diff = diff_runs(a, b);
    // Rounds are laid over each other as long as the text so far is the same and both go on.
    const auto ids = [](const Record& record) {
        Path out;
        for (const auto& token : committed_tokens(record)) {
            out.push_back(token.token);
        }
        return out;
    };
    const auto text_a = ids(a);
    const auto text_b = ids(b);
    std::size_t same = 0;
    while (same < text_a.size() && same < text_b.size() && text_a[same] == text_b[same]) {
        ++same;
    }
    const bool part = same < text_a.size() && same < text_b.size();
    const int end = !diff.same_prompt ? 0 : static_cast<int>(same) + (part ? 1 : 0);
    const auto texts_a = drafted_texts(a, end);
    const auto texts_b = drafted_texts(b, end);
    DiffCounts expected;
    for (const auto& text : texts_a) {
        (texts_b.contains(text) ? expected.both : expected.only_a) += 1;
    }
    for (const auto& text : texts_b) {
        expected.only_b += texts_a.contains(text) ? 0 : 1;
    }
    QCOMPARE(diff.counts.both, expected.both);
    QCOMPARE(diff.counts.only_a, expected.only_a);
    QCOMPARE(diff.counts.only_b, expected.only_b);
    // The nodes are those texts, each once.
    std::set<Path> named;
    for (std::size_t i = 1; i < diff.nodes.size(); ++i) {
        Path text(text_a.begin(), text_a.begin() + diff.prompt);
        const auto below = path_of(diff.nodes, i);
        text.insert(text.end(), below.begin(), below.end());
        QVERIFY(named.insert(text).second);
        QCOMPARE(diff.nodes[i].a.present(), texts_a.contains(text));
        QCOMPARE(diff.nodes[i].b.present(), texts_b.contains(text));
    }
}

void TestTreeDiff::trees_of_one_position_are_merged()
{
    const auto diff = diff_trees_of_round(trees(), 0, chains());
    QCOMPARE(diff.alignment, Alignment::Aligned);
    QCOMPARE(diff.position, 2);
    QCOMPARE(diff.round_a, 0);
    QCOMPARE(diff.round_b, 0);
    std::map<Path, DiffNode> nodes;
    for (std::size_t i = 1; i < diff.nodes.size(); ++i) {
        nodes[path_of(diff.nodes, i)] = diff.nodes[i];
    }
    QCOMPARE(nodes.size(), std::size_t{6});  // 3, 3 9, 4, 4 5, 4 5 8, 4 5 6; pruned candidate and window are not offered
    QCOMPARE(diff.counts, (DiffCounts{.both = 2, .only_a = 4, .only_b = 0, .states = 1}));
    QCOMPARE(nodes.at({3}).side(), DiffSide::OnlyA);
    QCOMPARE(nodes.at({3, 9}).side(), DiffSide::OnlyA);
    const auto& four = nodes.at({4});
    QCOMPARE(four.side(), DiffSide::Both);
    QCOMPARE(four.a.state, Accepted);
    QCOMPARE(four.b.state, Accepted);
    QVERIFY(four.a.in_text && four.b.in_text);
    QCOMPARE(four.p_difference(), 0.0);
    QCOMPARE(four.q_difference(), -0.5);
    const auto& five = nodes.at({4, 5});
    QCOMPARE(five.a.state, Accepted);
    QCOMPARE(five.b.state, Bonus);
    QVERIFY(std::isnan(five.p_difference()));
    QCOMPARE(five.q_difference(), 0.0);  // neither knows it
    QCOMPARE(nodes.at({4, 5, 6}).a.state, Correction);
    QVERIFY(diff_trees_of_round(trees(), 7, chains()).nodes.empty());
}

void TestTreeDiff::a_round_that_began_earlier_is_cut_below_the_text()
{
    // The chains' second round begins after 1 2 4 5: there the tree of the other record is in its third level.
    const auto diff = diff_trees_of_round(chains(), 1, trees());
    QCOMPARE(diff.position, 4);
    QCOMPARE(diff.round_b, 0);
    QCOMPARE(diff.before_b, 2);
    QCOMPARE(diff.nodes[0].token, TokenId{5});
    QCOMPARE(diff.nodes[0].a.state, Root);
    QCOMPARE(diff.nodes[0].b.state, Accepted);
    std::map<Path, DiffNode> nodes;
    for (std::size_t i = 1; i < diff.nodes.size(); ++i) {
        nodes[path_of(diff.nodes, i)] = diff.nodes[i];
    }
    QCOMPARE(nodes.size(), std::size_t{4});
    QCOMPARE(nodes.at({6}).side(), DiffSide::Both);
    QCOMPARE(nodes.at({6}).a.state, Accepted);
    QCOMPARE(nodes.at({6}).b.state, Correction);
    QCOMPARE(nodes.at({8}).side(), DiffSide::OnlyB);
    QCOMPARE(nodes.at({6, 3}).side(), DiffSide::OnlyA);
    QCOMPARE(nodes.at({6, 7}).side(), DiffSide::OnlyA);
    QCOMPARE(diff_positions(chains(), trees()), (std::vector<std::int32_t>{2, 4, 5}));
}

void TestTreeDiff::tokens_drawn_twice_are_one_node()
{
    // With replacement: 3 is drawn twice, refused, then accepted; both have children.
    const auto twice =
        with({1}, {make_round(0, 1,
                              {make_node(-1, 1, 0, Root), make_node(0, 3, 1, Rejected), make_node(0, 3, 1, Accepted),
                               make_node(1, 5, 2, NeverVerified), make_node(2, 5, 2, Rejected), make_node(2, 6, 2, Correction)},
                              {0, 2}, 6, 5, 2)});
    const auto once = with(
        {1}, {make_round(0, 1, {make_node(-1, 1, 0, Root), make_node(0, 3, 1, Accepted), make_node(1, 6, 2, Bonus)}, {0, 1}, 6, 2, 2)});
    const auto diff = diff_trees_of_round(twice, 0, once);
    QCOMPARE(diff.nodes.size(), std::size_t{4});
    QCOMPARE(diff.counts, (DiffCounts{.both = 2, .only_a = 1, .only_b = 0, .states = 1}));
    QCOMPARE(diff.nodes[1].a.state, Accepted);
    QCOMPARE(diff.nodes[1].a.node, 2);
    QCOMPARE(diff.nodes[1].a.drawn, 2);
    QCOMPARE(diff.nodes[2].a.state, Rejected);
    QCOMPARE(diff.nodes[2].a.node, 4);
    // From the second position on, both draws of 3 are the text's node.
    const auto later = diff_trees(twice, once, 2);
    QCOMPARE(later.before_a, 1);
    QCOMPARE(later.nodes.size(), std::size_t{3});
    QCOMPARE(later.nodes[0].a.node, 2);
    QCOMPARE(later.nodes[0].token, TokenId{3});
}

void TestTreeDiff::alignment_ends_at_the_first_other_token()
{
    const auto diff = diff_runs(trees(), another());
    QCOMPARE(diff.first_difference, 3);
    // Trees at the first different token still start from the same text, later ones do not.
    QCOMPARE(diff_trees(trees(), another(), 3).alignment, Alignment::Aligned);
    QCOMPARE(diff_trees(trees(), another(), 4).alignment, Alignment::OtherText);
    QCOMPARE(diff.rounds.at(0).alignment, Alignment::Aligned);
    QCOMPARE(diff.rounds.at(1).alignment, Alignment::OtherText);
    QCOMPARE(diff.rounds.at(1).counts, DiffCounts{});
    QCOMPARE(diff.beyond_a, 1);
    QCOMPARE(diff.beyond_b, 2);
    const auto alone = diff_trees_of_round(trees(), 1, another());
    QCOMPARE(alone.nodes.size(), std::size_t{2});
    QVERIFY(!alone.nodes[1].b.present());
    QVERIFY(!diff.positions.at(1).same_text());
}

void TestTreeDiff::other_prompts_and_ends_are_said()
{
    const auto& all = samples();
    const auto prompts = diff_runs(trees(), all.at("another prompt"));
    QVERIFY(!prompts.same_prompt);
    QCOMPARE(prompts.first_difference, 1);
    QVERIFY(prompts.positions.empty() && diff_positions(trees(), all.at("another prompt")).empty());
    QCOMPARE(prompts.rounds.at(0).alignment, Alignment::OtherPrompt);
    QVERIFY(!diff_runs(trees(), all.at("a longer prompt")).same_prompt);  // though the texts are the same
    const auto ended = diff_trees_of_round(trees(), 1, all.at("its beginning, plain"));
    QCOMPARE(ended.alignment, Alignment::EndOfB);
    QCOMPARE(diff_runs(trees(), all.at("its beginning, plain")).first_difference, -1);
    QCOMPARE(diff_trees(all.at("its beginning, plain"), trees(), 5).alignment, Alignment::EndOfA);
    QVERIFY(!diff_trees(all.at("its beginning, plain"), trees(), 5).nodes.at(1).a.present());
}

void TestTreeDiff::positions_say_what_was_offered_and_kept()
{
    const auto diff = diff_runs(trees(), chains());
    QCOMPARE(diff.positions.size(), std::size_t{4});
    const auto reading = [](TokenId token, TokenMark mark, int round, int drafted, int ahead) {
        return PositionReading{.token = token, .mark = mark, .round = round, .drafted = drafted, .ahead = ahead};
    };
    QCOMPARE(diff.positions[0].a, reading(4, TokenMark::Accepted, 0, 2, 5));
    QCOMPARE(diff.positions[0].b, reading(4, TokenMark::Accepted, 0, 1, 1));
    QCOMPARE(diff.positions[1].a, reading(5, TokenMark::Accepted, 0, 1, 2));
    QCOMPARE(diff.positions[1].b, reading(5, TokenMark::Bonus, 0, 0, 0));
    QCOMPARE(diff.positions[1].accepted_difference(), 1);
    QCOMPARE(diff.positions[2].a, reading(6, TokenMark::Correction, 0, 1, 1));
    QCOMPARE(diff.positions[2].b, reading(6, TokenMark::Accepted, 1, 1, 2));
    QCOMPARE(diff.positions[2].accepted_difference(), -1);
    QCOMPARE(diff.positions[3].a, reading(7, TokenMark::Bonus, 1, 0, 0));
    QCOMPARE(diff.positions[3].b, reading(7, TokenMark::Correction, 1, 1, 1));
    // Two rounds of four tokens each; two accepted of five, and of three drafted.
    QCOMPARE(diff.numbers[0].key, std::string("accepted_per_pass"));
    QCOMPARE(diff.numbers[0].difference(), 0.0);
    QCOMPARE(diff.numbers[1].a, 2.0 / 5);
    QCOMPARE(diff.numbers[1].b, 2.0 / 3);
}

void TestTreeDiff::csv_holds_every_node_once()
{
    const auto a = trees();
    const auto csv = QString::fromStdString(tree_diff_csv(diff_runs(a, chains()), run_started(a)));
    const auto lines = csv.split('\n', Qt::SkipEmptyParts);
    QCOMPARE(lines.size(), 1 + 1 + 8);  // header, the prompt's last token, 3, 3 9, 4, 4 5, 4 5 8, 4 5 6, 4 5 6 7, 4 5 6 3
    QCOMPARE(lines[0].count(','), 17);
    QVERIFY2(csv.contains(R"(,0,2,4,"say ""x""",both,0,2,accepted,0.5,0.25,0,1,accepted,0.5,0.75,0,-0.5)"), qPrintable(csv));
    QVERIFY2(csv.contains(R"(,2,3,"⟨3⟩",only-a,0,1,rejected,0.25,0.5,,,,,,,)"), qPrintable(csv));
    QVERIFY(csv.contains(",only-b,"));
}

QTEST_APPLESS_MAIN(TestTreeDiff)
#include "test_tree_diff.moc"
