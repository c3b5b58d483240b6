// SPDX-License-Identifier: GPL-3.0-or-later
// The seams: replaced parts are called and change nothing when they do the same, and layer ranges put together are the whole forward.
#include "core/model/decoder_parts.h"
#include "core/model/rotary.h"
#include "tests/model/decoder_testing.h"

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace timberline;
using namespace timberline::model;
using namespace timberline::model::testing;

namespace {

/// The default part, counted and looked at.
class WatchedAttention final : public AttentionKernel
{
public:
    void attend(const AttentionCall& call) override
    {
        layers.push_back(call.layer);
        queries.push_back(call.queries);
        sees_itself = sees_itself && std::all_of(call.visible.begin(), call.visible.end(), [](const auto& v) { return !v.tail.empty(); });
        exact_->attend(call);
    }
    std::vector<std::int64_t> layers, queries;
    bool sees_itself = true;

private:
    std::shared_ptr<AttentionKernel> exact_ = make_exact_attention(*kernels::available_kernels().front());
};

class WatchedActivation final : public Activation
{
public:
    WatchedActivation(ActivationKind kind) : plain_(make_activation(kind, *kernels::available_kernels().front())) {}
    void apply(float* gate, const float* up, std::int64_t count) const override
    {
        ++calls;
        last_count = count;
        plain_->apply(gate, up, count);
    }
    mutable int calls = 0;
    mutable std::int64_t last_count = 0;

private:
    std::shared_ptr<const Activation> plain_;
};

void add_models()
{
    QTest::addColumn<QString>("model");
    for (const std::string& name : all_model_names()) {
        QTest::addRow("%s", name.c_str()) << QString::fromStdString(name);
    }
}

TestModel fetch_model()
{
    QFETCH(QString, model);
    return test_model(model.toStdString());
}

}  // namespace

class TestDecoderParts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void replacedPartsThatDoTheSameChangeNothing_data() { add_models(); }
    void replacedPartsThatDoTheSameChangeNothing();
    void layerRangesMakeTheWholeForward_data() { add_models(); }
    void layerRangesMakeTheWholeForward();
    void captureChangesNothing_data() { add_models(); }
    void captureChangesNothing();
    void lastLogitsAreTheLastRow();
    void skippedLayersKeepTheirLengths();
    void mixedStorageTypesAreJoined();
    void llama3FrequenciesEqualTheDefinition();
    void workIsCounted();
};

void TestDecoderParts::replacedPartsThatDoTheSameChangeNothing()
{
    const TestModel source = fetch_model();
    const auto attention = std::make_shared<WatchedAttention>();
    const auto activation = std::make_shared<WatchedActivation>(source.config.activation);
    const auto plain = make_decoder(source.config, *source.weights);
    const auto parted = make_decoder(source.config, *source.weights, {}, {.attention = attention, .activation = activation});
    const auto tokens = drawn_tokens(70, source.config.vocabulary, 1);
    const auto a = plain->make_store(70);
    const auto b = parted->make_store(70);
    QVERIFY(rows_of_forward(*plain, *a, tokens) == rows_of_forward(*parted, *b, tokens));
    QCOMPARE(attention->layers.size(), static_cast<std::size_t>(2 * source.config.layers));  // two chunks
    QCOMPARE(attention->layers[1], 1);
    QCOMPARE(attention->queries.front(), 64);
    QCOMPARE(attention->queries.back(), 6);
    QVERIFY(attention->sees_itself);
    QCOMPARE(activation->calls, static_cast<int>(70 * source.config.layers));
    QCOMPARE(activation->last_count, source.config.intermediate);
}

