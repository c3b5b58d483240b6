// SPDX-License-Identifier: GPL-3.0-or-later
// Attention blocks: typed structs to blocks and back, damaged blocks, and the folds that views draw.
#include "core/record/attention_rows.h"

#include <QTest>

#include <cmath>

using namespace timberline;
using namespace timberline::record;

namespace {

constexpr std::int32_t kLayers = 2, kHeads = 4, kKvHeads = 2;

/// Rows whose entropy, layer by layer and head by head, counts up; visible = position + 1.
AttentionRows rows(std::int32_t moment, std::int32_t first, std::int32_t positions)
{
    AttentionRows out;
    out.moment = moment;
    out.layers = kLayers;
    out.heads = kHeads;
    out.kv_heads = kKvHeads;
    out.first = first;
    out.positions = positions;
    for (std::int32_t layer = 0; layer < kLayers; ++layer) {
        for (std::int32_t head = 0; head < kHeads; ++head) {
            for (std::int32_t row = 0; row < positions; ++row) {
                const auto position = static_cast<float>(first + row);
                out.entropy.push_back(first + row == 0 ? 0.0F : std::log(position + 1) / static_cast<float>(1 + head));
                out.log_sum_exp.push_back(1);
                out.largest.push_back(0.5F);
                out.varentropy.push_back(0.25F);
                out.collision.push_back(0.3F);
                out.sink.push_back(layer == 1 ? 0.8F : 0.1F);
                out.local.push_back(1);
                out.distance.push_back(position);
                out.previous.push_back(0.125F);
                out.induction.push_back(0.6F);
                out.visible.push_back(first + row + 1);
            }
        }
    }
    for (std::int32_t i = 0; i < kLayers * kKvHeads * positions; ++i) {
        out.value_norm.push_back(first + i % positions == 0 ? 1.0F : 4.0F);
    }
    for (std::int32_t row = 0; row < positions; ++row) {
        out.token.push_back(first + row);
        out.induction_targets.push_back((first + row) % 2);
        out.surprisal.push_back(first + row == 0 ? kUndefined : std::log(2.0F));
        out.next_entropy.push_back(1);
        out.next_varentropy.push_back(1);
        out.next_margin.push_back(1);
    }
    return out;
}

AttentionSetup setup()
{
    AttentionSetup out;
    out.layers = kLayers;
    out.heads = kHeads;
    out.kv_heads = kKvHeads;
    out.head_dim = 8;
    out.context = 512;
    out.prompt_tokens = 5;
    out.window = {0, 16};
    out.variant = "softmax";
    out.edits = {"ablate 0.1", "scale 1.0 0.5"};
    out.sink_tokens = 2;
    return out;
}

AttentionEffect effect()
{
    AttentionEffect out;
    out.moment = 3;
    out.variant = "lssar";
    out.what_if = true;
    out.positions = 2;
    out.base_entropy = out.edited_entropy = out.divergence = out.base_surprisal = out.edited_surprisal = {1, 2};
    out.same_choice = {1, 0};
    out.base_perplexity = 3;
    out.edited_perplexity = 4;
    out.signal_to_noise_db = std::numeric_limits<double>::infinity();
    out.moved = {7};
    out.moved_base = {.1F};
    out.moved_edited = {.2F};
    out.layers = 1;
    out.heads = 2;
    out.compared_positions = 2;
    out.entropy_change = out.map_divergence = out.jensen_shannon = out.total_variation = out.top_key_changed = out.map_cosine = {0, 1};
    return out;
}

Record record_of(std::vector<Block> blocks)
{
    Record out;
    for (Block& block : blocks) {
        out.events.push_back({.payload = std::move(block)});
    }
    return out;
}

bool near(double a, double b)
{
    return std::abs(a - b) < 1e-6;
}

}  // namespace

class TestAttentionBlocks : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void structsComeBack();
    void damagedRowsAreNamed_data();
    void damagedRowsAreNamed();
    void damagedMapsAreNamed_data();
    void damagedMapsAreNamed();
    void otherDamageIsNamed();
    void rowsAreJoinedInOrder();
    void blocksThatDoNotFitAreLeftOut();
    void summariesAreMeansOverValidRows();
    void rowsOfZerosAreInNoMean();
    void aFoldLooksAtSomeRows();
    void csvHasALineARow();
    void nanIsKept();
};

