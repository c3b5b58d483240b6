// SPDX-License-Identifier: GPL-3.0-or-later
// The decoder's capture of row statistics and its attention seam, forward by forward.
#include "core/cuda/attention_entropy.h"
#include "tests/attention/attention_testing.h"
#include "tests/model/decoder_testing.h"

using namespace timberline;
using namespace timberline::model;
using namespace timberline::model::testing;
using attention::RowStatistics;

namespace {

void add_models()
{
    QTest::addColumn<QString>("model");
    for (const std::string& name : all_model_names()) {
        QTest::addRow("%s", name.c_str()) << QString::fromStdString(name);
    }
}

/// Halves every head's output and remembers who was asked.
class HalvedAttention final : public AttentionKernel
{
public:
    void attend(const AttentionCall& call) override
    {
        ++calls;
        exact_->attend(call);
        for (std::int64_t i = 0; i < call.queries * call.heads * call.head_dim; ++i) {
            call.output[i] /= 2;
        }
    }
    int calls = 0;

private:
    std::shared_ptr<AttentionKernel> exact_ = make_exact_attention(*kernels::available_kernels().front());
};

bool same_bits(const RowStatistics& a, const RowStatistics& b)
{
    return a.entropy == b.entropy && a.log_sum_exp == b.log_sum_exp && a.largest == b.largest && a.varentropy == b.varentropy &&
           a.collision == b.collision && a.sink == b.sink && a.local == b.local && a.distance == b.distance && a.previous == b.previous &&
           a.marked == b.marked && a.visible == b.visible;
}

}  // namespace

class TestDecoderRows : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void rowsAreThoseOfTheMaps_data() { add_models(); }
    void rowsAreThoseOfTheMaps();
    void rowsDoNotDependOnTheBatch_data() { add_models(); }
    void rowsDoNotDependOnTheBatch();
    void rowsEqualTheStreamingKernelsTwin();
    void nothingIsKeptUnlessAsked();
    void aForwardMayAttendItsOwnWay();
    void layerRangesMayToo();
    void wrongListsOfMarksAreNamed();
};

void TestDecoderRows::rowsAreThoseOfTheMaps()
{
    QFETCH(QString, model);
    const TestModel source = test_model(model.toStdString());
    const auto decoder = make_decoder(source.config, *source.weights);
    const auto tokens = drawn_tokens(70, source.config.vocabulary, 3);  // two chunks
    std::vector<std::vector<std::int32_t>> lists;
    for (std::int32_t t = 0; t < 70; ++t) {
        lists.push_back({t / 3, t / 2 + 1000});
    }
    const std::vector<std::span<const std::int32_t>> marked(lists.begin(), lists.end());
    const auto store = decoder->make_store(70);
    ForwardOutput out;
    ForwardInput input;
    input.tokens = tokens;
    input.capture = {.attention = true, .attention_rows = true, .row_settings = {.sink_tokens = 2, .local_window = 5}, .marked = marked};
    QVERIFY(decoder->forward(input, *store, out, {}).ok());
    QCOMPARE(out.captures.attention_rows.size(), static_cast<std::size_t>(source.config.layers));
    for (std::size_t layer = 0; layer < out.captures.attention_rows.size(); ++layer) {
        const std::int64_t window = source.config.window.empty() ? 0 : source.config.window[layer];
        QCOMPARE(out.captures.attention_rows[layer].size(), static_cast<std::size_t>(source.config.heads * 70));
        for (std::int64_t head = 0; head < source.config.heads; ++head) {
            for (std::int64_t t = 0; t < 70; ++t) {
                const RowStatistics& row = out.captures.attention_rows[layer][static_cast<std::size_t>(head * 70 + t)];
                const std::int64_t count = window > 0 ? std::min(window, t + 1) : t + 1;
                QCOMPARE(row.visible, static_cast<std::int32_t>(count));
                const float* const map = out.captures.attention[layer].data() + (head * 70 + t) * 70 + t + 1 - count;
                const attention::testing::Expected expected(std::vector<double>(map, map + count), t, input.capture.row_settings,
                                                            lists[static_cast<std::size_t>(t)]);
                const QString wrong = attention::testing::difference(row, expected, 1e-5);
                QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
            }
        }
    }
}

void TestDecoderRows::rowsDoNotDependOnTheBatch()
{
    QFETCH(QString, model);
    const TestModel source = test_model(model.toStdString());
    const auto decoder = make_decoder(source.config, *source.weights);
    const auto tokens = drawn_tokens(30, source.config.vocabulary, 4);
    const auto whole_store = decoder->make_store(30), step_store = decoder->make_store(30);
    ForwardOutput whole, step;
    QVERIFY(decoder->forward({.tokens = tokens, .capture = {.attention_rows = true}}, *whole_store, whole, {}).ok());
    for (std::size_t t = 0; t < 30; ++t) {
        QVERIFY(
            decoder->forward({.tokens = std::span(tokens).subspan(t, 1), .capture = {.attention_rows = true}}, *step_store, step, {}).ok());
        for (std::size_t layer = 0; layer < step.captures.attention_rows.size(); ++layer) {
            for (std::size_t head = 0; head < step.captures.attention_rows[layer].size(); ++head) {
                QVERIFY(same_bits(step.captures.attention_rows[layer][head], whole.captures.attention_rows[layer][head * 30 + t]));
            }
        }
    }
}

