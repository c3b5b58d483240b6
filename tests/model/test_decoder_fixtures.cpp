// SPDX-License-Identifier: GPL-3.0-or-later
// The fast decoder against values that Hugging Face transformers (float32, CPU) computed: tests/fixtures/*/expected.safetensors and
// tests/fixtures/reference.json.
#include "core/base/json.h"
#include "tests/model/decoder_testing.h"

#include <QDebug>

#include <algorithm>
#include <cmath>
#include <filesystem>

using namespace timberline;
using namespace timberline::model;
using namespace timberline::model::testing;

namespace {

const std::filesystem::path kFixtures = TIMBERLINE_FIXTURES;
constexpr double kTolerance = 1e-3;  // what the program promises
constexpr double kExpected = 5e-5;   // what float32 arithmetic in another order may differ on these models
constexpr std::size_t kTokens = 40, kPrompt = 8, kTail = 16;

class Expected
{
public:
    explicit Expected(const std::string& name) : file_(io::SafetensorsFile::open_file(kFixtures / name / "expected.safetensors")) {}
    [[nodiscard]] bool ok() const { return file_.ok(); }
    [[nodiscard]] std::vector<float> floats(const std::string& name) const
    {
        const auto view = file_->tensor(name);
        if (!view) {
            return {};
        }
        std::vector<float> out(static_cast<std::size_t>(view->elements()));
        io::to_float32(*view, out.data());
        return out;
    }
    [[nodiscard]] std::vector<TokenId> ids(const std::string& name) const
    {
        const auto view = file_->tensor(name);
        std::vector<std::int64_t> wide(view ? static_cast<std::size_t>(view->elements()) : 0);
        if (!wide.empty()) {
            std::memcpy(wide.data(), view->data, view->bytes);
        }
        return {wide.begin(), wide.end()};
    }

private:
    Result<io::SafetensorsFile> file_;
};

/// Largest |a[i] - b[first + i]|; infinite where b is too short.
double apart(std::span<const float> a, const std::vector<float>& b, std::size_t first)
{
    if (first + a.size() > b.size()) {
        return INFINITY;
    }
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double difference = std::abs(static_cast<double>(a[i]) - static_cast<double>(b[first + i]));
        largest = difference >= 0 ? std::max(largest, difference) : INFINITY;
    }
    return largest;
}

TokenId argmax(std::span<const float> logits)
{
    return static_cast<TokenId>(std::max_element(logits.begin(), logits.end()) - logits.begin());
}

/// Greedy continuation; the prompt goes in as one forward, then one token at a time.
std::vector<TokenId> greedy(const Decoder& decoder, const std::vector<TokenId>& prompt, std::size_t count)
{
    const auto store = decoder.make_store(static_cast<std::int64_t>(prompt.size() + count));
    ForwardOutput out;
    std::vector<TokenId> ids = prompt;
    for (std::size_t fed = 0; ids.size() < prompt.size() + count; fed = ids.size() - 1) {
        const auto next = std::span<const TokenId>(ids).subspan(fed);
        if (!decoder.forward({.tokens = next, .logits = ForwardInput::Logits::Last}, *store, out, {})) {
            break;
        }
        ids.push_back(argmax(out.logits));
    }
    return ids;
}

std::vector<double> log_softmax(std::span<const float> logits)
{
    const double top = *std::max_element(logits.begin(), logits.end());
    double sum = 0;
    for (const float logit : logits) {
        sum += std::exp(static_cast<double>(logit) - top);
    }
    std::vector<double> out;
    for (const float logit : logits) {
        out.push_back(static_cast<double>(logit) - top - std::log(sum));
    }
    return out;
}

double entropy(std::span<const float> logits)
{
    double total = 0;
    for (const double log_p : log_softmax(logits)) {
        total -= std::exp(log_p) * log_p;
    }
    return total;
}

void add_models_and_variants()
{
    QTest::addColumn<QString>("model");
    QTest::addColumn<QByteArray>("variant");
    for (const std::string& name : fixture_names()) {
        for (const QByteArray& variant : variant_names()) {
            QTest::addRow("%s with %s kernels", name.c_str(), variant.constData()) << QString::fromStdString(name) << variant;
        }
    }
}

}  // namespace