void TestDecoderParts::layerRangesMakeTheWholeForward()
{
    const TestModel source = fetch_model();
    const auto decoder = make_decoder(source.config, *source.weights);
    const auto text = drawn_tokens(5, source.config.vocabulary, 1);
    const auto parents = drawn_parents(9, 3);
    const auto tokens = drawn_tokens(9, source.config.vocabulary, 2);
    const auto whole_store = decoder->make_store(20);
    const auto parts_store = decoder->make_store(20);
    (void)rows_of_forward(*decoder, *whole_store, text);
    (void)rows_of_forward(*decoder, *parts_store, text);
    const auto whole = rows_of_forward(*decoder, *whole_store, tokens, parents);

    std::vector<std::int64_t> positions;
    for (std::int32_t node = 0; node < 9; ++node) {
        positions.push_back(5 + static_cast<std::int64_t>(path_to(node, parents).size()) - 1);
    }
    const auto d = static_cast<std::size_t>(source.config.hidden);
    const auto v = static_cast<std::size_t>(source.config.vocabulary);
    std::vector<float> hidden(9 * d);
    std::vector<float> normed(9 * d);
    std::vector<float> logits(9 * v);
    const ForwardInput input{.tokens = tokens, .parents = parents};
    QVERIFY(decoder->embed(tokens, positions, hidden).ok());
    QVERIFY(decoder->forward_layers(0, 1, input, hidden, *parts_store, {}).ok());
    QCOMPARE(parts_store->length(0), 14);
    QCOMPARE(parts_store->length(1), 5);
    QVERIFY(decoder->forward_layers(1, source.config.layers, input, hidden, *parts_store, {}).ok());
    decoder->read_out(hidden, logits, normed);
    std::vector<float> logits_only(9 * v);
    decoder->read_out(hidden, logits_only);
    QCOMPARE(logits_only, logits);
    for (std::size_t row = 0; row < 9; ++row) {
        QVERIFY(std::equal(whole[row].logits.begin(), whole[row].logits.end(), logits.begin() + static_cast<std::ptrdiff_t>(row * v)));
        QVERIFY(std::equal(whole[row].hidden.begin(), whole[row].hidden.end(), normed.begin() + static_cast<std::ptrdiff_t>(row * d)));
    }
}

void TestDecoderParts::captureChangesNothing()
{
    const TestModel source = fetch_model();
    const auto decoder = make_decoder(source.config, *source.weights);
    const auto tokens = drawn_tokens(80, source.config.vocabulary, 1);
    const auto a = decoder->make_store(80);
    const auto b = decoder->make_store(80);
    ForwardOutput out;
    QVERIFY(decoder->forward({.tokens = tokens, .capture = {.hidden = true, .attention = true}}, *a, out, {}).ok());
    const auto rows = rows_of_forward(*decoder, *b, tokens);
    for (std::size_t row = 0; row < rows.size(); ++row) {
        QVERIFY(row_of(out, row, source.config) == rows[row]);
    }
    for (const auto& attention : out.captures.attention) {  // rows of both chunks are in their places: each sums to one
        for (std::size_t row = 0; row < attention.size() / 80; ++row) {
            const auto begin = attention.begin() + static_cast<std::ptrdiff_t>(row * 80);
            QVERIFY(std::abs(std::accumulate(begin, begin + 80, 0.0) - 1) < 1e-5);
            QVERIFY(row % 80 == 79 || *(begin + static_cast<std::ptrdiff_t>(row % 80) + 1) == 0);
            QVERIFY(*(begin + static_cast<std::ptrdiff_t>(row % 80)) > 0);
        }
    }
    QVERIFY(decoder->forward({.tokens = std::span(tokens).first(1), .logits = ForwardInput::Logits::None}, *decoder->make_store(1), out, {})
                .ok());
    QVERIFY(out.captures.hidden.empty() && out.captures.attention.empty() && out.logits.empty());
}

void TestDecoderParts::lastLogitsAreTheLastRow()
{
    const DecoderConfig config = tiny_llama();
    const auto decoder = make_decoder(config, DrawnWeights(config));
    const auto tokens = drawn_tokens(67, config.vocabulary, 1);
    const auto a = decoder->make_store(67);
    const auto b = decoder->make_store(67);
    ForwardOutput out;
    QVERIFY(decoder->forward({.tokens = tokens, .logits = ForwardInput::Logits::Last}, *a, out, {}).ok());
    QCOMPARE(out.logits, rows_of_forward(*decoder, *b, tokens).back().logits);
}

