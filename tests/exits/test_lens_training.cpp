// SPDX-License-Identifier: GPL-3.0-or-later
// The tuned lens: training lowers the divergence on text it has not seen, and a damaged file is refused by name.
#include "core/base/files.h"
#include "core/base/random.h"
#include "core/exits/lens_training.h"
#include "core/io/safetensors.h"
#include "core/run/engine.h"
#include "core/run/exits_lens.h"
#include "tests/exits/exit_testing.h"

#include <QtTest/QtTest>

#include <QTemporaryDir>

#include <cmath>
#include <numeric>

using namespace timberline;
using namespace timberline::exits;
using namespace timberline::exits::testing;

namespace {

double mean_below_the_last(const std::vector<double>& divergence)
{
    return std::accumulate(divergence.begin(), divergence.end() - 1, 0.0) / static_cast<double>(divergence.size() - 1);
}

std::vector<std::vector<TokenId>> texts_of(const Json& reference, std::size_t first, std::size_t last)
{
    std::vector<std::vector<TokenId>> out;
    for (std::size_t i = first; i < last; ++i) {
        const auto& prompt = reference.at("prompts").at(i);
        auto text = prompt.at("ids").get<std::vector<TokenId>>();
        const auto more = prompt.at("greedy_new").get<std::vector<TokenId>>();
        text.insert(text.end(), more.begin(), more.end());
        out.push_back(std::move(text));
    }
    return out;
}

}  // namespace

