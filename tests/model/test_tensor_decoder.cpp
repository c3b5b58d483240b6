// SPDX-License-Identifier: GPL-3.0-or-later
// The differentiable path against three things that are not itself: central differences, the fast decoder, and the values that Hugging Face
// transformers computed for the fixtures.
#include "core/model/decoder.h"
#include "core/model/tensor/differentiable_model.h"
#include "tests/model/tensor_models.h"

#include <QtTest/QtTest>

using namespace timberline;
using namespace timberline::model;
using namespace timberline::model::testing;

namespace {

/// Answers for one weight with the wrong number of rows, or not at all.
class DamagedWeights final : public WeightProvider
{
public:
    DamagedWeights(DecoderConfig config, bool missing) : inner_(std::move(config)), missing_(missing) {}
    [[nodiscard]] Result<Weight> weight(Role role, std::int64_t layer) const override
    {
        auto weight = inner_.weight(role, layer);
        if (role == Role::MlpDown && layer == 1 && weight.ok()) {
            if (missing_) {
                return Weight{};
            }
            --weight->rows;
        }
        return weight;
    }

private:
    DrawnWeights inner_;
    bool missing_;
};

void add_models(const std::vector<std::string>& names)
{
    QTest::addColumn<QString>("name");
    for (const auto& name : names) {
        QTest::newRow(name.c_str()) << QString::fromStdString(name);
    }
}

} // namespace