void TestDecoderParts::skippedLayersKeepTheirLengths()
{
    // A method that left layer 1 out for two tokens: the next forward attends in each layer to what that layer holds.
    const DecoderConfig config = tiny_llama();
    const auto decoder = make_decoder(config, DrawnWeights(config));
    const auto store = decoder->make_store(20);
    const auto text = drawn_tokens(6, config.vocabulary, 1);
    (void)rows_of_forward(*decoder, *store, text);
    store->set_length(1, 4);
    ForwardOutput out;
    const std::vector<TokenId> next{7};
    QVERIFY(decoder->forward({.tokens = next, .capture = {.attention = true}}, *store, out, {}).ok());
    QCOMPARE(store->length(0), 7);
    QCOMPARE(store->length(1), 5);
    QCOMPARE(out.captures.attention_columns, 7);
    for (std::size_t head = 0; head < 4; ++head) {
        for (std::size_t column = 0; column < 7; ++column) {
            QVERIFY(out.captures.attention[0][head * 7 + column] > 0);
            QCOMPARE(out.captures.attention[1][head * 7 + column] > 0, column < 5);
        }
    }
}

void TestDecoderParts::mixedStorageTypesAreJoined()
{
    // Queries, gates and heads in other types than their neighbours: the same numbers, all stored as F32, must give the same result.
    class Mixed final : public WeightProvider
    {
    public:
        Mixed(const DecoderConfig& config, bool widen)
            : half_(std::make_shared<DrawnWeights>(config), io::DataType::F16),
              brain_(std::make_shared<DrawnWeights>(config), io::DataType::BF16), widen_(widen)
        {}
        [[nodiscard]] Result<Weight> weight(Role role, std::int64_t layer) const override
        {
            const bool half = role == Role::Query || role == Role::MlpGate || role == Role::Head;
            TIMBERLINE_ASSIGN(Weight weight, (half ? half_ : brain_).weight(role, layer));
            if (!widen_ || !weight.present()) {
                return weight;
            }
            auto wide = std::make_shared<std::vector<float>>(static_cast<std::size_t>(weight.rows * weight.columns));
            kernels::to_float(weight.type, weight.data, weight.rows * weight.columns, wide->data());
            weight.type = io::DataType::F32;
            weight.data = reinterpret_cast<const std::uint8_t*>(wide->data());
            weight.owner = wide;
            return weight;
        }

    private:
        NarrowWeights half_, brain_;
        bool widen_;
    };
    const DecoderConfig config = odd_sized();
    const auto mixed = make_decoder(config, Mixed(config, false));
    const auto wide = make_decoder(config, Mixed(config, true));
    const auto tokens = drawn_tokens(9, config.vocabulary, 1);
    const auto a = mixed->make_store(9);
    const auto b = wide->make_store(9);
    QVERIFY(rows_of_forward(*mixed, *a, tokens) == rows_of_forward(*wide, *b, tokens));
}

void TestDecoderParts::llama3FrequenciesEqualTheDefinition()
{
    // Llama 3.1: long wavelengths by `factor`, short ones kept, a blend between.
    DecoderConfig config = tiny_llama();
    config.head_dim = config.rotary_dim = 64;
    config.rope_theta = 500000;
    config.rope_scaling = {
        .kind = RopeScaling::Kind::Llama3, .factor = 8, .low_frequency_factor = 1, .high_frequency_factor = 4, .original_context = 8192};
    const Rotary rotary(config);
    int kept = 0;
    int slowed = 0;
    for (std::size_t i = 0; i < 32; ++i) {
        const double plain = std::pow(500000.0, -static_cast<double>(i) / 32);
        const double turns = 8192 / (2 * M_PI / plain);  // within the original context
        const double blend = std::clamp((turns - 1) / 3, 0.0, 1.0);
        const double expected = (1 - blend) * plain / 8 + blend * plain;
        QVERIFY(std::abs(static_cast<double>(rotary.frequencies()[i]) / expected - 1) < 1e-5);
        kept += blend == 1;
        slowed += blend == 0;
    }
    QVERIFY(kept > 0 && slowed > 0 && kept + slowed < 32);
}

void TestDecoderParts::workIsCounted()
{
    DecoderConfig config = tiny_llama();
    config.window = {3, 0};
    const auto decoder = make_decoder(config, DrawnWeights(config));
    // Multiplies: two layers of q, o (16x16), k, v (8x16), gate, up and down (24x16); the head (29).
    const double matrices = 2 * (16 * 16 * 2 + 8 * 16 * 2 + 3 * 24 * 16) + 29 * 16;
    QCOMPARE(decoder->flops_per_token(10), 2 * matrices + 4.0 * 16 * (3 + 10));
    QVERIFY(decoder->weight_bytes() >= static_cast<std::int64_t>(4 * matrices));
}

QTEST_APPLESS_MAIN(TestDecoderParts)
#include "test_decoder_parts.moc"
