// SPDX-License-Identifier: GPL-3.0-or-later
// Bad input is refused by name and leaves the store as it was; a cancel answers within 100 ms.
#include "core/model/decoder_parts.h"
#include "tests/model/decoder_testing.h"

#include <QElapsedTimer>

#include <atomic>
#include <chrono>
#include <thread>

using namespace timberline;
using namespace timberline::model;
using namespace timberline::model::testing;

namespace {

using ChangeWeight = void (*)(Weight&);
using ChangeConfig = void (*)(DecoderConfig&);

/// Exact attention that takes 20 ms a layer and says when the first layer has begun.
class SlowAttention final : public AttentionKernel
{
public:
    void attend(const AttentionCall& call) override
    {
        begun = true;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        exact_->attend(call);
    }
    std::atomic<bool> begun = false;

private:
    std::shared_ptr<AttentionKernel> exact_ = make_exact_attention(kernels::portable_kernels());
};

/// A provider that changes one weight of another.
class BrokenWeights final : public WeightProvider
{
public:
    BrokenWeights(const DecoderConfig& config, Role role, ChangeWeight change) : source_(config), role_(role), change_(change) {}
    [[nodiscard]] Result<Weight> weight(Role role, std::int64_t layer) const override
    {
        TIMBERLINE_ASSIGN(Weight weight, source_.weight(role, layer));
        if (role == role_) {
            change_(weight);
        }
        return weight;
    }

private:
    DrawnWeights source_;
    Role role_;
    ChangeWeight change_;
};

}  // namespace

class TestDecoderFaults : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void badForwardsAreRefused_data();
    void badForwardsAreRefused();
    void forwardUpToTheContextWorks();
    void badLayerRangesAndRowsAreRefused();
    void storeOfAnotherModelIsRefused();
    void badWeightsAreRefused_data();
    void badWeightsAreRefused();
    void badConfigurationsAreRefused_data();
    void badConfigurationsAreRefused();
    void unknownKernelVariantIsRefused();
    void emptyForwardDoesNothing();
    void cancelAnswersWithin100ms();
    void cancelledLoadingIsReported();
};

void TestDecoderFaults::badForwardsAreRefused_data()
{
    using Tokens = std::vector<TokenId>;
    using Parents = std::vector<std::int32_t>;
    QTest::addColumn<Tokens>("tokens");
    QTest::addColumn<Parents>("parents");
    QTest::addColumn<int>("cached");
    QTest::addColumn<QString>("names");
    QTest::newRow("a negative token") << Tokens{3, -1} << Parents{} << 0 << "token -1";
    QTest::newRow("a token past the vocabulary") << Tokens{29} << Parents{} << 0 << "0 to 28";
    QTest::newRow("a node that is its own parent") << Tokens{1, 2} << Parents{-1, 1} << 0 << "node 1";
    QTest::newRow("a parent after its child") << Tokens{1, 2, 3} << Parents{-1, 2, 0} << 0 << "parent 2";
    QTest::newRow("a parent below -1") << Tokens{1} << Parents{-2} << 0 << "parent -2";
    QTest::newRow("fewer parents than tokens") << Tokens{1, 2} << Parents{-1} << 0 << "got 1 parents";
    QTest::newRow("more parents than tokens") << Tokens{1} << Parents{-1, 0} << 0 << "got 2 parents";
    QTest::newRow("cached tree rows without parents") << Tokens{1} << Parents{} << 2 << "got 0 parents";
    QTest::newRow("a negative number of cached tree rows") << Tokens{1} << Parents{} << -1 << "parents";
    QTest::newRow("more cached tree rows than the cache has") << Tokens{1} << Parents(13, -1) << 12 << "holds 10 rows";
    QTest::newRow("one position past the context") << Tokens(31, 1) << Parents{} << 0 << "position 40";
    QTest::newRow("a tree too wide for the store") << Tokens(41, 1) << Parents(41, -1) << 0 << "room for 50 rows and holds 10";
}

