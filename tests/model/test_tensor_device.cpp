// SPDX-License-Identifier: GPL-3.0-or-later
// The decoder on a libtorch device, run on the device "cpu", against the fast decoder: another implementation of the same contract.
#include "core/model/device.h"
#include "core/model/tensor/device_decoder.h"
#include "tests/model/tensor_models.h"

#include <QtTest/QtTest>

using namespace timberline;
using namespace timberline::model;
using namespace timberline::model::testing;

namespace {

constexpr double kLimit = 1e-4;

/// The two decoders in lock step: every call goes to both, and `difference` keeps the largest gap of anything they return.
class Pair
{
public:
    Pair(const TestModel& source, std::int64_t capacity)
        : device_(make_tensor_decoder_on("cpu", source.config, *source.weights).value()),
          fast_(Decoder::make(source.config, *source.weights).value()), device_store_(device_->make_store(capacity)),
          fast_store_(fast_->make_store(capacity))
    {}

    bool forward(const ForwardInput& input)
    {
        const auto a = device_->forward(input, *device_store_, device_out_, CancelToken());
        const auto b = fast_->forward(input, *fast_store_, fast_out_, CancelToken());
        if (!a.ok() || !b.ok()) {
            qWarning("%s | %s", a.ok() ? "" : a.error().message.c_str(), b.ok() ? "" : b.error().message.c_str());
            return false;
        }
        note(device_out_.logits, fast_out_.logits);
        note(device_out_.hidden, fast_out_.hidden);
        const auto& x = device_out_.captures;
        const auto& y = fast_out_.captures;
        if (x.hidden.size() != y.hidden.size() || x.attention.size() != y.attention.size() || x.attention_columns != y.attention_columns) {
            return false;
        }
        for (std::size_t i = 0; i < x.hidden.size(); ++i) {
            note(x.hidden[i], y.hidden[i]);
        }
        for (std::size_t i = 0; i < x.attention.size(); ++i) {
            note(x.attention[i], y.attention[i]);
        }
        return same_lengths();
    }
    void compact(std::int64_t base, std::span<const std::int32_t> path)
    {
        device_store_->compact(base, path);
        fast_store_->compact(base, path);
        compare_rows();
    }
    void compare_rows()
    {
        for (std::int64_t layer = 0; layer < device_store_->layers(); ++layer) {
            for (std::int64_t head = 0; head < device_store_->kv_heads(); ++head) {
                const auto count = static_cast<std::size_t>(device_store_->length(layer) * device_store_->head_dim());
                note(std::span(device_store_->keys(layer, head), count), std::span(fast_store_->keys(layer, head), count));
                note(std::span(device_store_->values(layer, head), count), std::span(fast_store_->values(layer, head), count));
            }
        }
    }
    [[nodiscard]] bool same_lengths() const
    {
        for (std::int64_t layer = 0; layer < device_store_->layers(); ++layer) {
            if (device_store_->length(layer) != fast_store_->length(layer)) {
                return false;
            }
        }
        return true;
    }
    template <typename A, typename B>
    void note(const A& a, const B& b)
    {
        difference = std::max(difference, largest_difference(a, b));
    }

    double difference = 0;
    std::shared_ptr<const Decoder> device_, fast_;
    std::unique_ptr<KvStore> device_store_, fast_store_;
    ForwardOutput device_out_, fast_out_;
};

void add_models()
{
    QTest::addColumn<QString>("name");
    for (const auto& name : all_model_names()) {
        QTest::newRow(name.c_str()) << QString::fromStdString(name);
    }
}

} // namespace

