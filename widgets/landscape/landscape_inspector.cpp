// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/landscape/landscape_inspector.h"

#include "widgets/landscape/plane_text.h"

#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

namespace {

QLabel* quietText(QWidget* parent)
{
    auto* label = new QLabel(parent);
    label->setProperty("quiet", true);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

QString percent(double share)
{
    return std::isfinite(share) ? QString::number(100 * share, 'f', 1) : QString();
}

double valueAt(const std::vector<double>& values, std::size_t cell)
{
    return cell < values.size() ? values[cell] : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

LandscapeInspector::LandscapeInspector(LandscapeModel* model, QWidget* parent)
    : QWidget(parent), m_model(model), m_title(new QLabel(this)), m_note(quietText(this)), m_rows(new NumberRows(this)),
      m_caption(quietText(this))
{
    setObjectName(QStringLiteral("landscape-inspector"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 4, 12, 12);
    layout->setSpacing(8);
    m_title->setProperty("section", true);
    m_title->setTextInteractionFlags(Qt::TextSelectableByMouse);
    layout->addWidget(m_title);
    layout->addWidget(m_note);
    layout->addWidget(m_rows);
    layout->addWidget(m_caption);
    layout->addStretch(1);
    connect(m_model, &LandscapeModel::gridChanged, this, &LandscapeInspector::refresh);
    connect(m_model, &LandscapeModel::cursorChanged, this, &LandscapeInspector::refresh);
    connect(m_model, &LandscapeModel::trainingChanged, this, &LandscapeInspector::refresh);
    refresh();
}

void LandscapeInspector::refresh()
{
    const auto* grid = m_model->grid();
    m_rows->begin();
    m_title->setVisible(grid != nullptr);
    m_caption->setVisible(grid != nullptr);
    if (grid == nullptr) {
        m_note->setText(tr("Click into the contours or the surface. Arrow keys walk the cursor."));
        m_note->show();
        m_rows->finish();
        return;
    }
    const QPoint cell = m_model->cursorCell();
    const auto k = grid->index(cell.x(), cell.y());
    m_title->setText(grid->line() ? tr("α %1").arg(shortNumber(m_model->cursor().x()))
                                  : tr("α %1   β %2").arg(shortNumber(m_model->cursor().x()), shortNumber(m_model->cursor().y())));
    QString note;
    if (grid->level[k] < 0) {
        note = tr("This cell is not computed yet.");
    } else if (!std::isfinite(grid->loss[k])) {
        note = tr("The loss is not a finite number here: the network's outputs overflow.");
    }
    m_note->setText(note);
    m_note->setVisible(!note.isEmpty());
    addLosses(*grid, k);
    addPlace(*grid, k);
    addPath(*grid);
    m_rows->finish();
    m_caption->setText(PlaneText::caption(grid->plane));
}

void LandscapeInspector::addLosses(const record::LandscapeGrid& grid, std::size_t cell)
{
    if (grid.level[cell] < 0) {
        return;
    }
    const QString help = tr("Mean over the samples and its standard error (one standard deviation of the mean).");
    m_rows->add(tr("training loss"), PlaneText::lossText(grid.loss[cell], grid.standard_error[cell]), {}, help);
    m_rows->add(tr("training accuracy"), percent(valueAt(grid.accuracy, cell)), QStringLiteral("%"),
                tr("Share of the training samples classified rightly."));
    if (!grid.test_loss.empty()) {
        m_rows->add(tr("test loss"), PlaneText::lossText(valueAt(grid.test_loss, cell), valueAt(grid.test_standard_error, cell)), {}, help);
        m_rows->add(tr("test accuracy"), percent(valueAt(grid.test_accuracy, cell)), QStringLiteral("%"),
                    tr("Share of the test samples classified rightly."));
        m_rows->add(tr("test minus training"), shortNumber(valueAt(grid.test_loss, cell) - grid.loss[cell], 4), {},
                    tr("How much worse the network does on samples it has not seen."));
    }
    m_rows->add(tr("above the centre"), shortNumber(grid.loss[cell] - grid.plane.center_loss, 4), {},
                tr("Training loss here minus the loss of the network at the centre."));
}

void LandscapeInspector::addPlace(const record::LandscapeGrid& grid, std::size_t cell)
{
    const double away = LandscapeModel::distance(grid.plane, m_model->cursor());
    m_rows->add(tr("distance"), shortNumber(away, 4), {}, tr("Euclidean distance of these parameters to the centre's."));
    if (grid.plane.center_norm > 0) {
        m_rows->add(tr("relative distance"), QString::number(100 * away / grid.plane.center_norm, 'f', 1), QStringLiteral("%"),
                    tr("The distance as a share of the length of the centre's parameters."));
    }
    const QPoint at = m_model->cursorCell();
    m_rows->add(tr("cell"), grid.line() ? QString::number(at.x() + 1) : QStringLiteral("%1, %2").arg(at.x() + 1).arg(at.y() + 1), {},
                grid.line() ? tr("Place along the line, counted from 1, of %1.").arg(grid.nx())
                            : tr("Column and row of the cell, counted from 1, of %1 × %2.").arg(grid.nx()).arg(grid.ny()));
    if (grid.level[cell] >= 0) {
        m_rows->add(tr("level"), QString::number(grid.level[cell] + 1), tr("of %1").arg(grid.plane.strides.size()),
                    tr("The pass, coarse to fine, that computed this cell."));
    }
}

void LandscapeInspector::addPath(const record::LandscapeGrid& grid)
{
    const auto& path = grid.trajectory;
    const auto count = m_model->trajectoryLength();
    const QPointF cursor = m_model->cursor();
    std::size_t best = count;
    double nearest = std::numeric_limits<double>::infinity();
    for (std::size_t k = 0; k < count; ++k) {
        const double away = LandscapeModel::distance(grid.plane, {path.x[k] - cursor.x(), path.y[k] - cursor.y()});
        if (away < nearest) {
            nearest = away;
            best = k;
        }
    }
    if (best < count) {
        m_rows->add(tr("path comes nearest at step"), QString::number(path.step[best]), {},
                    tr("The snapshot of training whose place in the plane is nearest to the cursor."));
        m_rows->add(tr("its loss"), shortNumber(path.loss[best], 5), {},
                    tr("True loss of that snapshot, not the surface's height below it."));
        m_rows->add(tr("its distance to the plane"), shortNumber(path.residual[best], 4), {},
                    tr("How far that snapshot lies off the plane."));
    }
}

LandscapeSummary::LandscapeSummary(LandscapeModel* model, QWidget* parent)
    : QWidget(parent), m_model(model), m_rows(new NumberRows(this)), m_note(quietText(this))
{
    setObjectName(QStringLiteral("landscape-summary"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 4, 12, 12);
    layout->setSpacing(8);
    layout->addWidget(m_rows);
    layout->addWidget(m_note);
    layout->addStretch(1);
    connect(m_model, &LandscapeModel::gridChanged, this, &LandscapeSummary::refresh);
    connect(m_model, &LandscapeModel::trainingChanged, this, &LandscapeSummary::refresh);
    connect(m_model, &LandscapeModel::learningRateChanged, this, &LandscapeSummary::refresh);
    refresh();
}

void LandscapeSummary::refresh()
{
    m_rows->begin();
    addTraining();
    addSurface();
    addCurvature();
    m_rows->finish();
    const auto& fold = m_model->fold();
    const int damaged = fold.refused() + m_model->training().refused();
    m_note->setText(damaged > 0                ? tr("%n part(s) of this record are damaged and left out.", nullptr, damaged)
                    : m_rows->rows().isEmpty() ? tr("Numbers of the run will stand here.")
                                               : QString());
    m_note->setVisible(!m_note->text().isEmpty());
}

void LandscapeSummary::addTraining()
{
    const auto& training = m_model->training();
    const auto count = m_model->shownSteps();
    if (count == 0) {
        return;
    }
    const auto& step = training.steps()[count - 1];
    m_rows->add(tr("steps"), QString::number(step.step + 1), training.setup() ? tr("of %1").arg(training.setup()->steps) : QString(),
                tr("Training steps done at the moment shown."));
    m_rows->add(tr("loss on the batch"), shortNumber(static_cast<double>(step.loss), 5), {},
                tr("Of the last step shown, before its update."));
    const int until = m_model->records()->shownRounds();
    const bool all = m_model->records()->following();
    const auto& looks = training.validations();
    const auto look = std::ranges::find_if(looks.rbegin(), looks.rend(), [&](const auto& v) { return all || v.moment < until; });
    if (look != looks.rend()) {
        m_rows->add(tr("training loss"), shortNumber(look->train_loss, 5), {}, tr("At the last look, after step %1.").arg(look->step));
        if (std::isfinite(look->loss)) {
            m_rows->add(tr("validation loss"), shortNumber(look->loss, 5), {}, tr("At the last look, after step %1.").arg(look->step));
        }
        m_rows->add(tr("training accuracy"), percent(look->train_accuracy), QStringLiteral("%"), tr("At the last look."));
        m_rows->add(tr("validation accuracy"), percent(look->accuracy), QStringLiteral("%"), tr("At the last look."));
    }
    m_rows->add(tr("learning rate"), shortNumber(static_cast<double>(step.learning_rate), 4), {},
                tr("In force at the last step shown, its schedule applied."));
    if (training.setup()) {
        m_rows->add(tr("parameters"), QString::number(training.setup()->parameters), {}, tr("Numbers that training changes."));
    }
}

void LandscapeSummary::addSurface()
{
    const auto* grid = m_model->grid();
    if (grid == nullptr) {
        return;
    }
    m_rows->add(tr("surface"), QStringLiteral("%1 × %2").arg(grid->nx()).arg(grid->ny()), tr("cells"), PlaneText::caption(grid->plane));
    m_rows->add(tr("computed"), QString::number(grid->known()), tr("cells"), tr("Cells that are known so far, from coarse to fine."));
    if (const auto bad = grid->not_finite(); bad > 0) {
        m_rows->add(tr("NaN or infinite"), QString::number(bad), tr("cells"), tr("Cells whose training loss is not a finite number."));
    }
    m_rows->add(tr("loss at the centre"), shortNumber(grid->plane.center_loss, 5), {}, tr("After step %1.").arg(grid->plane.center_step));
    if (const auto step = m_model->shownStep(); step >= 0 && step != grid->plane.center_step) {
        m_rows->add(tr("surface stands at step"), QString::number(grid->plane.center_step), {},
                    tr("The surface was drawn around another moment than the one shown; only the path follows the timeline."));
    }
    m_rows->add(tr("evaluated by"), QString::fromStdString(grid->plane.evaluation), {}, tr("How cells are computed."));
    if (const auto& cost = m_model->fold().follow_cost()) {
        const double alone = cost->training_ms - cost->waited_ms;
        m_rows->add(tr("following cost"), alone > 0 ? QString::number(100 * cost->waited_ms / alone, 'f', 1) : QString(),
                    tr("% of training time"),
                    tr("Training stood still for %1 ms while %2 surfaces were drawn beside it.")
                        .arg(cost->waited_ms, 0, 'f', 0)
                        .arg(cost->surfaces));
    }
}

void LandscapeSummary::addCurvature()
{
    const auto* now = m_model->hessian();
    if (now == nullptr || now->eigenvalues.empty()) {
        return;
    }
    m_rows->add(tr("largest curvature"), tr("%1 ± %2").arg(shortNumber(now->eigenvalues.front(), 5), shortNumber(now->errors.front(), 2)),
                {}, tr("Largest eigenvalue of the Hessian after step %1.").arg(now->step));
    m_rows->add(tr("limit of stability"), shortNumber(m_model->stabilityLimit(), 5), {},
                tr("Gradient descent diverges along directions of larger curvature: %1.").arg(QString::fromStdString(now->limit_rule)));
    if (std::isfinite(now->trace)) {
        m_rows->add(tr("trace"), tr("%1 ± %2").arg(shortNumber(now->trace, 5), shortNumber(now->trace_error, 2)), {},
                    tr("Sum of all eigenvalues, from %1 random probes.").arg(now->trace_probes));
    }
}

}  // namespace timberline::widgets