class TestTensorDecoder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void gradients_match_central_differences_data()
    {
        std::vector<std::string> names;
        for (const auto& [name, config] : tiny_configs()) {
            names.push_back(name);
        }
        add_models(names);
    }
    void gradients_match_central_differences()
    {
        QFETCH(QString, name);
        const auto source = test_model(name.toStdString());
        auto made = DifferentiableModel::make(source.config, *source.weights, DifferentiableModel::Precision::Float64);
        QVERIFY2(made.ok(), made.ok() ? "" : made.error().message.c_str());
        auto& model = **made;
        const auto tokens = drawn_tokens(14, source.config.vocabulary, 3);
        const auto loss = model.loss_and_gradient(tokens, 2);
        QVERIFY(loss.ok());
        QCOMPARE(*loss, *model.loss(tokens, 2));

        constexpr double kStep = 1e-4;
        double worst = 0;
        for (std::size_t p = 0; p < model.parameters().size(); ++p) {
            const auto gradient = *model.gradient(p);
            const auto values = *model.values(p);
            const auto largest = static_cast<std::size_t>(
                std::max_element(gradient.begin(), gradient.end(), [](double a, double b) { return std::abs(a) < std::abs(b); }) -
                gradient.begin());
            // Softmax does not see a constant: without rotation a key bias has no influence.
            const bool without_influence = model.parameters()[p].role == Role::KeyBias && source.config.position == PositionKind::Learned;
            QCOMPARE(std::abs(gradient[largest]) > 1e-6, !without_influence);
            for (const auto element : {largest, gradient.size() / 2, gradient.size() - 1}) {
                const auto at = [&](double shift) {
                    auto moved = values;
                    moved[element] += shift;
                    return model.set_values(p, moved).ok() ? *model.loss(tokens, 2) : NAN;
                };
                // Two central differences, combined so that the error is of fourth order in the step.
                const double slope = (8 * (at(kStep) - at(-kStep)) - (at(2 * kStep) - at(-2 * kStep))) / (12 * kStep);
                worst = std::max(worst, std::abs(slope - gradient[element]));
                QVERIFY2(std::abs(slope - gradient[element]) < 1e-8,
                         qPrintable(QString("parameter %1: slope %2, gradient %3").arg(p).arg(slope).arg(gradient[element])));
            }
            QVERIFY(model.set_values(p, values).ok());
        }
        qInfo("largest difference to central differences %.2g over %zu parameters", worst, model.parameters().size());
    }

    void agrees_with_the_fast_decoder_data() { add_models(all_model_names()); }
    void agrees_with_the_fast_decoder()
    {
        QFETCH(QString, name);
        const auto source = test_model(name.toStdString());
        QVERIFY(source.weights != nullptr);
        auto made = DifferentiableModel::make(source.config, *source.weights, DifferentiableModel::Precision::Float32);
        auto fast = Decoder::make(source.config, *source.weights);
        QVERIFY(made.ok());
        QVERIFY2(fast.ok(), fast.ok() ? "" : fast.error().message.c_str());
        const auto tokens = drawn_tokens(60, source.config.vocabulary, 5);
        ForwardOutput out;
        auto store = (*fast)->make_store(64);
        const auto status = (*fast)->forward({.tokens = tokens}, *store, out, CancelToken());
        QVERIFY2(status.ok(), status.ok() ? "" : status.error().message.c_str());
        const double difference = largest_difference((*made)->logits(tokens, 1).value(), out.logits);
        const double size =
            std::abs(*std::max_element(out.logits.begin(), out.logits.end(), [](float a, float b) { return std::abs(a) < std::abs(b); }));
        qInfo("largest difference %.2g, largest logit %.2g", difference, size);
        QVERIFY(difference < 1e-5);
    }

    void keys_and_values_can_be_handed_over_data() { add_models(all_model_names()); }
    void keys_and_values_can_be_handed_over()
    {
        QFETCH(QString, name);
        const auto source = test_model(name.toStdString());
        QVERIFY(source.weights != nullptr);
        auto made = DifferentiableModel::make(source.config, *source.weights, DifferentiableModel::Precision::Float64);
        QVERIFY(made.ok());
        const auto tokens = drawn_tokens(24, source.config.vocabulary, 9);
        const auto whole = (*made)->logits(tokens, 2);
        for (const std::int64_t cached : {1, 5, 11}) {
            const auto pieces = (*made)->logits(tokens, 2, cached);
            QVERIFY(pieces.ok());
            // The two pieces are joined sequence by sequence, so the layouts are the same.
            QVERIFY(largest_difference(*pieces, *whole) < 1e-12);
        }
        QVERIFY(!(*made)->logits(tokens, 2, 12).ok());
    }

    void agrees_with_transformers_data() { add_models(fixture_names()); }
    void agrees_with_transformers()
    {
        QFETCH(QString, name);
        const auto source = test_model(name.toStdString());
        QVERIFY(source.weights != nullptr);
        auto made = DifferentiableModel::make(source.config, *source.weights, DifferentiableModel::Precision::Float32);
        QVERIFY(made.ok());
        const auto file =
            io::SafetensorsFile::open_file(std::string(TIMBERLINE_FIXTURES) + "/" + name.toStdString() + "/expected.safetensors");
        QVERIFY(file.ok());
        const auto ids = *file->tensor("input_ids");
        std::vector<TokenId> tokens;
        for (std::int64_t i = 0; i < ids.elements(); ++i) {
            std::int64_t id = 0;
            std::memcpy(&id, ids.data + i * static_cast<std::int64_t>(sizeof id), sizeof id);
            tokens.push_back(static_cast<TokenId>(id));
        }
        const auto expected = *file->tensor("logits");
        std::vector<float> logits(static_cast<std::size_t>(expected.elements()));
        io::to_float32(expected, logits.data());
        const double difference = largest_difference((*made)->logits(tokens, ids.shape[0]).value(), logits);
        qInfo("largest difference %.2g", difference);
        // A bfloat16 folder's reference carries rotary frequencies rounded to bfloat16: an independent numpy forward with rounded
        // frequencies meets it within 4e-6, with float32 frequencies within 1e-2.
        QVERIFY(difference < 1e-3);
    }

    void damaged_weights_are_named_data()
    {
        QTest::addColumn<bool>("missing");
        QTest::addColumn<QString>("found");
        QTest::newRow("a missing tensor") << true << "is missing";
        QTest::newRow("a tensor with a row too few") << false << "[15, 24], expected [16, 24]";
    }
    void damaged_weights_are_named()
    {
        QFETCH(bool, missing);
        QFETCH(QString, found);
        const auto made =
            DifferentiableModel::make(tiny_llama(), DamagedWeights(tiny_llama(), missing), DifferentiableModel::Precision::Float32);
        QVERIFY(!made.ok());
        QCOMPARE(made.error().code, ErrorCode::BadFile);
        const auto message = QString::fromStdString(made.error().message);
        QVERIFY2(message.contains(found) && message.contains("model.layers.1.mlp.down_proj.weight"), qPrintable(message));
        QVERIFY(!made.error().hint.empty());
    }

    void wrong_tokens_are_refused_data()
    {
        QTest::addColumn<QList<int>>("tokens");
        QTest::addColumn<int>("batch");
        QTest::newRow("an id past the vocabulary") << QList<int>{1, 29} << 1;
        QTest::newRow("a negative id") << QList<int>{1, -1} << 1;
        QTest::newRow("sequences of unequal length") << QList<int>{1, 2, 3} << 2;
        QTest::newRow("no batch") << QList<int>{1, 2} << 0;
        QTest::newRow("one token has no next token") << QList<int>{1} << 1;
        QTest::newRow("more tokens than the context") << QList<int>(401, 1) << 1;
    }
    void wrong_tokens_are_refused()
    {
        QFETCH(QList<int>, tokens);
        QFETCH(int, batch);
        auto made = DifferentiableModel::make(tiny_llama(), DrawnWeights(tiny_llama()), DifferentiableModel::Precision::Float32);
        QVERIFY(made.ok());
        const std::vector<TokenId> ids(tokens.begin(), tokens.end());
        const auto loss = (*made)->loss_and_gradient(ids, batch);
        QVERIFY(!loss.ok());
        QCOMPARE(loss.error().code, ErrorCode::InvalidArgument);
        QVERIFY(!(*made)->gradient(0).ok());
    }

    void loading_can_be_cancelled()
    {
        const CancelToken cancel;
        cancel.cancel();
        const auto made =
            DifferentiableModel::make(tiny_llama(), DrawnWeights(tiny_llama()), DifferentiableModel::Precision::Float32, cancel);
        QVERIFY(!made.ok());
        QCOMPARE(made.error().code, ErrorCode::Cancelled);
    }
};

QTEST_APPLESS_MAIN(TestTensorDecoder)
#include "test_tensor_decoder.moc"
