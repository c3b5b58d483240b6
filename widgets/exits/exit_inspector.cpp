// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/exits/exit_inspector.h"

#include "widgets/exits/exit_channel.h"
#include "widgets/exits/threshold_bar.h"
#include "widgets/theme/theme.h"

#include <QFontDatabase>
#include <QGridLayout>
#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

namespace {

QLabel* quietLabel(QWidget* parent)
{
    auto* label = new QLabel(parent);
    label->setProperty("quiet", true);
    label->setWordWrap(true);
    return label;
}

double wide(float value)
{
    return static_cast<double>(value);
}

}  // namespace

ExitInspector::ExitInspector(ExitModel* model, SelectionModel* selection, QWidget* parent)
    : QWidget(parent), m_model(model), m_selection(selection), m_token(new QLabel(this)), m_place(quietLabel(this)),
      m_decision(new QLabel(this)), m_grid(new QWidget(this)), m_gridLayout(new QGridLayout(m_grid)), m_candidatesTitle(quietLabel(this)),
      m_candidates(new ExitCandidatesView(model, this)), m_profileTitle(quietLabel(this)), m_profile(new ScoreProfileView(model, this))
{
    setObjectName(QStringLiteral("exits-inspector"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 4, 12, 12);
    layout->setSpacing(8);
    m_token->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_decision->setWordWrap(true);
    m_decision->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_gridLayout->setContentsMargins(0, 0, 0, 0);
    m_gridLayout->setHorizontalSpacing(8);
    m_gridLayout->setVerticalSpacing(4);
    m_gridLayout->setColumnStretch(0, 1);
    m_profile->setMinimumHeight(150);
    for (QWidget* part : std::initializer_list<QWidget*>{m_token, m_place, m_decision, m_grid, m_candidatesTitle, m_candidates,
                                                         m_profileTitle, m_profile}) {
        layout->addWidget(part);
    }
    layout->addStretch(1);
    connect(m_selection, &SelectionModel::changed, this, &ExitInspector::refresh);
    connect(m_model, &ExitModel::decisionChanged, this, &ExitInspector::refresh);
    refresh();
}

QString ExitInspector::decision() const
{
    return m_decision->text();
}

void ExitInspector::addRow(const QString& label, const QString& value, const QString& unit, const QString& help)
{
    const int row = static_cast<int>(m_rows.size());
    // Labels are reused: this runs at every token, and new widgets would make the numbers flicker.
    while (m_labels.size() < 3 * (row + 1)) {
        const int column = static_cast<int>(m_labels.size() % 3);
        auto* created = column == 1 ? new QLabel(m_grid) : quietLabel(m_grid);
        if (column == 0) {
            created->setMinimumWidth(fontMetrics().averageCharWidth() * 14);
        } else if (column == 1) {
            created->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
            created->setTextInteractionFlags(Qt::TextSelectableByMouse);
        } else {
            created->setWordWrap(false);
        }
        m_gridLayout->addWidget(created, row, column);
        m_labels.append(created);
    }
    const QString texts[] = {label, value, unit};
    for (int column = 0; column < 3; ++column) {
        auto* shown = m_labels[3 * row + column];
        shown->setText(texts[column]);
        shown->setToolTip(help);
        shown->show();
    }
    m_rows.append({label, unit.isEmpty() ? value : value + QLatin1Char(' ') + unit});
}

void ExitInspector::showNothing()
{
    m_place->setText(tr("Click a cell of the exit map, or walk it with the arrow keys."));
    for (QWidget* part :
         std::initializer_list<QWidget*>{m_token, m_decision, m_grid, m_candidatesTitle, m_candidates, m_profileTitle, m_profile}) {
        part->hide();
    }
    m_decision->setText(QString());
    m_candidates->setCell(-1, -1);
    m_profile->setCell(-1, -1);
}

QString ExitInspector::decisionText(int row, int layer) const
{
    const auto& readings = m_model->readings();
    const auto r = static_cast<std::size_t>(row);
    const std::int32_t exit = m_model->exitOf(r);
    const std::int32_t here = layer + 1;
    if (!m_model->isTrainedNet() && readings.moment[r] < 0 && !m_model->run()->exit_in_prompt) {
        return tr("A token of the prompt: it runs every layer, whatever the policy says.");
    }
    if (exit > 0 && here > exit) {
        return tr("Not run: the token left at layer %1.").arg(exit);
    }
    if (here == readings.layers) {
        return exit == here ? tr("The last layer: every token that came this far ends here. That is no decision of the policy.")
                            : QString();
    }
    const std::size_t cell = readings.cell(r, static_cast<std::size_t>(layer));
    const auto& decided = m_model->decided();
    if (cell >= decided.score.size() || !std::isfinite(decided.score[cell])) {
        return tr("The policy does not look at this layer.");
    }
    const auto handle = m_model->handle();
    const QString score = exitNumber(wide(decided.score[cell]));
    if (handle.key == "patience") {
        const int length = static_cast<int>(decided.native[cell]);
        return exit == here ? tr("Exits: %1 layers in a row agreed, and %2 were asked for.").arg(length).arg(static_cast<int>(handle.value))
                            : tr("Goes on: %1 of %2 agreements in a row.").arg(length).arg(static_cast<int>(handle.value));
    }
    if (handle.key == "layer") {
        return exit == here ? tr("Exits: this is the layer that was chosen.") : tr("Goes on to layer %1.").arg(exit);
    }
    const QString threshold = exitNumber(wide(decided.threshold[cell]));
    return exit == here ? tr("Exits: score %1 ≥ %2.").arg(score, threshold) : tr("Goes on: score %1 < %2.").arg(score, threshold);
}

void ExitInspector::addNumbers(int row, int layer)
{
    const auto& readings = m_model->readings();
    const auto r = static_cast<std::size_t>(row);
    const auto l = static_cast<std::size_t>(layer);
    const std::size_t cell = readings.cell(r, l);
    const bool net = m_model->isTrainedNet();
    const bool known = layer < readings.known[r];
    const auto& decided = m_model->decided();
    const auto at = [&](const std::vector<float>& values) {
        return known && cell < values.size() ? wide(values[cell]) : std::numeric_limits<double>::quiet_NaN();
    };
    addRow(tr("Probability"), exitNumber(at(readings.probability), 4), {}, helpOf(ExitChannel::Probability));
    addRow(tr("Entropy"), exitNumber(at(readings.entropy)), tr("nats"), helpOf(ExitChannel::Entropy));
    addRow(tr("Margin"), exitNumber(at(readings.margin), 4), {}, helpOf(ExitChannel::Margin));
    addRow(tr("KL to the last layer"), exitNumber(at(readings.kl_final)), tr("nats"), helpOf(ExitChannel::KlFinal));
    addRow(tr("Cosine of the block"), exitNumber(at(readings.cosine), 4), {}, helpOf(ExitChannel::Cosine));
    addRow(net ? tr("Surprise of the class") : tr("Surprise of the next token"), exitNumber(-at(readings.next_log_probability)), tr("nats"),
           tr("Minus the logarithm of the probability that this layer gives to what follows in the text."));
    addRow(tr("Policy score"), exitNumber(at(decided.score)), {}, helpOf(ExitChannel::Score));
    addRow(tr("Threshold here"), exitNumber(at(decided.threshold)), {},
           tr("The score at which the token would leave; 1 = it never leaves at this layer, or the policy decides by its own rule."));
    const int agrees = known ? readings.agrees(r, l) : -1;
    addRow(tr("Agrees with the last layer"),
           agrees < 0   ? QStringLiteral("–")
           : agrees > 0 ? tr("yes")
                        : tr("no"),
           {}, tr("Same likeliest token, with the keys and values of this run (agree_local)."));
    if (const auto* summary = m_model->summary(); summary != nullptr && r < summary->reference.size() && summary->reference[r] >= 0) {
        addRow(tr("Full model would say"), m_model->label(summary->reference[r]), {},
               tr("The token of a clean full-depth run on the same words (agree_ref)."));
    }
    addRow(tr("Says the same from"),
           readings.saturation_layer(r) > 0 ? tr("layer %1").arg(readings.saturation_layer(r)) : QStringLiteral("–"), {},
           tr("The lowest layer from which on the likeliest token does not change any more."));
    addRow(tr("Exit in the run"), tr("layer %1").arg(readings.exit[r]), {}, tr("Where the computation of this token really ended."));
    if (!net) {
        addRow(tr("Keys and values"), titleOf(m_model->source(r, l)), {},
               tr("Where later tokens got this token's keys and values in this layer."));
        addRow(tr("Time of the token"), exitNumber(readings.block_ms[r] + readings.lens_ms[r] + readings.kv_ms[r]), tr("ms"),
               tr("Measured: blocks %1 ms, the policy's read-outs %2 ms, keys and values of skipped layers %3 ms.")
                   .arg(exitNumber(readings.block_ms[r]), exitNumber(readings.lens_ms[r]), exitNumber(readings.kv_ms[r])));
    }
}

void ExitInspector::refresh()
{
    for (auto* label : std::as_const(m_labels)) {
        label->hide();
    }
    m_rows.clear();
    const int row = m_model->rowOf(m_selection->current().token);
    if (row < 0 || m_model->run() == nullptr) {
        showNothing();
        return;
    }
    const auto r = static_cast<std::size_t>(row);
    const auto& readings = m_model->readings();
    const int layers = static_cast<int>(m_model->layers());
    int layer = m_selection->current().layer;
    if (layer < 0 || layer >= layers) {
        layer = std::max(0, m_model->exitOf(r) - 1);
    }
    for (QWidget* part : std::initializer_list<QWidget*>{m_token, m_grid, m_candidatesTitle, m_candidates, m_profileTitle, m_profile}) {
        part->show();
    }
    QFont fixed = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    fixed.setPointSizeF(font().pointSizeF() * 1.6);
    m_token->setFont(fixed);
    const bool known = layer < readings.known[r];
    m_token->setText(known ? m_model->label(readings.top1[readings.cell(r, static_cast<std::size_t>(layer))]) : QStringLiteral("?"));
    m_token->setToolTip(tr("The likeliest token of this layer"));
    m_place->setText(m_model->isTrainedNet() ? tr("says exit %1 of %2 about sample %3 of class “%4”")
                                                   .arg(layer + 1)
                                                   .arg(layers)
                                                   .arg(m_model->positionOf(row))
                                                   .arg(m_model->columnLabel(r))
                                             : tr("says layer %1 of %2 after token %3 “%4”")
                                                   .arg(layer + 1)
                                                   .arg(layers)
                                                   .arg(m_model->positionOf(row))
                                                   .arg(m_model->columnLabel(r)));
    const QString decision = known ? decisionText(row, layer) : tr("Not known: the token left below, and nothing looked at this layer.");
    m_decision->setText(decision);
    m_decision->setVisible(!decision.isEmpty());
    addNumbers(row, layer);
    m_candidatesTitle->setText(m_model->isTrainedNet() ? tr("Likeliest classes at exit %1").arg(layer + 1)
                                                       : tr("Likeliest tokens of layer %1, temperature 1").arg(layer + 1));
    m_candidates->setCell(row, known ? layer : -1);
    m_profileTitle->setText(m_model->isTrainedNet() ? tr("Score of this sample at every exit") : tr("Score of this token at every layer"));
    m_profile->setCell(row, layer);
}

}  // namespace timberline::widgets
