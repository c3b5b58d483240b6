// SPDX-License-Identifier: GPL-3.0-or-later
// PEARL: drafting while verifying.
#include "tests/decoding/player_helpers.h"

#include "core/base/compute_threads.h"
#include "core/base/thread_pool.h"
#include "core/decoding/parallel_lanes.h"
#include "core/decoding/round_player.h"

#include <QtTest/QtTest>

#include <any>
#include <atomic>
#include <chrono>
#include <functional>
#include <stdexcept>
#include <thread>

using namespace timberline;
using namespace timberline::test;

namespace {

/// A decoder whose forwards, while held, end only when they are cancelled.
class HeldDecoder final : public model::Decoder
{
public:
    explicit HeldDecoder(std::shared_ptr<const model::Decoder> decoder) : decoder_(std::move(decoder)) {}

    [[nodiscard]] const model::DecoderConfig& config() const noexcept override { return decoder_->config(); }
    [[nodiscard]] std::unique_ptr<model::KvStore> make_store(std::int64_t capacity) const override
    {
        return decoder_->make_store(capacity);
    }
    [[nodiscard]] Status forward(const model::ForwardInput& input, model::KvStore& store, model::ForwardOutput& out,
                                 const CancelToken& cancel) const override
    {
        if (hold) {
            ++inside;
            while (!cancel.cancelled()) {
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            }
            --inside;
        }
        return decoder_->forward(input, store, out, cancel);
    }
    [[nodiscard]] Status forward_layers(std::int64_t first, std::int64_t last, const model::ForwardInput& input, std::span<float> hidden,
                                        model::KvStore& store, const CancelToken& cancel) const override
    {
        return decoder_->forward_layers(first, last, input, hidden, store, cancel);
    }
    [[nodiscard]] Status embed(std::span<const TokenId> tokens, std::span<const std::int64_t> positions,
                               std::span<float> hidden) const override
    {
        return decoder_->embed(tokens, positions, hidden);
    }
    void read_out(std::span<const float> hidden, std::span<float> logits, std::span<float> normed) const override
    {
        decoder_->read_out(hidden, logits, normed);
    }
    [[nodiscard]] std::int64_t weight_bytes() const noexcept override { return decoder_->weight_bytes(); }
    [[nodiscard]] double flops_per_token(std::int64_t visible) const noexcept override { return decoder_->flops_per_token(visible); }

    mutable std::atomic<bool> hold{false};
    mutable std::atomic<int> inside{0};

private:
    std::shared_ptr<const model::Decoder> decoder_;
};

ModelPtr held(const ModelPtr& inner)
{
    auto out = std::make_shared<model::LanguageModel>(*inner);
    out->decoder = std::make_shared<HeldDecoder>(inner->decoder);
    return out;
}

const HeldDecoder& decoder_of(const ModelPtr& language_model)
{
    return static_cast<const HeldDecoder&>(*language_model->decoder);
}

Result<std::unique_ptr<decoding::RoundPlayer>> player(const ModelPtr& large, const ModelPtr& small)
{
    const auto chosen = method("decode controller", "pearl");
    const auto* factory = std::any_cast<decoding::PlayerFactory>(&methods().find("decode controller", "pearl").value()->factory);
    return (*factory)({.target = large, .draft = small, .heads = {}, .context = 64}, chosen.values);
}

/// What a round needs beside the player.
struct Desk {
    explicit Desk(const ModelPtr& large) : store(large->decoder->make_store(64)) { sampling.temperature = 0; }
    [[nodiscard]] decoding::RoundContext context(const CancelToken& cancel)
    {
        decoding::RoundContext out;
        out.committed = kLawPrompt;
        out.sampling = &sampling;
        out.room = 32;
        out.target_store = store.get();
        out.cancel = cancel;
        return out;
    }
    std::unique_ptr<model::KvStore> store;
    record::Sampling sampling;
};

}  // namespace

Q_DECLARE_METATYPE(Values)