void TestDecoderFaults::badForwardsAreRefused()
{
    QFETCH(std::vector<TokenId>, tokens);
    QFETCH(std::vector<std::int32_t>, parents);
    QFETCH(int, cached);
    QFETCH(QString, names);
    DecoderConfig config = tiny_llama();
    config.context = 40;
    const auto decoder = make_decoder(config, DrawnWeights(config));
    const auto store = decoder->make_store(50);
    (void)rows_of_forward(*decoder, *store, drawn_tokens(10, config.vocabulary, 1));
    const std::vector<TokenId> probe{5};
    const auto before = rows_of_forward(*decoder, *store->snapshot(), probe);
    ForwardOutput out;
    const Status status = decoder->forward({.tokens = tokens, .parents = parents, .cached_tree = cached}, *store, out, {});
    QVERIFY(!status.ok());
    QCOMPARE(status.error().code, ErrorCode::InvalidArgument);
    QVERIFY2(QString::fromStdString(status.error().message).contains(names), status.error().message.c_str());
    QVERIFY(!status.error().hint.empty());
    QCOMPARE(store->length(0), 10);
    QCOMPARE(store->length(1), 10);
    QVERIFY(rows_of_forward(*decoder, *store, probe) == before);
}

void TestDecoderFaults::forwardUpToTheContextWorks()
{
    DecoderConfig config = tiny_llama();
    config.context = 40;
    const auto decoder = make_decoder(config, DrawnWeights(config));
    const auto store = decoder->make_store(40);
    QCOMPARE(rows_of_forward(*decoder, *store, std::vector<TokenId>(40, 1)).size(), std::size_t{40});
    QCOMPARE(store->length(1), 40);
}

void TestDecoderFaults::badLayerRangesAndRowsAreRefused()
{
    const DecoderConfig config = tiny_llama();
    const auto decoder = make_decoder(config, DrawnWeights(config));
    const auto store = decoder->make_store(8);
    std::vector<float> hidden(32, 0.5F);
    const std::vector<TokenId> two{1, 2};
    const std::vector<TokenId> three{1, 2, 3};
    QVERIFY(!decoder->forward_layers(0, 3, {.tokens = two}, hidden, *store, {}).ok());
    QVERIFY(!decoder->forward_layers(-1, 1, {.tokens = two}, hidden, *store, {}).ok());
    QVERIFY(!decoder->forward_layers(0, 1, {.tokens = three}, hidden, *store, {}).ok());
    QVERIFY(!decoder->forward_layers(0, 1, {}, std::span(hidden).first(17), *store, {}).ok());
    QVERIFY(decoder->forward_layers(0, 1, {.tokens = two}, hidden, *store, {}).ok());
    QCOMPARE(store->length(0), 2);
    QCOMPARE(store->length(1), 0);
    const std::vector<std::int64_t> positions{0, config.context};
    QVERIFY(!decoder->embed(two, positions, hidden).ok());
    QVERIFY(!decoder->embed(two, std::span(positions).first(1), hidden).ok());
    QVERIFY(!decoder->embed(std::vector<TokenId>{1, 29}, std::vector<std::int64_t>{0, 1}, hidden).ok());
}

void TestDecoderFaults::storeOfAnotherModelIsRefused()
{
    const DecoderConfig config = tiny_llama();
    const auto decoder = make_decoder(config, DrawnWeights(config));
    const auto store = make_kv_store(config.layers, config.kv_heads, config.head_dim + 1, 8);
    ForwardOutput out;
    const std::vector<TokenId> tokens{1};
    const Status status = decoder->forward({.tokens = tokens}, *store, out, {});
    QVERIFY(!status.ok());
    QVERIFY(status.error().message.find("KV store") != std::string::npos);
}

void TestDecoderFaults::badWeightsAreRefused_data()
{
    using Change = ChangeWeight;
    QTest::addColumn<int>("role");
    QTest::addColumn<Change>("change");
    QTest::addColumn<QString>("names");
    QTest::newRow("a missing matrix") << static_cast<int>(Role::MlpDown) << Change{[](Weight& w) { w = {}; }} << "is missing";
    QTest::newRow("a matrix with a row too few")
        << static_cast<int>(Role::Key) << Change{[](Weight& w) { w.rows -= 1; }} << "[7, 16]: expected [8, 16]";
    QTest::newRow("a norm of another size") << static_cast<int>(Role::FinalNorm) << Change{[](Weight& w) { w.rows -= 1; }}
                                            << "[15]: expected [16]";
    QTest::newRow("whole numbers") << static_cast<int>(Role::Query) << Change{[](Weight& w) { w.type = io::DataType::I32; }}
                                   << "F32, F16 or BF16";
}