void TestDecoderRows::rowsEqualTheStreamingKernelsTwin()
{
    // core/cuda states the same statistics for CUDA; its CPU twin sums in double, key by key.
    attention::testing::Problem p;
    p.keys = 300;
    p.queries = 64;
    p.heads = 6;
    p.kv_heads = 3;
    p.dim = 20;
    p.scale = 0.3;
    p.window = 90;
    p.draw(31, 1.5F);
    const auto got = attention::testing::answer(*make_exact_attention(*kernels::available_kernels().front()), p);
    std::vector<float> keys(static_cast<std::size_t>(p.keys * p.kv_heads * p.dim));
    for (std::int64_t key = 0; key < p.keys; ++key) {
        for (std::int64_t head = 0; head < p.kv_heads; ++head) {
            std::copy_n(p.store->keys(0, head) + key * p.dim, p.dim, keys.data() + (key * p.kv_heads + head) * p.dim);
        }
    }
    const auto rows = static_cast<std::size_t>(p.queries * p.heads);
    std::vector<float> entropy(rows), sink(rows), distance(rows), log_sum_exp(rows);
    cuda::attention_entropy_cpu(
        p.query.data(), keys.data(),
        {.queries = p.queries,
         .keys = p.keys,
         .heads = p.heads,
         .kv_heads = p.kv_heads,
         .head_dim = p.dim,
         .offset = p.keys - p.queries,
         .window = p.window,
         .scale = 0.3F},
        {.entropy = entropy.data(), .sink = sink.data(), .distance = distance.data(), .log_sum_exp = log_sum_exp.data()});
    for (std::int64_t head = 0; head < p.heads; ++head) {
        for (std::int64_t t = 0; t < p.queries; ++t) {
            const auto i = static_cast<std::size_t>(t * p.heads + head);
            const RowStatistics& row = got.row(p, head, t);
            QVERIFY(std::abs(row.entropy - entropy[i]) < 1e-5F && std::abs(row.sink - sink[i]) < 1e-6F);
            QVERIFY(std::abs(row.distance - distance[i]) < 2e-4F && std::abs(row.log_sum_exp - log_sum_exp[i]) < 1e-5F);
        }
    }
}

void TestDecoderRows::nothingIsKeptUnlessAsked()
{
    const TestModel source = test_model("llama-gqa");
    const auto decoder = make_decoder(source.config, *source.weights);
    const auto tokens = drawn_tokens(12, source.config.vocabulary, 5);
    const auto store = decoder->make_store(24);
    ForwardOutput out;
    QVERIFY(decoder->forward({.tokens = tokens, .capture = {.attention_rows = true}}, *store, out, {}).ok());
    QVERIFY(!out.captures.attention_rows.empty() && out.captures.attention.empty() && out.captures.hidden.empty());
    QVERIFY(decoder->forward({.tokens = tokens}, *store, out, {}).ok());
    QVERIFY(out.captures.attention_rows.empty());
}

void TestDecoderRows::aForwardMayAttendItsOwnWay()
{
    const TestModel source = test_model("llama-gqa");
    const auto seam = std::make_shared<HalvedAttention>();
    const auto plain = make_decoder(source.config, *source.weights);
    const auto parted = make_decoder(source.config, *source.weights, {}, {.attention = seam, .activation = nullptr});
    const auto tokens = drawn_tokens(70, source.config.vocabulary, 6);
    const auto logits = [&](const Decoder& decoder, AttentionKernel* kernel) {
        const auto store = decoder.make_store(70);
        ForwardOutput out;
        ForwardInput input;
        input.tokens = tokens;
        input.attention = kernel;
        return decoder.forward(input, *store, out, {}).ok() ? out.logits : std::vector<float>{};
    };
    const auto original = logits(*plain, nullptr);
    HalvedAttention own;
    const auto halved = logits(*plain, &own);
    QCOMPARE(own.calls, static_cast<int>(2 * source.config.layers));
    QVERIFY(halved == logits(*parted, nullptr) && halved != original);
    QVERIFY(logits(*plain, nullptr) == original);  // nothing of it stays behind
}

void TestDecoderRows::layerRangesMayToo()
{
    const TestModel source = test_model("llama-gqa");
    const auto decoder = make_decoder(source.config, *source.weights);
    const auto tokens = drawn_tokens(9, source.config.vocabulary, 7);
    std::vector<std::int64_t> positions{0, 1, 2, 3, 4, 5, 6, 7, 8};
    std::vector<float> hidden(9 * static_cast<std::size_t>(source.config.hidden));
    QVERIFY(decoder->embed(tokens, positions, hidden).ok());
    const auto store = decoder->make_store(9);
    HalvedAttention own;
    ForwardInput input;
    input.tokens = tokens;
    input.attention = &own;
    QVERIFY(decoder->forward_layers(0, 2, input, hidden, *store, {}).ok());
    QCOMPARE(own.calls, 2);
}

void TestDecoderRows::wrongListsOfMarksAreNamed()
{
    const TestModel source = test_model("llama-gqa");
    const auto decoder = make_decoder(source.config, *source.weights);
    const auto tokens = drawn_tokens(4, source.config.vocabulary, 8);
    const auto store = decoder->make_store(8);
    ForwardOutput out;
    const std::vector<std::span<const std::int32_t>> three(3);
    const auto status = decoder->forward({.tokens = tokens, .capture = {.attention_rows = true, .marked = three}}, *store, out, {});
    QVERIFY(!status.ok());
    QVERIFY(status.error().message.find("3 lists of marked positions were given for 4 tokens") != std::string::npos);
    QCOMPARE(store->length(0), 0);
}

QTEST_APPLESS_MAIN(TestDecoderRows)
#include "test_decoder_rows.moc"