class TestDecoderFixtures : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fullPassEqualsReference_data() { add_models_and_variants(); }
    void fullPassEqualsReference();
    void cachedTailEqualsReference_data() { add_models_and_variants(); }
    void cachedTailEqualsReference();
    void greedyTextEqualsReference_data() { add_models_and_variants(); }
    void greedyTextEqualsReference();
    void bundledModelEqualsReference_data();
    void bundledModelEqualsReference();

private:
    std::shared_ptr<const Decoder> decoder()
    {
        QFETCH(QString, model);
        QFETCH(QByteArray, variant);
        TestModel source = test_model(model.toStdString());
        return source.weights == nullptr ? nullptr : make_decoder(source.config, *source.weights, variant);
    }
};

void TestDecoderFixtures::fullPassEqualsReference()
{
    QFETCH(QString, model);
    const auto decoder = this->decoder();
    const Expected expected(model.toStdString());
    QVERIFY(decoder != nullptr && expected.ok());
    const DecoderConfig& config = decoder->config();
    const auto ids = expected.ids("input_ids");
    QCOMPARE(ids.size(), 2 * kTokens);
    double logits = 0;
    double hidden = 0;
    double attention = 0;
    for (std::size_t text = 0; text < 2; ++text) {
        const auto store = decoder->make_store(kTokens);
        ForwardOutput out;
        const ForwardInput input{.tokens = std::span(ids).subspan(text * kTokens, kTokens), .capture = {.hidden = true, .attention = true}};
        QVERIFY(decoder->forward(input, *store, out, {}).ok());
        logits = std::max(logits, apart(out.logits, expected.floats("logits"), text * out.logits.size()));
        QCOMPARE(out.captures.hidden.size(), static_cast<std::size_t>(config.layers + 1));
        for (std::size_t layer = 0; layer < out.captures.hidden.size(); ++layer) {
            const auto& rows = out.captures.hidden[layer];
            hidden = std::max(hidden, apart(rows, expected.floats("hidden." + std::to_string(layer)), text * rows.size()));
        }
        QCOMPARE(out.captures.hidden.back(), out.hidden);
        QCOMPARE(out.captures.attention_columns, static_cast<std::int64_t>(kTokens));
        QCOMPARE(out.captures.attention.size(), static_cast<std::size_t>(config.layers));
        for (std::size_t layer = 0; layer < out.captures.attention.size(); ++layer) {
            const auto& rows = out.captures.attention[layer];
            QCOMPARE(rows.size(), static_cast<std::size_t>(config.heads) * kTokens * kTokens);
            attention = std::max(attention, apart(rows, expected.floats("attention." + std::to_string(layer)), text * rows.size()));
        }
    }
    qInfo() << "largest differences: logits" << logits << "hidden" << hidden << "attention" << attention;
    QVERIFY2(logits <= kTolerance && hidden <= kTolerance && attention <= kTolerance, "outside the promised tolerance");
    QVERIFY2(logits <= kExpected && hidden <= kExpected && attention <= kExpected, "further off than float32 rounding explains");
}

void TestDecoderFixtures::cachedTailEqualsReference()
{
    QFETCH(QString, model);
    const auto decoder = this->decoder();
    const Expected expected(model.toStdString());
    QVERIFY(decoder != nullptr && expected.ok());
    const auto ids = expected.ids("input_ids");
    const auto tail = expected.floats("cached_tail_logits");
    const auto v = static_cast<std::size_t>(decoder->config().vocabulary);
    double largest = 0;
    for (std::size_t text = 0; text < 2; ++text) {
        const auto tokens = std::span(ids).subspan(text * kTokens, kTokens);
        const auto store = decoder->make_store(kTokens);
        ForwardOutput out;
        QVERIFY(decoder->forward({.tokens = tokens.first(kTokens - kTail), .logits = ForwardInput::Logits::None}, *store, out, {}).ok());
        QVERIFY(out.logits.empty());
        for (std::size_t i = 0; i < kTail; ++i) {
            QVERIFY(decoder->forward({.tokens = tokens.subspan(kTokens - kTail + i, 1)}, *store, out, {}).ok());
            largest = std::max(largest, apart(out.logits, tail, (text * kTail + i) * v));
        }
        QCOMPARE(store->length(0), static_cast<std::int64_t>(kTokens));
    }
    QVERIFY2(largest <= kExpected, qPrintable(QString::number(largest)));
}

