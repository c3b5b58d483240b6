// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/jobs/engine_loader.h"
#include "app/window/attention_bench.h"
#include "core/rules/attention_edits.h"
#include "widgets/attention/attention_inspector.h"
#include "widgets/attention/cell_view.h"
#include "widgets/attention/effect_view.h"
#include "widgets/attention/entropy_map_view.h"
#include "widgets/attention/head_view.h"
#include "widgets/attention/intervention_bar.h"
#include "widgets/attention/rollout_view.h"
#include "widgets/theme/theme.h"

#include <QComboBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QScrollArea>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTest>
#include <QToolButton>
#include <QUndoStack>

#include <cmath>

using namespace timberline;
using namespace timberline::widgets;
using app::RunSession;

namespace {

/// The Attention bench with the real engine and the bundled model, as the window puts it together.
struct Bench {
    app::JobHost jobs{[] { return app::load_engine(); }};
    RecordModel model;
    SelectionModel selection;
    RunSession session{&jobs, &model, nullptr, "attention"};
    app::AttentionBench bench{{&session, &model, &selection, &jobs}};
    QString error;

    Bench()
    {
        QObject::connect(&session, &RunSession::failed, [this](const QString& message) { error = message; });
        jobs.start();
        bench.resize(1000, 800);
        bench.show();
    }
    bool settle()
    {
        return QTest::qWaitFor([this] { return jobs.engineReady() && session.activity() == RunSession::Activity::Idle && !jobs.busy(); },
                               60000);
    }
    bool run(const QString& prompt, int tokens)
    {
        if (!settle()) {
            return false;
        }
        run::Config config = session.config();
        config.bench = "attention";
        config.model = "bundled:tale";
        config.prompt = prompt.toStdString();
        config.max_new_tokens = tokens;
        session.setConfig(config);
        session.run();
        return settle() && error.isEmpty();
    }
};

}  // namespace