void TestDecoderFaults::badWeightsAreRefused()
{
    QFETCH(int, role);
    QFETCH(ChangeWeight, change);
    QFETCH(QString, names);
    const DecoderConfig config = tiny_llama();
    const BrokenWeights weights(config, static_cast<Role>(role), change);
    const auto decoder = Decoder::make(config, weights);
    QVERIFY(!decoder.ok());
    const QString message = QString::fromStdString(decoder.error().message);
    QVERIFY2(message.contains(names), qPrintable(message));
    QVERIFY2(message.contains(
                 QString::fromStdString(tensor_name(config, static_cast<Role>(role), role == static_cast<int>(Role::FinalNorm) ? -1 : 0))),
             qPrintable(message));
}

void TestDecoderFaults::badConfigurationsAreRefused_data()
{
    using Change = ChangeConfig;
    QTest::addColumn<Change>("change");
    QTest::newRow("no layers") << Change{[](DecoderConfig& c) { c.layers = 0; }};
    QTest::newRow("an absurd vocabulary") << Change{[](DecoderConfig& c) { c.vocabulary = std::int64_t{1} << 60; }};
    QTest::newRow("KV heads that do not divide the heads") << Change{[](DecoderConfig& c) { c.kv_heads = 3; }};
    QTest::newRow("an odd rotated part") << Change{[](DecoderConfig& c) { c.rotary_dim = 3; }};
    QTest::newRow("a rotated part larger than the head") << Change{[](DecoderConfig& c) { c.rotary_dim = 6; }};
    QTest::newRow("one window for two layers") << Change{[](DecoderConfig& c) { c.window = {4}; }};
}

void TestDecoderFaults::badConfigurationsAreRefused()
{
    QFETCH(ChangeConfig, change);
    DecoderConfig config = tiny_llama();
    const DrawnWeights weights(config);
    change(config);
    const auto decoder = Decoder::make(config, weights);
    QVERIFY(!decoder.ok());
    QCOMPARE(decoder.error().code, ErrorCode::BadFile);
}

void TestDecoderFaults::unknownKernelVariantIsRefused()
{
    const DecoderConfig config = tiny_llama();
    qputenv("TIMBERLINE_KERNELS", "fastest");
    const auto decoder = Decoder::make(config, DrawnWeights(config));
    qunsetenv("TIMBERLINE_KERNELS");
    QVERIFY(!decoder.ok());
    QVERIFY(decoder.error().message.find("\"fastest\"") != std::string::npos);
    QVERIFY(decoder.error().message.find("portable") != std::string::npos);
}

void TestDecoderFaults::emptyForwardDoesNothing()
{
    const DecoderConfig config = tiny_llama();
    const auto decoder = make_decoder(config, DrawnWeights(config));
    const auto store = decoder->make_store(4);
    ForwardOutput out;
    QVERIFY(decoder->forward({}, *store, out, {}).ok());
    QVERIFY(out.logits.empty() && out.hidden.empty());
    QCOMPARE(store->length(0), 0);
}

void TestDecoderFaults::cancelAnswersWithin100ms()
{
    DecoderConfig config = tiny_llama();
    config.layers = 40;  // 800 ms when nobody cancels
    const auto slow = std::make_shared<SlowAttention>();
    const auto decoder = make_decoder(config, DrawnWeights(config), {}, {.attention = slow, .activation = nullptr});
    const auto store = decoder->make_store(20);
    const CancelToken cancel;
    const std::vector<TokenId> tokens{1, 2, 3};
    QElapsedTimer since_cancel;
    std::thread user([&] {
        while (!slow->begun) {
            std::this_thread::yield();
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        since_cancel.start();
        cancel.cancel();
    });
    ForwardOutput out;
    const Status status = decoder->forward({.tokens = tokens}, *store, out, cancel);
    user.join();
    QVERIFY(since_cancel.elapsed() < 100);
    QVERIFY(!status.ok());
    QCOMPARE(status.error().code, ErrorCode::Cancelled);
    for (std::int64_t layer = 0; layer < config.layers; ++layer) {
        QCOMPARE(store->length(layer), 0);
    }
}

void TestDecoderFaults::cancelledLoadingIsReported()
{
    const DecoderConfig config = tiny_llama();
    const CancelToken cancel;
    cancel.cancel();
    const auto decoder = Decoder::make(config, DrawnWeights(config), {}, cancel);
    QVERIFY(!decoder.ok());
    QCOMPARE(decoder.error().code, ErrorCode::Cancelled);
}

QTEST_APPLESS_MAIN(TestDecoderFaults)
#include "test_decoder_faults.moc"