void TestDecoderFixtures::greedyTextEqualsReference()
{
    QFETCH(QString, model);
    const auto decoder = this->decoder();
    const Expected expected(model.toStdString());
    QVERIFY(decoder != nullptr && expected.ok());
    auto prompt = expected.ids("input_ids");
    prompt.resize(kPrompt);  // the reference continued the first eight ids, ignoring the end token
    QCOMPARE(greedy(*decoder, prompt, kTokens - kPrompt), expected.ids("greedy"));
}

void TestDecoderFixtures::bundledModelEqualsReference_data()
{
    QTest::addColumn<QByteArray>("variant");
    for (const QByteArray& variant : variant_names()) {
        QTest::addRow("%s kernels", variant.constData()) << variant;
    }
}

void TestDecoderFixtures::bundledModelEqualsReference()
{
    QFETCH(QByteArray, variant);
    const auto json = read_json_file(kFixtures / "reference.json");
    const auto folder = open_model_folder("bundled:tale");
    QVERIFY(json.ok() && folder.ok());
    const auto weights = file_weights(folder->config, folder->weights);
    QVERIFY(weights.ok());
    const auto decoder = make_decoder(folder->config, **weights, variant);
    QVERIFY(decoder != nullptr);
    const auto v = static_cast<std::size_t>(decoder->config().vocabulary);
    const auto d = static_cast<std::size_t>(decoder->config().hidden);
    double entropies = 0;
    double probabilities = 0;
    std::size_t compared = 0;
    for (const Json& prompt : (*json)["prompts"]) {
        const auto ids = prompt["ids"].get<std::vector<TokenId>>();
        const auto margins = prompt["margins"].get<std::vector<double>>();
        const auto clear = std::find_if(margins.begin(), margins.end(), [](double margin) { return margin < 1e-3; }) - margins.begin();
        auto wanted = prompt["greedy_new"].get<std::vector<TokenId>>();
        wanted.resize(static_cast<std::size_t>(clear));
        auto got = greedy(*decoder, ids, wanted.size());
        got.erase(got.begin(), got.begin() + static_cast<std::ptrdiff_t>(ids.size()));
        QCOMPARE(got, wanted);
        compared += got.size();

        ForwardOutput out;
        const auto store = decoder->make_store(static_cast<std::int64_t>(ids.size()));
        QVERIFY(decoder->forward({.tokens = ids, .logits = ForwardInput::Logits::Last, .capture = {.hidden = true}}, *store, out, {}).ok());
        const auto log_p = log_softmax(out.logits);
        for (const Json& pair : prompt["top5_logprob_last"]) {
            const double difference = log_p[pair[0].get<std::size_t>()] - pair[1].get<double>();
            probabilities = std::max(probabilities, std::abs(difference));
        }
        std::vector<float> logits(v);
        for (std::size_t layer = 1; layer <= 12; ++layer) {
            const auto row = std::span<const float>(out.captures.hidden[layer]).last(d);
            if (layer < 12) {
                decoder->read_out(row, logits);
            } else {
                logits = out.logits;  // the last captured row has been normalised already
            }
            entropies = std::max(entropies, std::abs(entropy(logits) - prompt["lens_entropy_nats_last"][layer - 1].get<double>()));
        }
    }
    qInfo() << "greedy tokens equal:" << compared << "largest differences: entropy" << entropies << "log probability" << probabilities;
    QVERIFY(compared > 700);
    QVERIFY2(entropies <= 1e-4, qPrintable(QString::number(entropies)));
    QVERIFY2(probabilities <= 1e-4, qPrintable(QString::number(probabilities)));
}

QTEST_APPLESS_MAIN(TestDecoderFixtures)
#include "test_decoder_fixtures.moc"
