// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/method_card.h"
#include "widgets/panels/parameter_editor.h"
#include "widgets/panels/parameter_panel.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QSignalSpy>
#include <QSlider>
#include <QSpinBox>
#include <QTest>
#include <QWheelEvent>

using namespace timberline;
using namespace timberline::widgets;

namespace {

std::vector<Hyperparameter> declarations()
{
    return {{.key = "draft_length",
             .label = "Draft length",
             .unit = "tokens",
             .help = "How far",
             .type = ParameterType::Int,
             .default_value = std::int64_t{4},
             .minimum = 0,
             .maximum = 16},
            {.key = "temperature",
             .label = "Temperature",
             .unit = "",
             .help = "How warm",
             .type = ParameterType::Real,
             .default_value = 0.5,
             .minimum = 0,
             .maximum = 2},
            {.key = "rate",
             .label = "Rate",
             .unit = "",
             .help = "How fast",
             .type = ParameterType::Real,
             .default_value = 0.01,
             .minimum = 1e-4,
             .maximum = 1,
             .scale = Scale::Logarithmic},
            {.key = "shape",
             .label = "Shape",
             .unit = "",
             .help = "Which",
             .type = ParameterType::Choice,
             .default_value = std::string("b"),
             .choices = {"a", "b", "c"}},
            {.key = "on", .label = "On", .unit = "", .help = "Whether", .type = ParameterType::Bool, .default_value = true},
            {.key = "branching",
             .label = "Branching",
             .unit = "",
             .help = "How wide",
             .type = ParameterType::IntList,
             .default_value = std::vector<std::int64_t>{3, 2},
             .minimum = 1,
             .maximum = 8,
             .minimum_length = 1,
             .maximum_length = 6}};
}

}  // namespace

class TestParameterPanel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyTypeHasAControlWithItsValue()
    {
        ParameterPanel panel;
        panel.setDeclarations(declarations(), {{"draft_length", std::int64_t{7}}});
        QCOMPARE(panel.editor("draft_length")->findChild<QSpinBox*>()->value(), 7);
        QCOMPARE(panel.editor("temperature")->findChild<QDoubleSpinBox*>()->value(), 0.5);
        QCOMPARE(panel.editor("shape")->findChild<QComboBox*>()->currentData().toString(), QStringLiteral("b"));
        QVERIFY(panel.editor("on")->findChild<QCheckBox*>()->isChecked());
        QCOMPARE(panel.editor("branching")->findChild<QLineEdit*>()->text(), QStringLiteral("3,2"));
        QCOMPARE(panel.values().size(), std::size_t{6});
    }

    void anEditIsToldOnce()
    {
        ParameterPanel panel;
        panel.setDeclarations(declarations(), {});
        QSignalSpy edited(&panel, &ParameterPanel::valueEdited);
        panel.editor("draft_length")->findChild<QSpinBox*>()->setValue(9);
        QCOMPARE(edited.count(), 1);
        QCOMPARE(edited.first().first().toString(), QStringLiteral("draft_length"));
        QCOMPARE(std::get<std::int64_t>(panel.values().at("draft_length")), std::int64_t{9});
        panel.setValue("draft_length", std::int64_t{3});
        QCOMPARE(edited.count(), 1);
        // The slider moves the number.
        panel.editor("temperature")->findChild<QSlider*>()->setValue(1000);
        QCOMPARE(edited.count(), 2);
        QCOMPARE(std::get<double>(panel.values().at("temperature")), 2.0);
    }

    void logarithmicSliderHasEqualRatios()
    {
        ParameterPanel panel;
        panel.setDeclarations(declarations(), {});
        auto* slider = panel.editor("rate")->findChild<QSlider*>();
        slider->setValue(500);
        // Half way between 1e-4 and 1 on a logarithmic scale is 1e-2.
        slider->setValue(250);
        QVERIFY(qAbs(std::get<double>(panel.values().at("rate")) - 1e-3) < 2e-6);
    }

    void aBadListIsKeptOut()
    {
        ParameterPanel panel;
        panel.setDeclarations(declarations(), {});
        QSignalSpy edited(&panel, &ParameterPanel::valueEdited);
        auto* line = panel.editor("branching")->findChild<QLineEdit*>();
        for (const auto* text : {"3,x", "", "9", "0,1", "1,1,1,1,1,1,1"}) {
            line->setText(QString::fromLatin1(text));
            Q_EMIT line->editingFinished();
            QCOMPARE(edited.count(), 0);
        }
        line->setText(QStringLiteral("4, 1"));
        Q_EMIT line->editingFinished();
        QCOMPARE(edited.count(), 1);
        QCOMPARE(std::get<std::vector<std::int64_t>>(panel.values().at("branching")), (std::vector<std::int64_t>{4, 1}));
    }

    void doubleClickRestoresTheDefault()
    {
        ParameterPanel panel;
        panel.setDeclarations(declarations(), {{"draft_length", std::int64_t{7}}});
        panel.show();
        QLabel* label = nullptr;
        for (auto* candidate : panel.findChildren<QLabel*>()) {
            if (candidate->text() == QStringLiteral("Draft length")) {
                label = candidate;
            }
        }
        QVERIFY(label != nullptr);
        QTest::mouseDClick(label, Qt::LeftButton);
        QCOMPARE(std::get<std::int64_t>(panel.values().at("draft_length")), std::int64_t{4});
    }

    void pendingIsShownUntilApplied()
    {
        ParameterPanel panel;
        panel.setDeclarations(declarations(), {});
        QVERIFY(!panel.isPending("temperature"));
        panel.markPending("temperature");
        QVERIFY(panel.isPending("temperature"));
        panel.clearPending();
        QVERIFY(!panel.isPending("temperature"));
    }

    void cardSaysWhetherItIsLossless()
    {
        MethodCard card;
        MethodInfo info;
        info.summary = "Drafts ahead.";
        info.lossless = Lossless::Yes;
        info.sources = {{"Fast things", "A. Author", 2023, "2211.17192"}};
        card.setMethod(info);
        QVERIFY(card.text().contains(QStringLiteral("Lossless")));
        QVERIFY(card.text().contains(QStringLiteral("2211.17192")));
        info.lossless = Lossless::No;
        card.setMethod(info);
        QVERIFY(card.text().contains(QStringLiteral("Lossy")));
    }
};

QTEST_MAIN(TestParameterPanel)
#include "test_parameter_panel.moc"