class TestLensTraining : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void training_lowers_the_divergence_on_unseen_text_data()
    {
        QTest::addColumn<bool>("warm");
        QTest::newRow("from the logit lens") << false;
        QTest::newRow("from least squares") << true;
    }
    void training_lowers_the_divergence_on_unseen_text()
    {
        QFETCH(bool, warm);
        const auto reference = Json::parse(*read_file(std::string(TIMBERLINE_FIXTURES) + "/reference.json"));
        const auto model = model::load_language_model("bundled:tale", "cpu");
        QVERIFY(model.ok());
        const auto& decoder = *(*model)->decoder;
        const auto rows = read_lens_rows(decoder, texts_of(reference, 0, 9), 600, {});
        const auto unseen = read_lens_rows(decoder, texts_of(reference, 9, 12), 200, {});
        QVERIFY(rows.ok() && unseen.ok());
        QCOMPARE(rows->tokens, std::int64_t{600});
        const auto weights = model::file_weights((*model)->folder.config, (*model)->folder.weights);
        LensTraining training;
        training.steps = 15;
        training.batch = 96;
        training.warm_start = warm;
        std::vector<double> losses;
        const auto lens =
            train_lens(decoder.config(), **weights, *rows, training, [&](std::int64_t, double loss) { losses.push_back(loss); }, {});
        QVERIFY2(lens.ok(), lens.ok() ? "" : lens.error().message.c_str());
        QCOMPARE(losses.size(), std::size_t{15});
        const auto before = lens_divergence(decoder, ExitLens(decoder), *unseen, {});
        const auto after = lens_divergence(decoder, ExitLens(decoder, &*lens), *unseen, {});
        QCOMPARE(before->back(), 0.0);
        QCOMPARE(after->back(), 0.0);
        qInfo("mean KL on unseen text: logit lens %.4f, tuned %.4f nats", mean_below_the_last(*before), mean_below_the_last(*after));
        QVERIFY(mean_below_the_last(*after) < mean_below_the_last(*before));
    }

    void least_squares_find_an_affine_map()
    {
        // The last layer's rows are an affine map of the first layer's: the start alone reads them out exactly.
        auto config = tiny_llama();
        const DrawnWeights weights(config);
        const auto decoder = make_decoder(config, weights);
        const std::int64_t d = config.hidden, tokens = 300;
        LensRows rows{.layers = 2, .hidden = d, .tokens = tokens, .rows = {{}, {}}};
        const auto draw = [](std::int64_t a, std::int64_t b, std::uint32_t what) {
            return static_cast<float>(uniform({.seed = 9,
                                               .purpose = RandomPurpose::Test,
                                               .round = what,
                                               .position = static_cast<std::uint32_t>(a),
                                               .sibling = static_cast<std::uint32_t>(b)}) -
                                      .5);
        };
        for (std::int64_t t = 0; t < tokens; ++t) {
            for (std::int64_t i = 0; i < d; ++i) {
                rows.rows[0].push_back(4 * draw(t, i, 0));
            }
            for (std::int64_t o = 0; o < d; ++o) {
                float sum = 3 * draw(o, 0, 1);
                for (std::int64_t i = 0; i < d; ++i) {
                    sum += draw(o, i, 2) * rows.rows[0][static_cast<std::size_t>(t * d + i)];
                }
                rows.rows[1].push_back(sum);
            }
        }
        LensTraining training;
        training.steps = 0;
        const auto lens = train_lens(config, weights, rows, training, {}, {});
        QVERIFY(lens.ok());
        const auto before = lens_divergence(*decoder, ExitLens(*decoder), rows, {});
        const auto after = lens_divergence(*decoder, ExitLens(*decoder, &*lens), rows, {});
        QVERIFY2((*before)[0] > .1 && (*after)[0] < 1e-3, qPrintable(QString("%1 %2").arg((*before)[0]).arg((*after)[0])));
    }

    void the_same_seed_trains_the_same_lens()
    {
        const auto config = tiny_llama();
        const DrawnWeights weights(config);
        const auto decoder = make_decoder(config, weights);
        const auto rows = read_lens_rows(*decoder, {drawn_tokens(60, config.vocabulary, 1)}, 60, {});
        LensTraining training;
        training.steps = 5;
        const auto a = train_lens(config, weights, *rows, training, {}, {}), b = train_lens(config, weights, *rows, training, {}, {});
        QVERIFY(a->weights == b->weights && a->biases == b->biases);
        training.seed = 2;
        QVERIFY(train_lens(config, weights, *rows, training, {}, {})->weights != a->weights);
        training.steps = 0;
        training.warm_start = false;
        QVERIFY(train_lens(config, weights, *rows, training, {}, {})->weights == identity_lens(config).weights);
    }

    void a_lens_comes_back_from_its_file()
    {
        const auto source = test_model("llama-gqa");
        auto lens = identity_lens(source.config);
        lens.weights[0][3] = .5F;
        lens.biases[0][1] = -2;
        QTemporaryDir folder;
        const auto path = folder.filePath("lens.safetensors").toStdString();
        QVERIFY(save_lens(lens, path).ok());
        const auto read = load_lens(path, source.config);
        QVERIFY2(read.ok(), read.ok() ? "" : read.error().message.c_str());
        QVERIFY(read->weights == lens.weights && read->biases == lens.biases);
        // Read out: U N(h + A h + b).
        const auto decoder = make_decoder(source.config, *source.weights);
        const auto d = static_cast<std::size_t>(source.config.hidden);
        std::vector<float> hidden(d), moved(d);
        for (std::size_t i = 0; i < d; ++i) {
            hidden[i] = moved[i] = static_cast<float>(i % 5) - 1.5F;
        }
        moved[0] += .5F * hidden[3];
        moved[1] += -2;
        std::vector<float> expected(static_cast<std::size_t>(source.config.vocabulary)), got(expected.size());
        decoder->read_out(moved, expected);
        ExitLens(*decoder, &*read).read(1, hidden, got);
        QVERIFY(largest_difference(got, expected) < 1e-5);
    }

    void damaged_lens_files_are_refused_data()
    {
        QTest::addColumn<int>("damage");
        QTest::addColumn<QString>("says");
        QTest::newRow("no file") << 0 << "lens.safetensors";
        QTest::newRow("text instead of tensors") << 1 << "lens.safetensors";
        QTest::newRow("cut off in the middle") << 2 << "lens.safetensors";
        QTest::newRow("another width") << 3 << "translator.1.weight";
        QTest::newRow("a missing layer") << 4 << "translator.";
        QTest::newRow("a layer too many") << 5 << "more translators";
        QTest::newRow("numbers that are not finite") << 6 << "not finite";
        QTest::newRow("a folder") << 7 << "lens.safetensors";
    }
    void damaged_lens_files_are_refused()
    {
        QFETCH(int, damage);
        QFETCH(QString, says);
        const auto source = test_model("llama-gqa");
        QTemporaryDir folder;
        const auto path = folder.filePath("lens.safetensors").toStdString();
        auto lens = identity_lens(source.config);
        if (damage == 3) {
            auto narrow = source.config;
            narrow.hidden /= 2;
            lens = identity_lens(narrow);
        } else if (damage == 4) {
            lens.weights.pop_back();
            lens.biases.pop_back();
        } else if (damage == 5) {
            lens.weights.push_back(lens.weights.front());
            lens.biases.push_back(lens.biases.front());
        } else if (damage == 6) {
            lens.weights[0][7] = std::numeric_limits<float>::quiet_NaN();
        }
        if (damage == 1) {
            QVERIFY(write_file(path, std::string_view("this is no lens")).ok());
        } else if (damage == 7) {
            QVERIFY(QDir().mkpath(QString::fromStdString(path)));
        } else if (damage > 1) {
            QVERIFY(save_lens(lens, path).ok());
        }
        if (damage == 2) {
            const auto content = *read_file(path);
            QVERIFY(write_file(path, std::string_view(content).substr(0, content.size() / 2)).ok());
        }
        const auto read = load_lens(path, source.config);
        QVERIFY(!read.ok());
        QVERIFY2(QString::fromStdString(read.error().message).contains(says), read.error().message.c_str());
        QVERIFY(!read.error().hint.empty());
    }

    void a_one_layer_model_has_nothing_to_translate()
    {
        auto config = tiny_llama();
        config.layers = 1;
        const DrawnWeights weights(config);
        const auto decoder = make_decoder(config, weights);
        const auto rows = read_lens_rows(*decoder, {drawn_tokens(8, config.vocabulary, 1)}, 8, {});
        const auto lens = train_lens(config, weights, *rows, {}, {}, {});
        QVERIFY(lens.ok() && lens->weights.empty());
        QTemporaryDir folder;
        const auto path = folder.filePath("lens.safetensors").toStdString();
        QVERIFY(save_lens(*lens, path).ok());
        const auto read = load_lens(path, config);
        QVERIFY2(read.ok(), read.ok() ? "" : read.error().message.c_str());
    }

    void too_little_and_too_much_text()
    {
        const auto config = tiny_llama();
        const DrawnWeights weights(config);
        const auto decoder = make_decoder(config, weights);
        for (const auto& text : {std::vector<TokenId>{3}, {3, 4}}) {
            const auto rows = read_lens_rows(*decoder, {text}, 8, {});
            const auto refused = train_lens(config, weights, *rows, {}, {}, {});
            QVERIFY(!refused.ok());
            QVERIFY2(QString::fromStdString(refused.error().message).contains("expected at least 3"), refused.error().message.c_str());
        }
        const auto three = read_lens_rows(*decoder, {{3, 4, 5}}, 8, {});
        QVERIFY(train_lens(config, weights, *three, {}, {}, {}).ok());
        QVERIFY(!read_lens_rows(*decoder, {{3}}, std::int64_t{1} << 40, {}).ok());
        const CancelToken cancel;
        cancel.cancel();
        const auto some = read_lens_rows(*decoder, {drawn_tokens(8, config.vocabulary, 1)}, 8, {});
        QVERIFY(train_lens(config, weights, *some, {}, {}, cancel).error().code == ErrorCode::Cancelled);
        QVERIFY(lens_divergence(*decoder, ExitLens(*decoder), *some, cancel).error().code == ErrorCode::Cancelled);
    }

    void rows_that_are_all_the_same_keep_the_start()
    {
        // One token over and over: least squares have nothing to fit.
        const auto config = tiny_llama();
        const DrawnWeights weights(config);
        LensRows rows{.layers = config.layers, .hidden = config.hidden, .tokens = 8, .rows = {}};
        rows.rows.assign(static_cast<std::size_t>(config.layers), std::vector<float>(static_cast<std::size_t>(8 * config.hidden), .5F));
        LensTraining training;
        training.steps = 0;
        const auto lens = train_lens(config, weights, rows, training, {}, {});
        QVERIFY2(lens.ok(), lens.ok() ? "" : lens.error().message.c_str());
        QVERIFY(lens->weights == identity_lens(config).weights);
    }

    void too_many_tokens_are_refused_before_any_is_written()
    {
        // 2^30 numbers in 12 layers of 256: 349,525 tokens.
        const auto model = model::load_language_model("bundled:tale", "cpu");
        QVERIFY(check_lens_tokens((*model)->folder.config, 349525).ok());
        QVERIFY(!check_lens_tokens((*model)->folder.config, 349526).ok());
        QTemporaryDir folder;
        const auto engine = run::make_engine();
        Json json = {{"timberline", 1}, {"bench", "exits"}, {"prompt", "Once"}, {"max_new_tokens", 4}};
        json["exits"] = {{"lens", "tuned"},
                         {"lens_path", folder.filePath("lens.safetensors").toStdString()},
                         {"train_lens", true},
                         {"lens_tokens", 349526}};
        NullSink sink;
        QElapsedTimer timer;
        timer.start();
        const auto refused = engine->run(*run::parse_config(json, engine->methods(), "test"), {}, sink);
        QVERIFY(!refused.ok());
        QVERIFY2(QString::fromStdString(refused.error().message).contains("4 GiB"), refused.error().message.c_str());
        QVERIFY2(timer.elapsed() < 10000, "it wrote the text first");
    }

    void every_piece_of_a_file_begins_as_a_prompt_does_data()
    {
        QTest::addColumn<bool>("led");
        QTest::newRow("a model whose prompts begin with BOS") << true;
        QTest::newRow("a model without") << false;
    }
    void every_piece_of_a_file_begins_as_a_prompt_does()
    {
        QFETCH(bool, led);
        const auto loaded = model::load_language_model("bundled:tale", "cpu");
        QVERIFY(loaded.ok());
        auto model = **loaded;
        model.folder.add_bos_token = led;
        std::string text;
        for (int i = 0; i < 120; ++i) {
            text += "Once upon a time there was a king who had " + std::to_string(i) + " sons.\n";
        }
        QTemporaryDir folder;
        const auto path = folder.filePath("text.txt").toStdString();
        QVERIFY(write_file(path, text).ok());
        const auto pieces = run::lens_texts(model, path, 600);
        QVERIFY(pieces.ok());
        QCOMPARE(pieces->size(), std::size_t{3});
        std::vector<TokenId> joined;
        for (const auto& piece : *pieces) {
            QCOMPARE(piece.size(), std::size_t{256});
            QCOMPARE(piece.front() == *model.folder.bos_id, led);
            joined.insert(joined.end(), piece.begin() + (led ? 1 : 0), piece.end());
        }
        // Nothing of the text is lost or said twice.
        const auto whole = *model.folder.tokenizer->encode(text, false);
        QVERIFY(whole.size() > joined.size() && std::equal(joined.begin(), joined.end(), whole.begin()));
    }

    void a_config_trains_writes_and_uses_a_lens()
    {
        QTemporaryDir folder;
        const auto path = folder.filePath("tale-lens.safetensors").toStdString();
        const auto engine = run::make_engine();
        const auto config = [&](bool train) {
            Json json = {{"timberline", 1}, {"bench", "exits"}, {"prompt", "Once"}, {"max_new_tokens", 4}};
            json["exits"] = {{"lens", "tuned"}, {"lens_path", path}, {"train_lens", train},
                             {"lens_steps", 2}, {"lens_tokens", 64}, {"lens_batch", 32}};
            return *run::parse_config(json, engine->methods(), "test");
        };
        NullSink sink;
        const auto missing = engine->run(config(false), {}, sink);
        QVERIFY(!missing.ok());
        const auto trained = engine->run(config(true), {}, sink);
        QVERIFY2(trained.ok(), trained.ok() ? "" : trained.error().message.c_str());
        const auto used = engine->run(config(false), {}, sink);
        QVERIFY2(used.ok(), used.ok() ? "" : used.error().message.c_str());
        const auto a = record::ExitFold::of(**trained), b = record::ExitFold::of(**used);
        QCOMPARE(a.readings().entropy, b.readings().entropy);
        QCOMPARE(a.run()->lens, std::string("tuned"));
        auto nameless = config(true);
        nameless.settings["lens_path"] = std::string();
        QVERIFY(QString::fromStdString(engine->run(nameless, {}, sink).error().message).contains("lens_path"));
    }
};

QTEST_APPLESS_MAIN(TestLensTraining)
#include "test_lens_training.moc"