void TestAttentionBlocks::structsComeBack()
{
    const auto again = attention_rows_from(to_block(rows(3, 10, 2)));
    QVERIFY(again.ok());
    QVERIFY(again->entropy == rows(3, 10, 2).entropy && again->token == rows(3, 10, 2).token && again->visible == rows(3, 10, 2).visible);
    QVERIFY(again->moment == 3 && again->first == 10 && again->positions == 2 && again->value_norm == rows(3, 10, 2).value_norm);
    QVERIFY(near(again->normalised_entropy(again->at(1, 2, 1)), 1.0 / 3));

    const auto s = attention_setup_from(to_block(setup()));
    QVERIFY(s.ok() && s->edits == setup().edits && s->window == setup().window && s->variant == "softmax" && !s->what_if &&
            s->sink_tokens == 2);
    QCOMPARE(s->group_size(), 2);
    QCOMPARE(s->kv_head_of(3), 1);

    const auto e = attention_effect_from(to_block(effect()));
    QVERIFY(e.ok() && e->what_if && e->moved == effect().moved && e->same_choice == effect().same_choice &&
            std::isinf(e->signal_to_noise_db));
    QVERIFY(e->map_cosine == effect().map_cosine && e->edits.empty() && e->moment == 3);
    auto laws_only = effect();
    laws_only.compared_positions = 0;
    QVERIFY(attention_effect_from(to_block(laws_only))->map_cosine.empty());

    AttentionMap map{.layer = 1,
                     .head = 2,
                     .first_query = 3,
                     .queries = 2,
                     .columns = 5,
                     .implied = true,
                     .weights = std::vector<float>(10, .2F),
                     .base = {},
                     .visible_begin = {0, 1}};
    auto m = attention_map_from(to_block(map));
    QVERIFY(m.ok() && m->weights == map.weights && m->base.empty() && m->implied && m->visible_begin == map.visible_begin);
    map.base = map.weights;
    QVERIFY(attention_map_from(to_block(map))->base == map.base);

    AttentionThumbnails small{.layers = 1, .heads = 1, .size = 2, .positions = 9, .cells = {1, kUndefined, 2, 3}};
    const auto t = attention_thumbnails_from(to_block(small));
    QVERIFY(t.ok() && t->positions == 9 && std::isnan(t->cells[1]) && t->cells[3] == 3.0F);

    AttentionCell cell;
    cell.key = 2;
    cell.query = 4;
    cell.tile = 64;
    cell.weight = .25;
    cell.first_key = 1;
    cell.method = "lssar";
    cell.query_row = {1, 2};
    cell.key_row = {3, 4};
    cell.maximum = cell.sum = cell.weighted = cell.entropy_so_far = {1};
    const auto c = attention_cell_from(to_block(cell));
    QVERIFY(c.ok() && c->key_row == cell.key_row && near(c->weight, .25) && c->sum == cell.sum && c->query == 4);
    QVERIFY(c->first_key == 1 && c->method == "lssar");
    Block older = to_block(cell);  // before it had these two
    older.numbers.erase("first_key");
    older.texts.erase("method");
    const auto old = attention_cell_from(older);
    QVERIFY(old.ok() && old->first_key == 0 && old->method.empty() && old->query == 4);
    older.numbers["first_key"] = 3;  // after the key itself
    QVERIFY(!attention_cell_from(older).ok());

    AttentionRollout rollout{.position = 1,
                             .layers = 2,
                             .residual = .3,
                             .reduce = "max",
                             .discard = .1,
                             .implied = false,
                             .weights = {.5F, .5F, 1, 0},
                             .entropy = {1, 0}};
    const auto r = attention_rollout_from(to_block(rollout));
    QVERIFY(r.ok() && r->weights == rollout.weights && r->reduce == "max" && near(r->residual, .3));
}

