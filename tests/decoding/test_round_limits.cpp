// SPDX-License-Identifier: GPL-3.0-or-later
// Where a run ends: end tokens, the context, cancellation, and jobs that cannot begin.
#include "tests/decoding/round_checks.h"

#include "core/decoding/drafter.h"

#include <QTemporaryDir>
#include <QtTest/QtTest>

#include <algorithm>
#include <any>
#include <chrono>
#include <thread>

using namespace timberline;
using namespace timberline::test;

Q_DECLARE_METATYPE(decoding::RoundSettings)

namespace {

#ifdef TIMBERLINE_SANITIZED
constexpr std::size_t kMegabytes = 1;
constexpr double kMostMs = 3000;
#else
constexpr std::size_t kMegabytes = 8;
constexpr double kMostMs = 100;
#endif

}  // namespace

class TestRoundLimits : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(target() && draft()); }

    void anEndTokenInsideTheTreeEndsTheText()
    {
        auto work = job(target(), draft(), kPrompt, 64);
        const auto values = settings("draft-model-tree");
        const auto free = decode(work, values);
        QVERIFY(free.ok());
        bool inside = false;
        bool extra = false;
        for (const record::Round* round : record::rounds(*free.value())) {
            // Each token of the run in turn becomes the end token: some were accepted drafts, some extra tokens.
            for (std::size_t step = 1; step <= round->path.size(); ++step) {
                const bool is_extra = step == round->path.size();
                const TokenId stop = is_extra ? round->next : round->nodes[static_cast<std::size_t>(round->path[step])].token;
                const auto ids = record::generated_ids(*free.value());
                const auto end = std::find(ids.begin(), ids.end(), stop);
                work.stop_ids = {stop};
                const auto run = decode(work, values);
                QVERIFY(run.ok());
                QCOMPARE(finish_of(*run.value()).reason, std::string("stop-token"));
                QCOMPARE(record::generated_ids(*run.value()), std::vector<TokenId>(ids.begin(), end + 1));
                const record::Round* last = record::rounds(*run.value()).back();
                QVERIFY2(fault_in(*last).isEmpty(), qPrintable(fault_in(*last)));
                inside = inside || last->next_node < 0;
                extra = extra || last->next_node >= 0;
                if (last->next_node < 0) {
                    QCOMPARE(last->nodes[static_cast<std::size_t>(last->path.back())].token, stop);
                    QCOMPARE(last->kept, static_cast<std::int32_t>(last->path.size()) - 1);
                }
            }
            if (round->index >= 4) {
                break;
            }
        }
        QVERIFY(inside && extra);
    }

    void theContextEndsTheText_data()
    {
        QTest::addColumn<decoding::RoundSettings>("settings");
        QTest::addRow("plain") << settings("plain");
        QTest::addRow("a chain") << settings("draft-model-chain", {{"draft_length", std::int64_t{7}}});
        QTest::addRow("a dynamic tree") << settings("draft-model-tree");
        QTest::addRow("a listed tree") << settings("draft-model-tree", {{"shape", std::string("top-k")}});
    }
    void theContextEndsTheText()
    {
        QFETCH(decoding::RoundSettings, settings);
        const ModelPtr small = tiny_model(32, 3, 3, 24);
        const ModelPtr other = tiny_model(32, 4, 3, 24);
        const ModelPtr shorter = tiny_model(32, 4, 3, 12);  // a draft model that cannot see as far as the target
        QVERIFY(small && other && shorter);
        const auto plain = decode(job(small, nullptr, {1, 2, 3}, 100), test::settings("plain"));
        QVERIFY(plain.ok());
        for (const ModelPtr& drafting : {other, small, shorter}) {
            const auto run = decode(job(small, drafting, {1, 2, 3}, 100), settings);
            QVERIFY(run.ok());
            QCOMPARE(finish_of(*run.value()).reason, std::string("context"));
            QCOMPARE(record::generated_ids(*run.value()).size(), std::size_t{21});  // 24 positions less a prompt of 3
            QCOMPARE(record::generated_ids(*run.value()), record::generated_ids(*plain.value()));
            for (const record::Round* round : record::rounds(*run.value())) {
                for (std::int32_t i = 0; i < round->target_tokens; ++i) {
                    QVERIFY(round->committed_before - 1 + round->nodes[static_cast<std::size_t>(i)].depth < 24);
                }
            }
        }
    }

    void aPromptThatFillsTheContextWritesNothing()
    {
        const ModelPtr small = tiny_model(32, 3, 3, 8);
        const auto run = decode(job(small, nullptr, {1, 2, 3, 4, 5, 6, 7, 8}, 5), settings("plain"));
        QVERIFY(run.ok());
        QCOMPARE(finish_of(*run.value()).reason, std::string("context"));
        QVERIFY(record::generated_ids(*run.value()).empty());
    }

    void cancellingKeepsWhatWasDone()
    {
        ScriptedDirector director(settings("draft-model-tree"));
        const CancelToken cancel;
        director.before = [&cancel](std::int32_t round) {
            if (round == 3) {
                cancel.cancel();
            }
        };
        const auto run = decode(job(target(), draft(), kPrompt, 64), director, cancel);
        QVERIFY(run.ok());
        QCOMPARE(finish_of(*run.value()).reason, std::string("cancelled"));
        QCOMPARE(record::rounds(*run.value()).size(), std::size_t{3});
    }

    void cancellingBeforeTheFirstRoundIsAnError()
    {
        ScriptedDirector director(settings("plain"));
        const CancelToken cancel;
        cancel.cancel();
        const auto run = decode(job(target(), draft(), kPrompt, 8), director, cancel);
        QVERIFY(!run.ok());
        QCOMPARE(run.error().code, ErrorCode::Cancelled);
    }

    void badJobsAreErrors_data()
    {
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("drafter");
        QTest::addColumn<QString>("says");
        QTest::addRow("no prompt") << "empty"
                                   << "plain"
                                   << "no tokens";
        QTest::addRow("a token outside the vocabulary") << "token"
                                                        << "plain"
                                                        << "4096";
        QTest::addRow("a negative token") << "negative"
                                          << "plain"
                                          << "-1";
        QTest::addRow("a prompt longer than the context") << "long"
                                                          << "plain"
                                                          << "513";
        QTest::addRow("a chain without a draft model") << "draft"
                                                       << "draft-model-chain"
                                                       << "draft model";
        QTest::addRow("a tree without a draft model") << "draft"
                                                      << "draft-model-tree"
                                                      << "draft model";
        QTest::addRow("a draft of another vocabulary") << "pair"
                                                       << "draft-model-chain"
                                                       << "vocabulary of 32";
    }
    void badJobsAreErrors()
    {
        QFETCH(QString, what);
        QFETCH(QString, drafter);
        QFETCH(QString, says);
        auto work = job(target(), draft(), kPrompt, 8);
        if (what == "empty") {
            work.prompt.clear();
        } else if (what == "token") {
            work.prompt.push_back(4096);
        } else if (what == "negative") {
            work.prompt.push_back(-1);
        } else if (what == "long") {
            work.prompt.assign(513, 5);
        } else if (what == "draft") {
            work.draft = nullptr;
        } else if (what == "pair") {
            work.draft = tiny_model(32, 3);
        }
        const auto run = decode(work, settings(drafter.toStdString()));
        QVERIFY(!run.ok());
        QVERIFY2(QString::fromStdString(run.error().message).contains(says), run.error().message.c_str());
        QVERIFY(!run.error().hint.empty());
    }

    void readingACorpusCanBeCancelled()
    {
        const QTemporaryDir folder;
        const auto path = folder.filePath("corpus.txt").toStdString();
        std::string words;
        for (int i = 0; words.size() < (kMegabytes << 20); ++i) {
            words += "there lived a king " + std::to_string(i * 7919 % 10007) + (i % 9 == 0 ? ".\n" : " ");
        }
        QVERIFY(write_file(path, words).ok());
        const auto chosen = method("drafter", "ngram-cache", {{"corpus", path}});
        const auto* factory = std::any_cast<decoding::DrafterFactory>(&methods().find("drafter", "ngram-cache").value()->factory);
        const auto drafter = (*factory)({.target = target(), .draft = nullptr, .heads = {}, .context = 64}, chosen.values);
        QVERIFY(drafter.ok());
        const CancelToken cancel;
        std::chrono::steady_clock::time_point cancelled;
        std::thread hand([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            cancelled = std::chrono::steady_clock::now();
            cancel.cancel();
        });
        const auto begun = drafter.value()->begin(kPrompt, cancel);
        const auto ended = std::chrono::steady_clock::now();
        hand.join();
        QVERIFY(!begun.ok());
        QCOMPARE(begun.error().code, ErrorCode::Cancelled);
        const double ms = std::chrono::duration<double, std::milli>(ended - cancelled).count();
        QVERIFY2(ms < kMostMs, qPrintable(QString::number(ms)));
    }
};

QTEST_APPLESS_MAIN(TestRoundLimits)
#include "test_round_limits.moc"
