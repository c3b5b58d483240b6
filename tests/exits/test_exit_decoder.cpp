// SPDX-License-Identifier: GPL-3.0-or-later
// Keys and values of skipped layers (methods, early exits, 1.7) and lenses (1.1), on every architecture: compared with the plain decoder on
// the same text.
#include "core/rules/sampling.h"
#include "tests/exits/exit_testing.h"

#include <algorithm>
#include <numeric>

using namespace timberline;
using namespace timberline::exits;
using namespace timberline::exits::testing;
using record::KvMode;
using record::KvSource;

namespace {

constexpr std::int64_t kCapacity = 40;

struct Subject {
    model::DecoderConfig config;
    std::shared_ptr<const model::Decoder> decoder;
    std::vector<TokenId> tokens;
};

Subject fetch_subject(std::int64_t silent_from = -1)
{
    QFETCH_GLOBAL(QString, model);
    const auto source = test_model(model.toStdString());
    Subject out;
    out.config = source.config;
    const SilentUpperBlocks silent(source.weights, silent_from);
    out.decoder = make_decoder(source.config, silent_from < 0 ? *source.weights : static_cast<const model::WeightProvider&>(silent));
    out.tokens = drawn_tokens(12, source.config.vocabulary, 5);
    return out;
}

}  // namespace