void TestAttentionBlocks::damagedRowsAreNamed_data()
{
    QTest::addColumn<int>("damage");
    QTest::addColumn<QString>("said");
    QTest::newRow("another kind") << 0 << "kind";
    QTest::newRow("no layers") << 1 << "layers";
    QTest::newRow("a fraction of a head") << 2 << "heads";
    QTest::newRow("groups that do not divide") << 3 << "kv_heads";
    QTest::newRow("more positions than values") << 4 << "entropy";
    QTest::newRow("an array of another type") << 5 << "sink";
    QTest::newRow("a missing array") << 6 << "distance";
    QTest::newRow("keys after the query") << 7 << "visible";
    QTest::newRow("a negative token") << 8 << "token";
    QTest::newRow("a shape that lies about its values") << 9 << "previous";
    QTest::newRow("a NaN count") << 10 << "positions";
    QTest::newRow("a huge count") << 11 << "layers";
}

void TestAttentionBlocks::damagedRowsAreNamed()
{
    QFETCH(int, damage);
    QFETCH(QString, said);
    Block block = to_block(rows(-1, 0, 3));
    switch (damage) {
    case 0:
        block.kind = "attention-row";
        break;
    case 1:
        block.numbers.erase("layers");
        break;
    case 2:
        block.numbers["heads"] = 3.5;
        break;
    case 3:
        block.numbers["kv_heads"] = 3;
        break;
    case 4:
        block.numbers["positions"] = 4;
        break;
    case 5:
        block.arrays["sink"].values = std::vector<double>(24, 0.0);
        break;
    case 6:
        block.arrays.erase("distance");
        break;
    case 7:
        std::get<std::vector<std::int32_t>>(block.arrays["visible"].values)[1] = 3;
        break;
    case 8:
        std::get<std::vector<std::int32_t>>(block.arrays["token"].values)[1] = -1;
        break;
    case 9:
        std::get<std::vector<float>>(block.arrays["previous"].values).pop_back();
        break;
    case 10:
        block.numbers["positions"] = std::nan("");
        break;
    default:
        block.numbers["layers"] = 1e18;
        break;
    }
    const auto read = attention_rows_from(block);
    QVERIFY(!read.ok());
    QVERIFY2(read.error().message.find(said.toStdString()) != std::string::npos, read.error().message.c_str());
    QVERIFY(!read.error().hint.empty());
}

void TestAttentionBlocks::damagedMapsAreNamed_data()
{
    QTest::addColumn<int>("first");
    QTest::addColumn<int>("columns");
    QTest::addColumn<QString>("said");
    QTest::newRow("a row after the last column") << 1 << 2 << "first_query";
    QTest::newRow("a first row far away") << 15'999'999 << 2 << "first_query";
    QTest::newRow("a negative first row") << -1 << 2 << "first_query";
    QTest::newRow("more columns than weights") << 0 << 3 << "weights";
}

void TestAttentionBlocks::damagedMapsAreNamed()
{
    QFETCH(int, first);
    QFETCH(int, columns);
    QFETCH(QString, said);
    Block block = to_block(AttentionMap{.layer = 0,
                                        .head = 0,
                                        .first_query = 0,
                                        .queries = 2,
                                        .columns = 2,
                                        .implied = false,
                                        .weights = {1, 0, .5F, .5F},
                                        .base = {},
                                        .visible_begin = {0, 0}});
    QVERIFY(attention_map_from(block).ok());
    block.numbers["first_query"] = first;
    block.numbers["columns"] = columns;
    const auto read = attention_map_from(block);
    QVERIFY(!read.ok());
    QVERIFY2(read.error().message.find(said.toStdString()) != std::string::npos, read.error().message.c_str());
}

void TestAttentionBlocks::otherDamageIsNamed()
{
    Block map = to_block(AttentionMap{.layer = 0,
                                      .head = 0,
                                      .first_query = 0,
                                      .queries = 1,
                                      .columns = 2,
                                      .implied = false,
                                      .weights = {.5F, .5F},
                                      .base = {},
                                      .visible_begin = {2}});
    QVERIFY(!attention_map_from(map).ok());
    Block small_effect = to_block(effect());
    small_effect.arrays["moved"] = {{1}, std::vector<std::int32_t>{-5}};
    QVERIFY(!attention_effect_from(small_effect).ok());
    Block cell = to_block(AttentionCell{});
    QVERIFY(!attention_cell_from(cell).ok());  // tiles of no keys
    Block wrong_setup = to_block(setup());
    wrong_setup.arrays["window"] = {{3}, std::vector<std::int32_t>{0, 0, 0}};
    QVERIFY(!attention_setup_from(wrong_setup).ok());
    QVERIFY(!attention_rollout_from(Block{.kind = "attention-rollout", .moment = -1, .numbers = {}, .texts = {}, .arrays = {}}).ok());
    QVERIFY(!attention_thumbnails_from(
                 Block{.kind = "attention-thumbnails", .moment = -1, .numbers = {{"layers", -3}}, .texts = {}, .arrays = {}})
                 .ok());
}

