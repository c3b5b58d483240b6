// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/law_provider.h"

#include <QElapsedTimer>
#include <QTest>

#include <cmath>

using namespace timberline;

namespace {

/// A round with one rejected child, laws given as logarithms of p = (.4,.3,.2,.1) and q = (.1,.2,.3,.4).
record::Record sampledRecord(record::DrawKind kind, TokenId rejected)
{
    record::Record record;
    record::RunStarted started;
    started.vocabulary = 4;
    started.prompt = {0};
    started.sampling.temperature = 1;
    record.events.push_back({started});
    record::Round round;
    round.nodes.resize(2);
    round.nodes[0].state = record::NodeState::Root;
    round.nodes[0].child_kind = kind;
    round.nodes[1].parent = 0;
    round.nodes[1].depth = 1;
    round.nodes[1].token = rejected;
    round.nodes[1].state = record::NodeState::Rejected;
    round.nodes[1].test_order = 0;
    round.path = {0};
    round.committed_before = 1;
    const std::vector<float> p = {0.4F, 0.3F, 0.2F, 0.1F};
    const std::vector<float> q = {0.1F, 0.2F, 0.3F, 0.4F};
    const auto rows = [](const std::vector<float>& law, int count) {
        record::LawRows out;
        out.kind = record::LawRows::Kind::Full;
        out.vocabulary = 4;
        out.rows = count;
        for (int i = 0; i < count; ++i) {
            for (const float value : law) {
                out.logits.push_back(std::log(value));
            }
        }
        return out;
    };
    round.target_laws = rows(p, 2);
    round.draft_laws = rows(q, 1);
    round.draft_row = {0, -1};
    record.events.push_back({round});
    return record;
}

}  // namespace

class TestLawProvider : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void lawsAndResidual_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<QVector<double>>("residual");
        // norm([p - q]+) = (.3,.1,0,0)/.4; a point mass at token 3 leaves p without token 3: (.4,.3,.2)/.9.
        QTest::addRow("sampled child") << static_cast<int>(record::DrawKind::WithoutReplacement) << QVector<double>{0.75, 0.25, 0, 0};
        QTest::addRow("point-mass child") << static_cast<int>(record::DrawKind::PointMass) << QVector<double>{4.0 / 9, 3.0 / 9, 2.0 / 9, 0};
    }

    void lawsAndResidual()
    {
        QFETCH(int, kind);
        QFETCH(QVector<double>, residual);
        const auto record = sampledRecord(static_cast<record::DrawKind>(kind), 3);
        const auto& round = std::get<record::Round>(record.events[1].payload);
        record::Sampling sampling;
        sampling.temperature = 1;
        const auto law = app::law_at(record, round, 0, 1, sampling);
        QVERIFY(qAbs(law.target[0] - 0.4F) < 1e-6F);
        QVERIFY(qAbs(law.draft[3] - 0.4F) < 1e-6F);
        QCOMPARE(law.residual.size(), std::size_t{4});
        for (int i = 0; i < 4; ++i) {
            QVERIFY2(qAbs(static_cast<double>(law.residual[static_cast<std::size_t>(i)]) - residual[i]) < 1e-6,
                     qPrintable(QString::number(i)));
        }
        // Entropy of (.4,.3,.2,.1) in nats: 1.2798542…
        QVERIFY(qAbs(law.targetEntropy - 1.2798542258336676) < 1e-6);
    }

    void temperatureChangesTheLawWithoutTheModel()
    {
        const auto record = sampledRecord(record::DrawKind::WithoutReplacement, 3);
        const auto& round = std::get<record::Round>(record.events[1].payload);
        record::Sampling sampling;
        sampling.temperature = 2;
        // Temperature 2 is the square root, normalised.
        const double sum = std::sqrt(.4) + std::sqrt(.3) + std::sqrt(.2) + std::sqrt(.1);
        QVERIFY(qAbs(static_cast<double>(app::law_at(record, round, 0, -1, sampling).target[0]) - std::sqrt(.4) / sum) < 1e-6);
        sampling.temperature = 0;
        QCOMPARE(app::law_at(record, round, 0, -1, sampling).target[0], 1.0F);
    }

    void missingLawsAreEmpty()
    {
        auto record = sampledRecord(record::DrawKind::WithoutReplacement, 3);
        auto& round = std::get<record::Round>(record.events[1].payload);
        round.target_laws = {};
        round.draft_laws = {};
        const auto law = app::law_at(record, round, 0, 1, {});
        QVERIFY(law.target.empty() && law.draft.empty() && law.residual.empty());
        QVERIFY(app::law_at(record, round, 99, -1, {}).target.empty());
    }

    void redrawFitsAFrame()
    {
        record::Record record;
        record::RunStarted started;
        started.vocabulary = 4096;
        started.prompt = {0};
        record.events.push_back({started});
        record::Round round;
        round.nodes.resize(1);
        round.path = {0};
        round.target_laws.kind = record::LawRows::Kind::Full;
        round.target_laws.vocabulary = 4096;
        round.target_laws.rows = 1;
        for (int i = 0; i < 4096; ++i) {
            round.target_laws.logits.push_back(static_cast<float>((i * 7919) % 4096) * 0.005F);
        }
        record.events.push_back({round});
        record::Sampling sampling;
        sampling.temperature = 0.8;
        sampling.top_k = 40;
        sampling.top_p = 0.9;
        QElapsedTimer timer;
        timer.start();
        for (int i = 0; i < 20; ++i) {
            (void)app::law_at(record, std::get<record::Round>(record.events[1].payload), 0, -1, sampling);
        }
        qInfo("redraw of a 4,096-token law: %.3f ms (aim 50 ms)", static_cast<double>(timer.nsecsElapsed()) / 20e6);
        QVERIFY(timer.elapsed() < 20 * 50);
    }
};

QTEST_APPLESS_MAIN(TestLawProvider)
#include "test_law_provider.moc"