class TestExitDecoder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { add_models(); }

    void the_last_layer_of_the_lens_is_the_model()
    {
        const auto s = fetch_subject();
        const ExitLens lens(*s.decoder);
        const auto exits = make_exit_decoder(*s.decoder, lens, {.capacity = kCapacity});
        const auto fed = feed(*exits, s.config, s.tokens, std::vector<std::int64_t>(s.tokens.size(), 0));
        const auto expected = plain(*s.decoder, s.tokens);
        for (std::size_t i = 0; i < s.tokens.size(); ++i) {
            QVERIFY(fed[i].logits == expected.rows[i].logits);
            QCOMPARE(fed[i].exit, static_cast<std::int32_t>(s.config.layers));
            QCOMPARE(fed[i].rows.kl_final.back(), 0.0F);
        }
    }

    void a_fresh_tuned_lens_is_the_logit_lens()
    {
        const auto s = fetch_subject();
        const auto tuned = identity_lens(s.config);
        const ExitLens plain_lens(*s.decoder), fresh(*s.decoder, &tuned);
        const auto a = make_exit_decoder(*s.decoder, plain_lens, {.capacity = kCapacity});
        const auto b = make_exit_decoder(*s.decoder, fresh, {.capacity = kCapacity});
        for (std::int64_t layer = 1; layer <= s.config.layers; ++layer) {
            const auto x = feed(*a, s.config, {s.tokens[0]}, {layer});
            const auto y = feed(*b, s.config, {s.tokens[0]}, {layer});
            QVERIFY(x[0].logits == y[0].logits);
        }
    }

    void prefill_reads_what_steps_read()
    {
        const auto s = fetch_subject();
        const ExitLens lens(*s.decoder);
        const auto steps = make_exit_decoder(*s.decoder, lens, {.capacity = kCapacity});
        const auto fed = feed(*steps, s.config, s.tokens, std::vector<std::int64_t>(s.tokens.size(), 0));
        const auto batch = make_exit_decoder(*s.decoder, lens, {.capacity = kCapacity});
        auto rows = one_row(s.config);
        rows.resize(s.tokens.size());
        QVERIFY(batch->prefill(s.tokens, rows, 0, {}, {}).ok());
        for (std::size_t i = 0; i < s.tokens.size(); ++i) {
            for (std::size_t layer = 0; layer < static_cast<std::size_t>(s.config.layers); ++layer) {
                const std::size_t cell = rows.cell(i, layer);
                QCOMPARE(rows.top1[cell], fed[i].rows.top1[layer]);
                QCOMPARE(rows.entropy[cell], fed[i].rows.entropy[layer]);
                QCOMPARE(rows.kl_final[cell], fed[i].rows.kl_final[layer]);
                QVERIFY(layer == 0 ? std::isnan(rows.cosine[cell]) : rows.cosine[cell] == fed[i].rows.cosine[layer]);
            }
        }
        for (std::int64_t layer = 0; layer < s.config.layers; ++layer) {
            QVERIFY(rows_of_store(batch->store(), layer, 0, 12) == rows_of_store(steps->store(), layer, 0, 12));
        }
    }

    void never_leaving_is_plain_decoding_in_every_mode()
    {
        const auto s = fetch_subject();
        const ExitLens lens(*s.decoder);
        const auto expected = plain(*s.decoder, s.tokens);
        const Values never = {{"threshold", 1.0}, {"patience", std::int64_t{256}}, {"layer", std::int64_t{256}}};
        for (const auto mode : all_modes()) {
            for (const char* policy : {"confidence", "margin", "entropy", "saturation", "patience", "fixed-layer"}) {
                const auto exits = make_exit_decoder(*s.decoder, lens, {.kv_mode = mode, .capacity = kCapacity});
                auto rule = *rules::ExitRule::make(policy, never, facts_of(s.config));
                for (std::size_t i = 0; i < s.tokens.size(); ++i) {
                    auto row = one_row(s.config);
                    ExitStep step;
                    QVERIFY(exits->step(s.tokens[i], &rule, nullptr, 0, {}, row, 0, step, {}).ok());
                    QVERIFY2(step.logits == expected.rows[i].logits, policy);
                }
            }
        }
    }

    void silent_upper_blocks_make_propagation_exact()
    {
        const std::int64_t exit = 1;
        const auto s = fetch_subject(exit);
        const ExitLens lens(*s.decoder);
        const auto expected = plain(*s.decoder, s.tokens);
        for (const auto mode : {KvMode::Propagate, KvMode::Defer}) {
            const auto exits = make_exit_decoder(*s.decoder, lens, {.kv_mode = mode, .shadow = false, .capacity = kCapacity});
            std::vector<std::int64_t> leave(s.tokens.size(), exit);
            leave.back() = 0;
            feed(*exits, s.config, s.tokens, leave);
            for (std::int64_t layer = 0; layer < s.config.layers; ++layer) {
                QCOMPARE(exits->store().length(layer), std::int64_t{12});
                QVERIFY(rows_of_store(exits->store(), layer, 0, 12) == rows_of_store(*expected.store, layer, 0, 12));
            }
        }
    }

    void deferred_layers_are_those_of_the_full_model()
    {
        const auto s = fetch_subject();
        const ExitLens lens(*s.decoder);
        const auto expected = plain(*s.decoder, s.tokens);
        for (const bool shadow : {false, true}) {
            const auto exits = make_exit_decoder(*s.decoder, lens, {.kv_mode = KvMode::Defer, .shadow = shadow, .capacity = kCapacity});
            std::vector<std::int64_t> leave(s.tokens.size(), 1);
            for (std::size_t i = 0; i < leave.size(); i += 3) {
                leave[i] = std::min<std::int64_t>(2, s.config.layers);
            }
            leave.back() = 0;
            const auto fed = feed(*exits, s.config, s.tokens, leave);
            QVERIFY(fed.back().logits == expected.rows.back().logits);
            QVERIFY(s.config.layers == 1 || !fed.back().fills.empty());
            for (std::int64_t layer = 0; layer < s.config.layers; ++layer) {
                QVERIFY(rows_of_store(exits->store(), layer, 0, 12) == rows_of_store(*expected.store, layer, 0, 12));
            }
            // What the shadow saw above an exit is what the full model sees there.
            for (std::size_t i = 0; shadow && i < fed.size(); ++i) {
                QCOMPARE(fed[i].rows.top1.back(), rules::argmax(expected.rows[i].logits));
                QCOMPARE(fed[i].rows.known[0], static_cast<std::int32_t>(s.config.layers));
            }
        }
    }

    void oracle_keeps_the_full_model()
    {
        const auto s = fetch_subject();
        const ExitLens lens(*s.decoder);
        const auto expected = plain(*s.decoder, s.tokens);
        const auto exits = make_exit_decoder(*s.decoder, lens, {.kv_mode = KvMode::Oracle, .capacity = kCapacity});
        std::vector<std::int64_t> leave(s.tokens.size(), 1);
        leave.back() = 0;
        const auto fed = feed(*exits, s.config, s.tokens, leave);
        QVERIFY(fed.back().logits == expected.rows.back().logits);
        for (std::int64_t layer = 0; layer < s.config.layers; ++layer) {
            QVERIFY(rows_of_store(exits->store(), layer, 0, 12) == rows_of_store(*expected.store, layer, 0, 12));
        }
    }

    void lengths_and_tags_of_the_layers()
    {
        const auto s = fetch_subject();
        const ExitLens lens(*s.decoder);
        const auto layers = s.config.layers;
        const std::vector<std::int64_t> leave = {0, 1, 1, std::min<std::int64_t>(2, layers), 1};
        const std::vector<TokenId> tokens(s.tokens.begin(), s.tokens.begin() + 5);
        for (const auto mode : all_modes()) {
            const auto exits = make_exit_decoder(*s.decoder, lens, {.kv_mode = mode, .shadow = false, .capacity = kCapacity});
            const auto fed = feed(*exits, s.config, tokens, leave);
            for (std::int64_t layer = 0; layer < layers; ++layer) {
                const auto index = static_cast<std::size_t>(layer);
                std::int64_t present = 0;
                for (std::size_t i = 0; i < tokens.size(); ++i) {
                    const bool ran = layer < fed[i].exit;
                    present += ran ? 1 : 0;
                    QCOMPARE(exits->is_hole(layer, static_cast<std::int64_t>(i)), mode == KvMode::Mask && !ran);
                    const auto skipped = mode == KvMode::Propagate ? KvSource::Propagated
                                         : mode == KvMode::Copy    ? KvSource::Copied
                                         : mode == KvMode::Defer   ? KvSource::Pending
                                         : mode == KvMode::Mask    ? KvSource::Absent
                                                                   : KvSource::Computed;
                    QVERIFY(fed[i].rows.source[index] == (ran ? KvSource::Computed : skipped));
                }
                std::int64_t holes = 0;
                for (std::int64_t i = 0; i < 5; ++i) {
                    holes += exits->is_hole(layer, i) ? 1 : 0;
                }
                if (mode == KvMode::Mask) {
                    QCOMPARE(5 - holes, present);  // a layer holds the tokens whose exit it does not lie above
                } else if (mode == KvMode::Defer) {
                    const std::int64_t deepest = layer == 0 ? 5 : layer < 2 && layers > 2 ? 4 : layer < layers ? (layers == 2 ? 4 : 1) : 0;
                    QCOMPARE(exits->store().length(layer), deepest);
                } else {
                    QCOMPARE(exits->store().length(layer), std::int64_t{5});
                }
            }
        }
    }

    void copies_are_the_exit_layers_own()
    {
        const auto s = fetch_subject();
        const ExitLens lens(*s.decoder);
        const auto exits = make_exit_decoder(*s.decoder, lens, {.kv_mode = KvMode::Copy, .capacity = kCapacity});
        feed(*exits, s.config, {s.tokens[0], s.tokens[1]}, {0, 1});
        for (std::int64_t layer = 1; layer < s.config.layers; ++layer) {
            QVERIFY(rows_of_store(exits->store(), layer, 1, 2) == rows_of_store(exits->store(), 0, 1, 2));
        }
    }

    void the_shadow_changes_nothing()
    {
        const auto s = fetch_subject();
        const ExitLens lens(*s.decoder);
        std::vector<std::int64_t> leave(s.tokens.size(), 1);
        leave[5] = leave[9] = 0;
        for (const auto mode : all_modes()) {
            const auto with = make_exit_decoder(*s.decoder, lens, {.kv_mode = mode, .shadow = true, .capacity = kCapacity});
            const auto without = make_exit_decoder(*s.decoder, lens, {.kv_mode = mode, .shadow = false, .capacity = kCapacity});
            const auto blind = make_exit_decoder(*s.decoder, lens, {.kv_mode = mode, .display = false, .capacity = kCapacity});
            const auto a = feed(*with, s.config, s.tokens, leave);
            const auto b = feed(*without, s.config, s.tokens, leave);
            const auto c = feed(*blind, s.config, s.tokens, leave);
            for (std::size_t i = 0; i < s.tokens.size(); ++i) {
                QVERIFY(a[i].logits == b[i].logits && a[i].logits == c[i].logits);
                QCOMPARE(b[i].rows.known[0], mode == KvMode::Oracle ? static_cast<std::int32_t>(s.config.layers) : a[i].exit);
            }
        }
    }

    void shifting_all_positions_changes_nothing()
    {
        const auto s = fetch_subject();
        if (s.config.position != model::PositionKind::Rotary) {
            QSKIP("learned positions are not relative");
        }
        const ExitLens lens(*s.decoder);
        std::vector<std::int64_t> leave(s.tokens.size(), 1);
        leave[4] = leave[11] = 0;
        for (const auto mode : all_modes()) {
            const auto here = make_exit_decoder(*s.decoder, lens, {.kv_mode = mode, .shadow = false, .capacity = kCapacity});
            const auto there =
                make_exit_decoder(*s.decoder, lens, {.kv_mode = mode, .shadow = false, .capacity = kCapacity, .first_position = 17});
            const auto a = feed(*here, s.config, s.tokens, leave);
            const auto b = feed(*there, s.config, s.tokens, leave);
            for (std::size_t i = 0; i < s.tokens.size(); ++i) {
                const double off = largest_difference(a[i].logits, b[i].logits);
                QVERIFY2(off < 1e-4, qPrintable(QString("%1 at token %2").arg(off).arg(i)));
            }
        }
    }

    void keys_without_attention_check_what_they_are_given()
    {
        const auto s = fetch_subject();
        const auto store = s.decoder->make_store(2);
        const std::vector<float> rows(static_cast<std::size_t>(3 * s.config.hidden), .5F);
        const auto first = std::span<const float>(rows).first(static_cast<std::size_t>(s.config.hidden));
        const auto write = [&](std::int64_t from, std::int64_t to, std::span<const float> values) {
            return s.decoder->write_keys_values(from, to, {}, values, *store, {});
        };
        QVERIFY(!write(0, s.config.layers + 1, first).ok());
        QVERIFY(!write(-1, 1, first).ok());
        QVERIFY(!write(0, 1, first.first(first.size() - 1)).ok());
        QVERIFY(!write(0, 1, rows).ok());  // three rows, room for two
        QCOMPARE(store->length(0), std::int64_t{0});
        QVERIFY(write(1, s.config.layers, first).ok());
        QCOMPARE(store->length(0), std::int64_t{0});
        QCOMPARE(store->length(s.config.layers - 1), std::int64_t{1});
    }

    void a_token_too_many_is_an_error()
    {
        const auto s = fetch_subject();
        const ExitLens lens(*s.decoder);
        const auto exits = make_exit_decoder(*s.decoder, lens, {.capacity = 1});
        auto row = one_row(s.config);
        ExitStep step;
        QVERIFY(exits->step(s.tokens[0], nullptr, nullptr, 0, {}, row, 0, step, {}).ok());
        QVERIFY(!exits->step(s.tokens[0], nullptr, nullptr, 0, {}, row, 0, step, {}).ok());
    }

    void a_cancel_is_an_answer()
    {
        const auto s = fetch_subject();
        const ExitLens lens(*s.decoder);
        const CancelToken cancel;
        cancel.cancel();
        const auto exits = make_exit_decoder(*s.decoder, lens, {.capacity = kCapacity});
        auto rows = one_row(s.config);
        rows.resize(12);
        ExitStep step;
        QVERIFY(exits->prefill(s.tokens, rows, 0, {}, cancel).error().code == ErrorCode::Cancelled);
        QVERIFY(exits->step(s.tokens[0], nullptr, nullptr, 0, {}, rows, 0, step, cancel).error().code == ErrorCode::Cancelled);
    }
};

QTEST_APPLESS_MAIN(TestExitDecoder)
#include "test_exit_decoder.moc"