void TestAttentionBlocks::rowsAreJoinedInOrder()
{
    const Record record = record_of({to_block(setup()), to_block(rows(-1, 0, 3)), to_block(rows(-1, 3, 2)), to_block(rows(0, 5, 1)),
                                     to_block(rows(1, 6, 1)), to_block(effect())});
    const AttentionFold fold(record);
    QCOMPARE(fold.positions(), 7);
    QCOMPARE(fold.left_out(), 0);
    QVERIFY(fold.tokens() == (std::vector<TokenId>{0, 1, 2, 3, 4, 5, 6}));
    QVERIFY(fold.visible_along(1, 3) == (std::vector<std::int32_t>{1, 2, 3, 4, 5, 6, 7}));
    QVERIFY(fold.along(&AttentionRows::distance, 1, 2) == (std::vector<float>{0, 1, 2, 3, 4, 5, 6}));
    QCOMPARE(fold.place(4).row, 1);
    QCOMPARE(fold.place(4).rows->first, 3);
    QCOMPARE(AttentionFold(record, -1).positions(), 5);  // the prompt alone
    QCOMPARE(AttentionFold(record, 0).positions(), 6);
    QCOMPARE(AttentionFold(record, 2).effects().size(), std::size_t{0});
    QCOMPARE(fold.effects().size(), std::size_t{1});
    QVERIFY(near(fold.perplexity(), 2));
    QVERIFY(AttentionFold().empty() && AttentionFold().setup() == nullptr && AttentionFold().summaries().empty());
}

void TestAttentionBlocks::blocksThatDoNotFitAreLeftOut()
{
    AttentionRows other = rows(2, 3, 1);
    other.kv_heads = 1;
    other.value_norm.resize(2);
    const Record record =
        record_of({to_block(rows(-1, 0, 3)), to_block(rows(0, 7, 1)), to_block(other),
                   Block{.kind = "attention-rows", .moment = 0, .numbers = {}, .texts = {}, .arrays = {}}, to_block(rows(1, 3, 1))});
    const AttentionFold fold(record);
    QCOMPARE(fold.positions(), 4);
    QCOMPARE(fold.left_out(), 3);
}

void TestAttentionBlocks::summariesAreMeansOverValidRows()
{
    const AttentionFold fold(record_of({to_block(setup()), to_block(rows(-1, 0, 5))}));
    const HeadSummary head = fold.summary(1, 1);
    QCOMPARE(head.rows, 4);  // position 0 sees one key
    QCOMPARE(head.kv_head, 0);
    QVERIFY(near(head.normalised, .5));  // a mean of ratios
    const double mean = (std::log(2) + std::log(3) + std::log(4) + std::log(5)) / 8;
    QVERIFY(near(head.entropy, mean));
    QVERIFY(near(head.entropy_min, std::log(2) / 2) && near(head.entropy_max, std::log(5) / 2) && near(head.entropy_last, std::log(5) / 2));
    QVERIFY(near(head.entropy_median, (std::log(3) + std::log(4)) / 4));
    QVERIFY(near(head.entropy_p5, (.85 * std::log(2) + .15 * std::log(3)) / 2));
    QVERIFY(near(head.effective_context, (std::sqrt(2) + std::sqrt(3) + 2 + std::sqrt(5)) / 4));
    QVERIFY(near(head.distance, 2.5) && near(head.sink, .8) && near(head.previous, .125));
    QVERIFY(near(head.induction, .6));
    QVERIFY(near(head.value_norm, .25));
    QVERIFY(near(fold.sink_rate(.3), .5) && near(fold.sink_rate(.9), 0));
    QCOMPARE(fold.summaries().size(), std::size_t{8});
    QCOMPARE(fold.summaries()[5].head, 1);
    const AttentionFold one(record_of({to_block(setup()), to_block(rows(-1, 0, 1))}));
    QCOMPARE(one.summary(0, 0).rows, 0);
    QVERIFY(std::isnan(one.perplexity()) && std::isnan(one.summary(0, 0).induction));
}