class TestTensorDevice : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void chains_trees_and_compaction_agree_data() { add_models(); }
    void chains_trees_and_compaction_agree()
    {
        QFETCH(QString, name);
        const auto source = test_model(name.toStdString());
        QVERIFY(source.weights != nullptr);
        Pair pair(source, 64);
        const auto tokens = drawn_tokens(40, source.config.vocabulary, 1);
        const std::span<const TokenId> all(tokens);
        const CaptureRequest everything{.hidden = true, .attention = true};
        QVERIFY(pair.forward({.tokens = all.first(19), .logits = ForwardInput::Logits::Last, .capture = everything}));
        QVERIFY(pair.forward({.tokens = all.subspan(19, 1), .capture = everything}));

        const std::vector<std::int32_t> parents{-1, 0, 0, 1, 1, 2, -1, 3};
        QVERIFY(pair.forward({.tokens = all.subspan(20, 8), .parents = parents, .capture = everything}));
        const std::vector<std::int32_t> path{0, 1, 3, 7};
        pair.compact(20, path);
        QCOMPARE(pair.device_store_->length(0), 24);
        QVERIFY(pair.forward({.tokens = all.subspan(28, 3), .capture = everything}));
        QCOMPARE(pair.device_store_->length(source.config.layers - 1), 27);

        pair.device_store_->crop(22);
        pair.fast_store_->crop(22);
        QVERIFY(pair.forward({.tokens = all.subspan(31, 2), .logits = ForwardInput::Logits::None}));
        QVERIFY(pair.device_out_.logits.empty());
        pair.compare_rows();
        qInfo("largest difference %.2g", pair.difference);
        QVERIFY(pair.difference < kLimit);
    }

    void a_tree_may_grow_level_by_level_data() { add_models(); }
    void a_tree_may_grow_level_by_level()
    {
        QFETCH(QString, name);
        const auto source = test_model(name.toStdString());
        QVERIFY(source.weights != nullptr);
        const auto tokens = drawn_tokens(16, source.config.vocabulary, 2);
        const std::span<const TokenId> all(tokens);
        const std::vector<std::int32_t> parents{-1, -1, 0, 1, 1, 3};
        Pair whole(source, 32), grown(source, 32);
        QVERIFY(whole.forward({.tokens = all.first(10)}));
        QVERIFY(whole.forward({.tokens = all.subspan(10, 6), .parents = parents}));
        QVERIFY(grown.forward({.tokens = all.first(10)}));
        const std::span<const std::int32_t> links(parents);
        QVERIFY(grown.forward({.tokens = all.subspan(10, 2), .parents = links.first(2)}));
        QVERIFY(grown.forward({.tokens = all.subspan(12, 3), .parents = links.first(5), .cached_tree = 2}));
        QVERIFY(grown.forward({.tokens = all.subspan(15, 1), .parents = links, .cached_tree = 5}));
        const auto width = static_cast<std::size_t>(source.config.vocabulary);
        grown.note(grown.device_out_.logits, std::span(whole.fast_out_.logits).last(width));
        QVERIFY(grown.difference < kLimit);
        QVERIFY(whole.difference < kLimit);
    }

    void long_prompts_run_in_chunks()
    {
        const auto source = test_model("plus-one gains, post norms, soft caps, window");
        Pair pair(source, 400);
        const auto tokens = drawn_tokens(300, source.config.vocabulary, 4);
        QVERIFY(pair.forward({.tokens = tokens, .capture = {.hidden = true, .attention = true}}));
        std::vector<std::int32_t> parents; // two long branches, so that rows of the second chunk see rows of the first
        for (std::int32_t i = 0; i < 90; ++i) {
            parents.push_back(i < 2 ? -1 : i - 2);
        }
        QVERIFY(pair.forward({.tokens = std::span<const TokenId>(tokens).first(90), .parents = parents}));
        qInfo("largest difference %.2g", pair.difference);
        QVERIFY(pair.difference < kLimit);
    }

    void the_steps_compose_to_a_forward_data() { add_models(); }
    void the_steps_compose_to_a_forward()
    {
        QFETCH(QString, name);
        const auto source = test_model(name.toStdString());
        QVERIFY(source.weights != nullptr);
        Pair pair(source, 32);
        const auto tokens = drawn_tokens(12, source.config.vocabulary, 6);
        const std::span<const TokenId> first = std::span<const TokenId>(tokens).first(7),
                                       rest = std::span<const TokenId>(tokens).subspan(7);
        QVERIFY(pair.forward({.tokens = tokens}));
        auto store = pair.device_->make_store(32);
        ForwardOutput out;
        QVERIFY(pair.device_->forward({.tokens = first}, *store, out, CancelToken()).ok());
        const std::vector<std::int64_t> positions{7, 8, 9, 10, 11};
        std::vector<float> hidden(static_cast<std::size_t>(5 * source.config.hidden));
        QVERIFY(pair.device_->embed(rest, positions, hidden).ok());
        QVERIFY(pair.device_->forward_layers(0, 1, {.tokens = rest}, hidden, *store, CancelToken()).ok());
        QCOMPARE(store->length(0), 12);
        QCOMPARE(store->length(1), 7);
        QVERIFY(pair.device_->forward_layers(1, source.config.layers, {.tokens = rest}, hidden, *store, CancelToken()).ok());
        QCOMPARE(store->length(1), 12);
        std::vector<float> logits(static_cast<std::size_t>(5 * source.config.vocabulary)), normed(hidden.size());
        pair.device_->read_out(hidden, logits, normed);
        pair.note(logits, std::span(pair.fast_out_.logits).last(logits.size()));
        pair.note(normed, std::span(pair.fast_out_.hidden).last(normed.size()));
        QVERIFY(pair.difference < kLimit);
    }

    void a_snapshot_is_apart_from_its_store()
    {
        const auto source = test_model("llama-gqa");
        QVERIFY(source.weights != nullptr);
        const auto decoder = make_tensor_decoder_on("cpu", source.config, *source.weights).value();
        auto store = decoder->make_store(32);
        ForwardOutput before, after;
        const std::vector<TokenId> tokens{1, 2, 3, 4}, other{9, 8};
        QVERIFY(decoder->forward({.tokens = tokens}, *store, before, CancelToken()).ok());
        auto fork = store->snapshot();
        QVERIFY(decoder->forward({.tokens = other}, *store, before, CancelToken()).ok());
        QCOMPARE(fork->length(0), 4);
        const std::vector<std::int32_t> path{1};
        store->compact(2, path); // moves rows of the store, not of the fork
        QVERIFY(decoder->forward({.tokens = other}, *fork, after, CancelToken()).ok());
        QCOMPARE(after.logits, before.logits);
    }

    void bad_input_is_refused_data()
    {
        QTest::addColumn<QList<int>>("tokens");
        QTest::addColumn<QList<int>>("parents");
        QTest::addColumn<int>("cached_tree");
        QTest::addColumn<QString>("says");
        QTest::newRow("an id past the vocabulary") << QList<int>{29} << QList<int>{} << 0 << "vocabulary";
        QTest::newRow("a negative id") << QList<int>{-3} << QList<int>{} << 0 << "vocabulary";
        QTest::newRow("a parent that comes later") << QList<int>{1, 2} << QList<int>{-1, 1} << 0 << "parent 1";
        QTest::newRow("a parent below -1") << QList<int>{1} << QList<int>{-2} << 0 << "parent -2";
        QTest::newRow("too few parents") << QList<int>{1, 2} << QList<int>{-1} << 0 << "1 parents";
        QTest::newRow("more rows than the store holds") << QList<int>(396, 1) << QList<int>{} << 0 << "room for 398";
        QTest::newRow("a position past the context") << QList<int>(500, 1) << QList<int>{} << 0 << "context of 400";
        QTest::newRow("more cached tree rows than the cache") << QList<int>{1} << QList<int>{-1, 0, 1, 2, 3} << 4 << "cached tree rows";
        QTest::newRow("cached tree rows without parents") << QList<int>{1} << QList<int>{} << 1 << "0 parents";
    }
    void bad_input_is_refused()
    {
        QFETCH(QList<int>, tokens);
        QFETCH(QList<int>, parents);
        QFETCH(int, cached_tree);
        QFETCH(QString, says);
        const auto decoder = make_tensor_decoder_on("cpu", tiny_llama(), DrawnWeights(tiny_llama())).value();
        auto store = decoder->make_store(398);
        ForwardOutput out;
        const std::vector<TokenId> three{1, 2, 3}, ids(tokens.begin(), tokens.end());
        const std::vector<std::int32_t> links(parents.begin(), parents.end());
        QVERIFY(decoder->forward({.tokens = three}, *store, out, CancelToken()).ok());
        const auto status = decoder->forward({.tokens = ids, .parents = links, .cached_tree = cached_tree}, *store, out, CancelToken());
        QVERIFY(!status.ok());
        QCOMPARE(status.error().code, ErrorCode::InvalidArgument);
        QVERIFY2(QString::fromStdString(status.error().message).contains(says), status.error().message.c_str());
        QVERIFY(!status.error().hint.empty());
        QCOMPARE(store->length(0), 3);
        QCOMPARE(store->length(1), 3);
    }

    void a_cancelled_forward_leaves_the_store()
    {
        const auto decoder = make_tensor_decoder_on("cpu", tiny_llama(), DrawnWeights(tiny_llama())).value();
        auto store = decoder->make_store(8);
        ForwardOutput out;
        const CancelToken cancel;
        cancel.cancel();
        const std::vector<TokenId> tokens{1, 2, 3};
        std::vector<float> hidden(48, 1.0F);
        const auto status = decoder->forward({.tokens = tokens}, *store, out, cancel);
        QVERIFY(!status.ok());
        QCOMPARE(status.error().code, ErrorCode::Cancelled);
        QVERIFY(!decoder->forward_layers(0, 2, {.tokens = tokens}, hidden, *store, cancel).ok());
        QCOMPARE(store->length(0), 0);
        QCOMPARE(hidden, std::vector<float>(48, 1.0F));
    }

    void a_foreign_store_is_refused()
    {
        const auto decoder = make_tensor_decoder_on("cpu", tiny_llama(), DrawnWeights(tiny_llama())).value();
        const auto foreign = make_kv_store(2, 2, 4, 16);
        ForwardOutput out;
        const std::vector<TokenId> tokens{1};
        const auto status = decoder->forward({.tokens = tokens}, *foreign, out, CancelToken());
        QVERIFY(!status.ok());
        QCOMPARE(status.error().code, ErrorCode::InvalidArgument);
    }

    void an_impossible_device_is_an_error_data()
    {
        QTest::addColumn<QString>("device");
        QTest::newRow("a device that does not exist") << "abacus";
        QTest::newRow("a device without memory") << "meta:x";
        QTest::newRow("a card that is not there") << "cuda:63";
    }
    void an_impossible_device_is_an_error()
    {
        QFETCH(QString, device);
        const auto made = make_tensor_decoder_on(device.toStdString(), tiny_llama(), DrawnWeights(tiny_llama()));
        QVERIFY(!made.ok());
        QVERIFY(QString::fromStdString(made.error().message).startsWith("loading the model on " + device));
        QVERIFY(!made.error().hint.empty());
    }

    void too_little_memory_says_so()
    {
        auto config = tiny_llama();
        config.intermediate = std::int64_t{1} << 50; // the first read fails before any weight is looked at
        class Endless final : public WeightProvider
        {
        public:
            [[nodiscard]] Result<Weight> weight(Role role, std::int64_t) const override
            {
                auto config = tiny_llama();
                config.intermediate = std::int64_t{1} << 50;
                const auto shape = shape_of(config, role);
                static const std::vector<std::uint8_t> some(1 << 16);
                Weight weight;
                weight.rows = shape.rows;
                weight.columns = shape.columns;
                weight.data = some.data();
                return weight;
            }
        };
        const auto made = make_tensor_decoder_on("cpu", config, Endless());
        QVERIFY(!made.ok());
        QCOMPARE(made.error().code, ErrorCode::OutOfMemory);
        QVERIFY(QString::fromStdString(made.error().hint).contains("cpu"));
    }

    void cuda_says_why_not()
    {
        const auto status = cuda_available();
        const auto source = test_model("llama-gqa");
        QVERIFY(source.weights != nullptr);
        const auto made = make_device_decoder(source.config, *source.weights);
        QCOMPARE(made.ok(), status.ok());
        if (status.ok()) {
            return;
        }
        QCOMPARE(made.error().message, status.error().message);
        const auto message = QString::fromStdString(status.error().message);
        QVERIFY2(message == "this libtorch was built without CUDA" || message == "no CUDA device was found", qPrintable(message));
    }

    void costs_follow_from_the_sizes()
    {
        const auto decoder = make_tensor_decoder_on("cpu", tiny_llama(), DrawnWeights(tiny_llama())).value();
        // By hand: a layer has q 256, k 128, v 128, o 256, three times 384 = 1920 in matrices and 32 in norms; final norm 16; head 464.
        QCOMPARE(decoder->weight_bytes(), 4 * (2 * (1920 + 32) + 16 + 464));
        // 2 FLOPs a weight of a matrix; 10 visible slots: q.k and p.v are 2 * 4 heads * 4 * 10 multiply-adds a layer.
        QCOMPARE(decoder->flops_per_token(10), 2.0 * (2 * (1920 + 320) + 464));
    }
};

QTEST_APPLESS_MAIN(TestTensorDevice)
#include "test_tensor_device.moc"