class TestPearl : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(target() && draft());
        m_reference = read_reference(TIMBERLINE_FIXTURES);
        QCOMPARE(m_reference.prompts.size(), std::size_t{12});
    }

    void pearlWritesThePlainGreedyText_data()
    {
        QTest::addColumn<Values>("values");
        QTest::addColumn<int>("prompts");
        QTest::newRow("blocks of 4 on two threads") << Values{} << kPrompts;
        for (const std::int64_t length : {1, 2, 3, 5, 6, 7, 8, 16}) {
            QTest::addRow("blocks of %d", static_cast<int>(length))
                << Values{{"block_length", length}, {"overlap", std::string("simulated")}} << 1;
        }
        QTest::newRow("without pre-verify") << Values{{"pre_verify", false}} << std::min(kPrompts, 2);
        QTest::newRow("without post-verify") << Values{{"post_verify", false}} << std::min(kPrompts, 2);
        QTest::newRow("without both") << Values{{"pre_verify", false}, {"post_verify", false}} << std::min(kPrompts, 2);
        QTest::newRow("blocks by the declared cost") << Values{{"length", std::string("cost-ratio")}, {"draft_cost", 0.2}} << 1;
    }
    void pearlWritesThePlainGreedyText()
    {
        QFETCH(Values, values);
        QFETCH(int, prompts);
        for (int i = 0; i < prompts; ++i) {
            const auto& prompt = m_reference.prompts[static_cast<std::size_t>(i)];
            auto work = job(target(), draft(), prompt.ids, static_cast<std::int64_t>(prompt.greedy_new.size()));
            work.instrumented = i == 0;  // a run that nobody records matches tokens without laws
            QCOMPARE(ids_of(work, with("pearl", values)), prompt.greedy_new);
        }
    }

    void pearlRecordsEachDraftedTokenOnceAndBothLanes_data()
    {
        QTest::addColumn<Values>("values");
        QTest::addColumn<double>("temperature");
        for (const double temperature : {0.0, 1.0}) {
            QTest::addRow("as published, temperature %g", temperature) << Values{} << temperature;
            QTest::addRow("simulated, temperature %g", temperature) << Values{{"overlap", std::string("simulated")}} << temperature;
            QTest::addRow("without pre-verify, temperature %g", temperature) << Values{{"pre_verify", false}} << temperature;
            QTest::addRow("without post-verify, temperature %g", temperature) << Values{{"post_verify", false}} << temperature;
        }
    }
    void pearlRecordsEachDraftedTokenOnceAndBothLanes()
    {
        QFETCH(Values, values);
        QFETCH(double, temperature);
        const auto work = job(target(), draft(), kPrompt, 32);
        const auto run = decode(work, with("pearl", values, temperature));
        QVERIFY(run.ok());
        QCOMPARE(finish_of(*run.value()).reason, std::string("length"));
        double carried = 0;
        std::int32_t committed = static_cast<std::int32_t>(kPrompt.size());
        double clock = 0;
        for (const record::Round* round : record::rounds(*run.value())) {
            const QString fault = own_fault(*round, 4096);
            QVERIFY2(fault.isEmpty(), qPrintable(QString("round %1: %2").arg(round->index).arg(fault)));
            QVERIFY(round->lossless);
            QCOMPARE(round->committed_before, committed);
            committed += round->kept;
            const auto& numbers = round->statistics;
            const bool pre = numbers.at("mode") == 0;
            const bool without_pre = values.contains("pre_verify");
            // The root and the tokens that waited are what the target read; pre-verify has none waiting.
            QCOMPARE(round->target_laws.rows, round->target_tokens);
            QVERIFY(!pre || round->target_tokens == 1);
            if (carried > 0 || !without_pre) {
                QCOMPARE(round->target_tokens, 1 + static_cast<std::int32_t>(carried));
            }
            // A round without an extra token passes its block on, any other revokes it.
            if (round->next_node >= 0) {
                QCOMPARE(numbers.at("carried"), 0.0);
            } else {
                QCOMPARE(numbers.at("discarded"), 0.0);
            }
            carried = numbers.at("carried");
            QVERIFY(numbers.at("draft_t1_ms") >= numbers.at("draft_t0_ms"));
            QVERIFY(numbers.at("verify_t1_ms") > numbers.at("verify_t0_ms"));
            QVERIFY(numbers.at("verify_t0_ms") + 1e-9 >= clock);
            QVERIFY(numbers.at("overlapped_ms") > 0);
            clock = round->started_ms;
            for (const auto& node : round->nodes) {
                if (node.state == NodeState::Accepted || node.state == NodeState::Rejected) {
                    QVERIFY(node.p >= 0 && node.q > 0 && node.test_order >= 0);
                }
            }
        }
    }

    void pearlDoesNotDependOnTiming()
    {
        for (const double temperature : {0.0, 1.0}) {
            const auto work = job(target(), draft(), kPrompt, 32);
            const auto first = decode(work, with("pearl", {}, temperature));
            const auto second = decode(work, with("pearl", {}, temperature));
            const auto simulated = decode(work, with("pearl", {{"overlap", std::string("simulated")}}, temperature));
            QVERIFY(first.ok() && second.ok() && simulated.ok());
            std::string difference;
            QVERIFY2(record::equal_but_times(*first.value(), *second.value(), &difference), difference.c_str());
            const auto a = record::rounds(*first.value());
            const auto b = record::rounds(*simulated.value());
            QCOMPARE(a.size(), b.size());
            for (std::size_t i = 0; i < a.size(); ++i) {
                QCOMPARE(a[i]->path, b[i]->path);
                QCOMPARE(a[i]->nodes.size(), b[i]->nodes.size());
                for (std::size_t node = 0; node < a[i]->nodes.size(); ++node) {
                    QCOMPARE(a[i]->nodes[node].token, b[i]->nodes[node].token);
                    QCOMPARE(a[i]->nodes[node].state, b[i]->nodes[node].state);
                }
            }
            auto unrecorded = work;
            unrecorded.instrumented = false;
            QCOMPARE(ids_of(unrecorded, with("pearl", {}, temperature)), record::generated_ids(*first.value()));
        }
    }

    void pearlFollowsTheTargetsLaw_data()
    {
        QTest::addColumn<Values>("values");
        for (const std::int64_t length : {1, 2, 3}) {
            QTest::addRow("blocks of %d", static_cast<int>(length))
                << Values{{"block_length", length}, {"overlap", std::string("simulated")}};
        }
        QTest::newRow("without pre-verify") << Values{
            {"block_length", std::int64_t{2}}, {"pre_verify", false}, {"overlap", std::string("simulated")}};
        QTest::newRow("without post-verify") << Values{
            {"block_length", std::int64_t{2}}, {"post_verify", false}, {"overlap", std::string("simulated")}};
        QTest::newRow("a draft of another temperature")
            << Values{{"block_length", std::int64_t{2}}, {"draft_temperature", 1.7}, {"overlap", std::string("simulated")}};
    }
    void pearlFollowsTheTargetsLaw()
    {
        QFETCH(Values, values);
        const auto large = tiny_model(kLawVocabulary, 1);
        const auto small = tiny_model(kLawVocabulary, 2);
        const auto chosen = with("pearl", values, 1);
        const Law law = three_tokens(*large->decoder, chosen.sampling);
        std::vector<std::int64_t> counts(law.size(), 0);
        auto work = job(large, small, kLawPrompt, 3);
        work.instrumented = false;
        for (int i = 0; i < kLawRuns; ++i) {
            work.seed = static_cast<std::uint64_t>(i) + 1;
            const auto ids = ids_of(work, chosen);
            QCOMPARE(ids.size(), std::size_t{3});
            ++counts[static_cast<std::size_t>((ids[0] * kLawVocabulary + ids[1]) * kLawVocabulary + ids[2])];
        }
        const double z = chi_square_z(counts, law, kLawRuns);
        QVERIFY2(z < kOneInThousand, qPrintable(QString::number(z)));
    }

    void cancellingWhileBothLanesRunEndsThem()
    {
        const auto large = held(tiny_model(kLawVocabulary, 1));
        const auto small = held(tiny_model(kLawVocabulary, 2));
        auto fresh = player(large, small);
        QVERIFY(fresh.ok());
        QVERIFY(fresh.value()->begin(kLawPrompt, {}).ok());
        Desk desk(large);
        const auto expected = fresh.value()->play(desk.context({}), 0);
        QVERIFY(expected.ok());

        auto made = player(large, small);
        QVERIFY(made.ok());
        QVERIFY(made.value()->begin(kLawPrompt, {}).ok());
        for (int time = 0; time < 3; ++time) {
            desk = Desk(large);
            CancelToken cancel;
            std::chrono::steady_clock::time_point cancelled;
            decoder_of(large).hold = true;
            decoder_of(small).hold = true;
            std::thread hand([&] {
                // Neither lane ends before it is cancelled: both are inside only when
                // they run at once.
                while (decoder_of(large).inside == 0 || decoder_of(small).inside == 0) {
                    std::this_thread::sleep_for(std::chrono::milliseconds(1));
                }
                cancelled = std::chrono::steady_clock::now();
                cancel.cancel();
            });
            const auto stopped = made.value()->play(desk.context(cancel), 0);
            const auto ended = std::chrono::steady_clock::now();
            hand.join();
            QVERIFY(!stopped.ok());
            QCOMPARE(stopped.error().code, ErrorCode::Cancelled);
            QCOMPARE(decoder_of(large).inside.load() + decoder_of(small).inside.load(), 0);
            QVERIFY2(ended - cancelled < std::chrono::milliseconds(100),
                     qPrintable(QString("%1 ms").arg(std::chrono::duration<double, std::milli>(ended - cancelled).count())));

            decoder_of(large).hold = false;
            decoder_of(small).hold = false;
            desk = Desk(large);
            QVERIFY(made.value()->begin(kLawPrompt, {}).ok());
            const auto again = made.value()->play(desk.context({}), 0);
            QVERIFY(again.ok());
            QCOMPARE(again->tree.token, expected->tree.token);
            QCOMPARE(again->outcome.verdict.path, expected->outcome.verdict.path);
            QCOMPARE(again->outcome.verdict.next, expected->outcome.verdict.next);
        }
    }

    void lanesRunAtOnce()
    {
        decoding::ParallelLanes lanes;
        const auto here = std::this_thread::get_id();
        std::thread::id beside;
        long first = 0;
        long second = 0;
        for (int time = 0; time < 300; ++time) {
            if (time % 100 == 99) {
                std::this_thread::sleep_for(std::chrono::milliseconds(5));  // the other thread sleeps by now
            }
            // Each waits for the other to have begun: only lanes that run at once get
            // through.
            std::atomic<int> begun{0};
            const auto meet = [&begun] {
                ++begun;
                while (begun < 2) {
                    std::this_thread::yield();
                }
            };
            std::thread::id ran;
            const auto times = lanes.run(
                [&]() -> Status {
                    meet();
                    ran = std::this_thread::get_id();
                    ++first;
                    return {};
                },
                [&]() -> Status {
                    meet();
                    ++second;
                    return {};
                },
                true);
            QVERIFY(times.ok());
            QVERIFY(times->second_begin < times->first_end && times->first_begin < times->second_end);
            QVERIFY(ran != here);
            QVERIFY(time == 0 || ran == beside);  // one thread for all of them
            beside = ran;
        }
        QCOMPARE(first, 300L);
        QCOMPARE(second, 300L);
        std::thread::id ran;
        const auto note = [&ran]() -> Status {
            ran = std::this_thread::get_id();
            return {};
        };
        const auto one = lanes.run(
            note, [] { return Status(); }, false);
        QVERIFY(one.ok());
        QVERIFY(ran == here);
        QVERIFY(one->second_begin >= one->first_end);
        const decoding::ParallelLanes unused;
    }

    void parallelLoopsOfALaneStayOnItsThread()
    {
        const int before = compute_threads();
        set_compute_threads(2);
        decoding::ParallelLanes lanes;
        std::atomic<int> strangers{0};
        const auto loop = [&strangers]() -> Status {
            const auto own = std::this_thread::get_id();
            for (int i = 0; i < 50; ++i) {
                ThreadPool::instance().parallel_for(
                    64, 1, [&](std::int64_t, std::int64_t) { strangers += std::this_thread::get_id() == own ? 0 : 1; });
            }
            return {};
        };
        const bool ran = lanes.run(loop, loop, true).ok();
        set_compute_threads(before);
        QVERIFY(ran);
        QCOMPARE(strangers.load(), 0);
    }

    void lanesEndTogether_data()
    {
        QTest::addColumn<bool>("firstFails");
        QTest::addColumn<bool>("throws");
        QTest::newRow("the first lane fails") << true << false;
        QTest::newRow("the second lane fails") << false << false;
        QTest::newRow("the first lane throws") << true << true;
        QTest::newRow("the second lane throws") << false << true;
    }
    void lanesEndTogether()
    {
        QFETCH(bool, firstFails);
        QFETCH(bool, throws);
        decoding::ParallelLanes lanes;
        bool done = false;
        const std::function<Status()> slow = [&]() -> Status {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            done = true;
            return {};
        };
        const std::function<Status()> ends = [throws]() -> Status {
            if (throws) {
                throw std::runtime_error("no");
            }
            return make_error(ErrorCode::Cancelled, "stopped");
        };
        const auto& first = firstFails ? ends : slow;
        const auto& second = firstFails ? slow : ends;
        for (int time = 0; time < 2; ++time) {  // the thread outlives the failure
            done = false;
            if (throws) {
                QVERIFY_EXCEPTION_THROWN((void)lanes.run(first, second, true), std::runtime_error);
            } else {
                const auto run = lanes.run(first, second, true);
                QVERIFY(!run.ok());
                QCOMPARE(run.error().code, ErrorCode::Cancelled);
            }
            QVERIFY(done);
        }
        const auto both = lanes.run([] { return Status(make_error(ErrorCode::BadFile, "first")); },
                                    [] { return Status(make_error(ErrorCode::Cancelled, "second")); }, true);
        QCOMPARE(both.error().message, std::string("first"));
    }

    void changingToAndFromPearlKeepsTheText()
    {
        const auto& prompt = m_reference.prompts[0];
        const auto work = job(target(), draft(), prompt.ids, static_cast<std::int64_t>(prompt.greedy_new.size()));
        ScriptedDirector director(with("pearl"));
        director.changes[3] = settings("draft-model-chain", {{"draft_length", std::int64_t{3}}});
        director.changes[6] = with("pearl", {{"block_length", std::int64_t{2}}});
        director.changes[8] = with("pearl", {{"block_length", std::int64_t{6}}});
        director.changes[9] = with("pearl", {{"block_length", std::int64_t{6}}, {"post_verify", false}});
        director.changes[12] = settings("plain");
        director.forced[1] = 1;
        const auto run = decode(work, director);
        QVERIFY(run.ok());
        QCOMPARE(record::generated_ids(*run.value()), prompt.greedy_new);
        QVERIFY(record::rounds(*run.value()).size() > 12);
        const bool noted = std::ranges::any_of(run.value()->events, [](const record::Event& event) {
            const auto* note = std::get_if<record::Note>(&event.payload);
            return note != nullptr && note->text.find("no node can be forced") != std::string::npos;
        });
        QVERIFY(noted);
    }

private:
    Reference m_reference;
};

QTEST_APPLESS_MAIN(TestPearl)
#include "test_pearl.moc"