void TestAttentionBlocks::rowsOfZerosAreInNoMean()
{
    AttentionRows some = rows(-1, 0, 5);
    const std::size_t nothing = some.at(1, 1, 3);
    some.entropy[nothing] = some.largest[nothing] = some.sink[nothing] = some.distance[nothing] = 0;
    QVERIFY(!some.valid(nothing) && some.normalised_entropy(nothing) == 0 && some.valid(some.at(1, 1, 2)));
    const AttentionFold fold(record_of({to_block(setup()), to_block(some)}));
    const HeadSummary head = fold.summary(1, 1);
    QCOMPARE(head.rows, 3);  // positions 1, 2 and 4
    QVERIFY(near(head.entropy, (std::log(2) + std::log(3) + std::log(5)) / 6) && near(head.normalised, .5));
    QVERIFY(near(head.entropy_min, std::log(2) / 2) && near(head.entropy_median, std::log(3) / 2));
    QVERIFY(near(head.largest, .5) && near(head.sink, .8) && near(head.distance, 7.0 / 3));
    QCOMPARE(fold.summary(1, 0).rows, 4);
    some.largest[nothing] = kUndefined;  // damage shows
    QVERIFY(some.valid(nothing));
}

void TestAttentionBlocks::aFoldLooksAtSomeRows()
{
    AttentionFold fold(record_of({to_block(setup()), to_block(rows(-1, 0, 3)), to_block(rows(0, 3, 2))}));
    QCOMPARE(fold.looked_at(), 5);
    const double whole = fold.means(1, 1).entropy;
    for (const std::int32_t until : {2, 4, 3, 5, 99, 0}) {  // on and back again
        fold.look_at(until);
        double mean = 0;
        for (int position = 1; position < std::min(until, 5); ++position) {
            mean += std::log(position + 1) / 2 / (std::min(until, 5) - 1);
        }
        QVERIFY(until == 0 ? std::isnan(fold.means(1, 1).entropy) : near(fold.means(1, 1).entropy, mean));
        QVERIFY(until == 0 || near(fold.summary(1, 1).entropy_max, std::log(std::min(until, 5)) / 2));
        QCOMPARE(static_cast<int>(QString::fromStdString(heads_csv(fold)).count('\n')), 1 + 2 * 4 * std::min(until, 5));
    }
    QVERIFY(near(whole, (std::log(2) + std::log(3) + std::log(4) + std::log(5)) / 8));
}

void TestAttentionBlocks::csvHasALineARow()
{
    const QStringList lines =
        QString::fromStdString(heads_csv(record_of({to_block(setup()), to_block(rows(-1, 0, 2)), to_block(rows(0, 2, 1))})))
            .split('\n', Qt::SkipEmptyParts);
    QCOMPARE(lines.size(), 1 + 2 * 4 * 3);
    QCOMPARE(lines[0], "layer,head,position,entropy_nats,visible,sink,distance");
    QCOMPARE(lines[1], "0,0,0,0,1,0.100000001,0");
    QCOMPARE(lines[6], "0,1,2,0.549306154,3,0.100000001,2");
    QCOMPARE(heads_csv(Record{}), "layer,head,position,entropy_nats,visible,sink,distance\n");
}

void TestAttentionBlocks::nanIsKept()
{
    AttentionRows damaged = rows(-1, 0, 3);
    damaged.entropy[damaged.at(0, 0, 2)] = kUndefined;
    damaged.value_norm[0] = kUndefined;
    const Record record = record_of({to_block(damaged)});
    const AttentionFold fold(record);
    const HeadSummary head = fold.summary(0, 0);
    QVERIFY(std::isnan(head.entropy) && std::isnan(head.entropy_median) && std::isnan(head.value_norm));
    QVERIFY(!std::isnan(fold.summary(0, 3).entropy));
    QVERIFY(heads_csv(record).find("0,0,2,,3,") != std::string::npos);
}

QTEST_APPLESS_MAIN(TestAttentionBlocks)
#include "test_attention_blocks.moc"