class TestAttentionWindow : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        qputenv("TIMBERLINE_CORE", QByteArray(TIMBERLINE_BINARY_FOLDER) + "/../lib/libtimberline_core.so");
        ThemeManager::instance().setReduceMotion(true);
        ThemeManager::instance().attach(qApp);
    }

    void runLookSwitchOffUndo()
    {
        Bench desk;
        QVERIFY2(desk.run(QStringLiteral("Once upon a time there was a king"), 6), qPrintable(desk.error));
        auto* attention = desk.bench.attention();
        QCOMPARE(attention->layers(), 12);
        QCOMPARE(attention->heads(), 8);
        QCOMPARE(attention->kvHeads(), 4);
        desk.bench.selectSomething();
        QVERIFY(desk.settle());
        auto* head = desk.bench.headView();
        QCOMPARE(head->state(), ViewState::Data);
        // The map that came back says what the record says about the same row.
        const int last = attention->positions() - 1;
        double entropy = 0, sum = 0;
        for (int key = 0; key <= last; ++key) {
            const double weight = head->tiles().value(MapTiles::Value::Weight, last, key);
            sum += weight;
            entropy -= weight > 0 ? weight * std::log(weight) : 0;
        }
        QVERIFY(std::abs(sum - 1) < 1e-4);
        QVERIFY(std::abs(entropy - attention->rowValue(HeadStatistic::Entropy, head->layer(), head->head(), last)) < 1e-4);
        // The cell, as asked for by the selection.
        auto* cell = static_cast<AttentionInspector*>(desk.bench.inspector())->cell();
        QVERIFY2(cell->cell().has_value(), qPrintable(cell->stateText()));
        QCOMPARE(cell->cell()->query, last);
        QVERIFY(std::abs(cell->cell()->weight - head->tiles().value(MapTiles::Value::Weight, last, head->key())) < 1e-4);

        // Off: an effect beside the unchanged model, without another run.
        auto* bar = desk.bench.interventions();
        bar->offButton()->click();
        QCOMPARE(QString::fromStdString(std::get<std::string>(desk.session.config().settings.at("edits"))), bar->text());
        QVERIFY(desk.settle());
        QVERIFY2(attention->effect() != nullptr, qPrintable(desk.bench.effect()->stateText()));
        QVERIFY(attention->mark(head->layer(), head->head()).factor == 0);
        QVERIFY(std::isfinite(attention->effect()->signal_to_noise_db));
        QVERIFY(attention->effect()->base_perplexity != attention->effect()->edited_perplexity);
        QVERIFY(std::abs(attention->effect()->base_perplexity - attention->perplexity()) < 1e-2 * attention->perplexity());
        QCOMPARE(desk.bench.tabs()->currentWidget(), desk.bench.effect());
        QVERIFY(head->tiles().hasBase());
        // Undo: as if nothing had been.
        bar->undoStack()->undo();
        QVERIFY(desk.settle());
        QVERIFY(attention->effect() == nullptr);
        QVERIFY(!attention->anyMark());
        bar->undoStack()->redo();
        QVERIFY(desk.settle());
        QVERIFY(attention->effect() != nullptr);
        // A run with the edit records it; the effect is then the record's own.
        desk.session.run();
        QVERIFY(desk.settle());
        QVERIFY2(desk.error.isEmpty(), qPrintable(desk.error));
        QCOMPARE(attention->setup()->edits.size(), std::size_t{1});
        QVERIFY(attention->effect() != nullptr);
    }

    void keysUndoAndRedo()
    {
        Bench desk;
        QVERIFY2(desk.run(QStringLiteral("The wolf said"), 2), qPrintable(desk.error));
        desk.bench.selectSomething();
        QVERIFY(QTest::qWaitForWindowActive(&desk.bench));
        auto* bar = desk.bench.interventions();
        bar->toggleOff(3, 1);
        QVERIFY(desk.settle());
        desk.bench.headView()->setFocus();
        QTest::keyClick(desk.bench.headView(), Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(bar->text(), QString());
        QTest::keyClick(desk.bench.headView(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(bar->text(), QStringLiteral("ablate 3.1"));
        QVERIFY(desk.settle());
    }

    void boxesGoAsFarAsEdits()
    {
        Bench desk;
        auto* bar = desk.bench.interventions();
        const auto reads = [](const char* what, double value) {
            return rules::parse_attention_edits(QStringLiteral("%1 0.0 %2").arg(QLatin1String(what)).arg(value).toStdString()).ok();
        };
        for (const double sign : {-1.0, 1.0}) {
            const double most = sign < 0 ? bar->factorBox()->minimum() : bar->factorBox()->maximum();
            QVERIFY(reads("scale", most) && !reads("scale", most + sign));
        }
        QVERIFY(reads("temperature", bar->temperatureBox()->maximum()) && !reads("temperature", bar->temperatureBox()->maximum() + 1));
        QVERIFY(reads("temperature", bar->temperatureBox()->minimum()));
        QCOMPARE(bar->temperatureBox()->minimum(), 0.001);
        QCOMPARE(bar->temperatureBox()->decimals(), 3);
    }

    void aValueOfTheVariantVoidsWhatWasComputed()
    {
        Bench desk;
        QVERIFY2(desk.run(QStringLiteral("The wolf said"), 2), qPrintable(desk.error));
        desk.bench.selectSomething();
        QCOMPARE(desk.session.choose("variant", "entropy-guided-attention"), QString());
        QVERIFY(desk.settle());
        auto* attention = desk.bench.attention();
        auto* head = desk.bench.headView();
        auto* cell = static_cast<AttentionInspector*>(desk.bench.inspector())->cell();
        const int last = attention->positions() - 1;
        // Temperature 1 is the model's own attention; at 50 every key weighs nearly the same.
        QVERIFY(attention->effect() != nullptr && head->tiles().has(last) && cell->cell().has_value());
        const double before = attention->effect()->edited_perplexity;
        const double scale = cell->cell()->scale;
        QCOMPARE(desk.session.edit("temperature", ParameterValue(50.0)), QString());
        QVERIFY(desk.settle());
        QVERIFY(attention->effect() != nullptr && attention->effect()->edited_perplexity != before);
        for (int key = 0; key <= last; ++key) {
            QVERIFY(std::abs(head->tiles().value(MapTiles::Value::Weight, last, key) * (last + 1) - 1) < 0.5);
        }
        QVERIFY(cell->cell().has_value());
        QVERIFY(std::abs(cell->cell()->scale - scale / 50) < 1e-9);
        // A run with it says the same, and what it says itself is not asked for again.
        desk.session.run();
        QVERIFY(desk.settle());
        QVERIFY(attention->effect() != nullptr && !attention->effectAnswered());
    }

    void keptMapsAreShownForTheRunsOwnEdits()
    {
        Bench desk;
        QVERIFY(desk.settle());
        run::Config config = desk.session.config();
        config.settings["keep_maps"] = std::int64_t{64};
        config.settings["edits"] = std::string("ablate 2.0");
        desk.session.setConfig(config);
        QVERIFY2(desk.run(QStringLiteral("The wolf said"), 2), qPrintable(desk.error));
        desk.bench.selectSomething();
        QVERIFY(desk.settle());
        auto* head = desk.bench.headView();
        const auto select = [&](int layer, int at) {
            Selected selected = desk.selection.current();
            selected.layer = layer;
            selected.head = at;
            desk.selection.select(selected);
        };
        // As the record ran: without a model to ask, what it keeps stands there.
        QVERIFY(head->tiles().hasBase());
        select(7, 3);
        QCOMPARE(head->state(), ViewState::Busy);
        head->mapFailed(QStringLiteral("no model"), QStringLiteral("open one"));
        QCOMPARE(head->state(), ViewState::Partial);
        QVERIFY(!head->tiles().empty());
        QVERIFY(desk.settle());
        // No edits: the kept maps are not those of the unchanged model, though no base is wanted.
        desk.bench.interventions()->clear();
        QVERIFY(desk.settle());
        select(8, 2);
        QVERIFY(head->tiles().empty());
        QCOMPARE(head->state(), ViewState::Busy);
        QVERIFY(desk.settle());
        QCOMPARE(head->state(), ViewState::Data);
    }

    void bitsAreAToggle()
    {
        Bench desk;
        auto* bits = desk.bench.findChild<QToolButton*>(QStringLiteral("attention-bits"));
        QVERIFY(bits != nullptr && !bits->isChecked());
        bits->click();
        QCOMPARE(desk.bench.overview()->unit(), EntropyUnit::Bits);
        bits->click();
        QCOMPARE(desk.bench.overview()->unit(), EntropyUnit::Nats);
    }

    void everyHeadCanBeSwapped()
    {
        Bench desk;
        QVERIFY2(desk.run(QStringLiteral("The wolf said"), 2), qPrintable(desk.error));
        auto* box = desk.bench.interventions()->variantBox();
        QVERIFY(box->count() > 3);
        for (int i = 1; i < box->count(); ++i) {
            desk.bench.interventions()->setVariant(3, 1, box->itemData(i).toString());
            QVERIFY(desk.settle());
            QVERIFY2(desk.error.isEmpty(), qPrintable(desk.error));
            const auto* effect = desk.bench.attention()->effect();
            QVERIFY2(effect != nullptr, qPrintable(box->itemText(i) + desk.bench.effect()->stateText()));
            QCOMPARE(desk.bench.attention()->mark(3, 1).variant, box->itemData(i).toString());
        }
    }

    /// Pictures for people, when $TIMBERLINE_PICTURES names a folder.
    void pictures()
    {
        const QString folder = qEnvironmentVariable("TIMBERLINE_PICTURES");
        if (folder.isEmpty()) {
            QSKIP("TIMBERLINE_PICTURES names no folder");
        }
        QDir().mkpath(folder);
        Bench desk;
        QVERIFY2(
            desk.run(QStringLiteral("Once upon a time there was a king who had three sons, and the king said to his sons that the"), 24),
            qPrintable(desk.error));
        desk.bench.selectSomething();
        QVERIFY(desk.settle());
        const QSize sizes[] = {QSize(680, 600), QSize(1120, 860)};
        for (const QString& name : {QStringLiteral("light"), QStringLiteral("dark")}) {
            ThemeManager::instance().setTheme(name);
            for (const QSize& size : sizes) {
                desk.bench.resize(size);
                const auto save = [&](const QString& what) {
                    QVERIFY(desk.settle());
                    QTest::qWait(30);
                    desk.bench.grab().save(QStringLiteral("%1/%2-%3-%4.png").arg(folder, name).arg(size.width()).arg(what));
                };
                desk.bench.tabs()->setCurrentIndex(0);
                save(QStringLiteral("bench"));
                desk.bench.tabs()->setCurrentIndex(1);
                save(QStringLiteral("curves"));
                desk.bench.tabs()->setCurrentIndex(3);
                desk.bench.headView()->setStyle(HeadView::Style::Arcs);
                save(QStringLiteral("rollout"));
                desk.bench.headView()->setStyle(HeadView::Style::Heat);
                desk.bench.interventions()->toggleOff(0, 1);
                desk.bench.interventions()->setTemperature(5, 2, 2);
                desk.bench.overview()->setCells(EntropyMapView::Cells::Maps);
                desk.bench.headView()->setValue(MapTiles::Value::Difference);
                save(QStringLiteral("effect"));
                desk.bench.interventions()->clear();
                desk.bench.overview()->setCells(EntropyMapView::Cells::Auto);
            }
            auto* inspector = desk.bench.inspector();
            inspector->setParent(nullptr);
            inspector->resize(300, 900);
            inspector->grab().save(QStringLiteral("%1/%2-inspector.png").arg(folder, name));
        }
        ThemeManager::instance().setTheme(QStringLiteral("light"));
    }
};

QTEST_MAIN(TestAttentionWindow)
#include "test_attention_window.moc"
