// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/exits/layer_map_view.h"

#include <QAccessible>
#include <QFontDatabase>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

namespace {
constexpr int kMargin = 12;
}

LayerMapView::LayerMapView(ExitModel* model, SelectionModel* selection, QWidget* parent)
    : View(QStringLiteral("exits-map"), tr("Exit map"), parent), m_model(model), m_selection(selection),
      m_bar(new QScrollBar(Qt::Horizontal, this))
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAttribute(Qt::WA_OpaquePaintEvent);
    m_bar->setAccessibleName(tr("Scroll the exit map"));
    m_bar->setFocusPolicy(Qt::NoFocus);
    connect(m_bar, &QScrollBar::valueChanged, this, [this](int value) {
        if (value != static_cast<int>(std::lround(m_scroll.x()))) {
            m_scroll.setX(value);
            setFollow(value >= m_bar->maximum());
            update();
        }
    });
    connect(m_model, &ExitModel::decisionChanged, this, &LayerMapView::refresh);
    connect(m_selection, &SelectionModel::changed, this, [this] {
        if (const int row = selectedRow(); row >= 0) {
            ensureVisible(row, selectedLayer());
        }
        update();
    });
    refresh();
}

void LayerMapView::setChannel(ExitChannel channel)
{
    if (channel != m_channel) {
        m_channel = channel;
        refreshScrollBar();
        setAccessibleDescription(summary());
        update();
    }
}

void LayerMapView::setShowSources(bool on)
{
    m_sources = on;
    refreshScrollBar();
    update();
}

void LayerMapView::setPolicyText(const QString& text)
{
    if (text != m_policyText) {
        m_policyText = text;
        update();
    }
}

void LayerMapView::refresh()
{
    if (m_model->rows() == 0 || m_model->run() == nullptr) {
        const bool started = m_model->recordModel()->started() != nullptr;
        if (m_model->refusedBlocks() > 0) {
            setError(m_model->problem(), tr("The record is damaged; open another copy, or run its config again."));
        } else if (started && m_model->recordModel()->roundCount() == 0) {
            setEmpty(tr("The model reads the prompt…"));
        } else if (started) {
            setEmpty(tr("No token is shown yet. Press Run, or move the timeline forward."));
        } else {
            setEmpty(tr("What every layer would have said, and where each token left the model, will stand here. Press Run."));
        }
    } else if (m_model->refusedBlocks() > 0) {
        setPartial(tr("%n part(s) of the record could not be read: %1", nullptr, m_model->refusedBlocks()).arg(m_model->problem()));
    } else {
        setData();
    }
    refreshScrollBar();
    if (m_follow && m_bar->isEnabled()) {
        m_scroll.setX(m_bar->maximum());
        m_bar->setValue(m_bar->maximum());
    }
    setAccessibleDescription(summary());
    update();
}

int LayerMapView::selectedRow() const
{
    return m_model->rowOf(m_selection->current().token);
}

int LayerMapView::selectedLayer() const
{
    const int layer = m_selection->current().layer;
    return layer < static_cast<int>(m_model->layers()) ? layer : -1;
}

// --- geometry ---

double LayerMapView::readingWidth(const QFont& font) const
{
    return std::ceil(QFontMetricsF(font).averageCharWidth() * 7.5) + 8;
}

LayerMapSizes LayerMapView::sizesFor(const QFont& font, double width) const
{
    LayerMapSizes sizes;
    sizes.gutterWidth = layerMapGutterWidth(font);
    sizes.stripWidth = layerMapStripWidth(font);
    sizes.legendLines = layerMapLegendLines(*m_model, m_channel, m_sources && !m_model->isTrainedNet(), font, width);
    sizes.columnWidth = m_fitted ? 0 : m_columnWidth > 0 ? m_columnWidth : readingWidth(font);
    return sizes;
}

LayerMapLayout LayerMapView::mapLayout() const
{
    const QSizeF room(width() - 2 * kMargin, height() - kMargin / 2 - (m_bar->isVisibleTo(this) ? m_bar->height() : 0));
    const int rows = static_cast<int>(m_model->rows());
    const int layers = static_cast<int>(m_model->layers());
    auto sizes = sizesFor(font(), room.width());
    auto layout = layoutLayerMap(room, font(), rows, layers, sizes, m_scroll);
    // A short text fills the width rather than leaving half of it empty.
    if (!m_fitted && m_columnWidth <= 0 && rows > 0 && rows * sizes.columnWidth < layout.cells.width()) {
        sizes.columnWidth = std::min(layout.cells.width() / rows, 2 * sizes.columnWidth);
        layout = layoutLayerMap(room, font(), rows, layers, sizes, m_scroll);
    }
    return layout;
}

void LayerMapView::refreshScrollBar()
{
    const auto before = mapLayout();
    const bool needed = before.furthestScroll().x() > 0.5;
    m_bar->setVisible(needed);
    const int barHeight = m_bar->sizeHint().height();
    m_bar->setGeometry(kMargin, height() - barHeight, std::max(0, width() - 2 * kMargin), barHeight);
    const auto layout = mapLayout();
    m_bar->setEnabled(needed);
    const int furthest = static_cast<int>(std::ceil(layout.furthestScroll().x()));
    m_bar->setRange(0, furthest);
    m_bar->setPageStep(std::max(1, static_cast<int>(layout.cells.width())));
    m_bar->setSingleStep(std::max(1, static_cast<int>(layout.columnWidth)));
    m_scroll = layout.scroll;
    m_bar->setValue(static_cast<int>(std::lround(m_scroll.x())));
}

void LayerMapView::fit()
{
    m_fitted = true;
    refreshScrollBar();
    update();
}

void LayerMapView::resetZoom()
{
    m_fitted = false;
    m_columnWidth = 0;
    refreshScrollBar();
    update();
}

void LayerMapView::zoomBy(double factor, double about)
{
    const auto before = mapLayout();
    if (before.columns == 0) {
        return;
    }
    const double all = before.cells.width() / before.columns;
    const double width = std::clamp(before.columnWidth * factor, std::min(all, before.columnWidth), 4 * readingWidth(font()));
    const double column = (about - kMargin - before.cells.left() + before.scroll.x()) / before.columnWidth;
    m_fitted = false;
    m_columnWidth = width;
    m_scroll.setX(column * width - (about - kMargin - before.cells.left()));
    refreshScrollBar();
    update();
}

void LayerMapView::setFollow(bool on)
{
    if (on != m_follow) {
        m_follow = on;
        if (on) {
            refresh();
        }
        Q_EMIT followChanged(on);
    }
}

void LayerMapView::scrollBy(const QPointF& pixels)
{
    m_scroll += pixels;
    const auto layout = mapLayout();
    m_scroll = layout.scroll;
    setFollow(m_scroll.x() >= layout.furthestScroll().x() - 0.5);
    m_bar->setValue(static_cast<int>(std::lround(m_scroll.x())));
    update();
}

void LayerMapView::ensureVisible(int row, int layer)
{
    const auto layout = mapLayout();
    const QRectF cell = layout.cell(row, std::max(0, layer));
    QPointF by;
    if (cell.left() < layout.cells.left()) {
        by.setX(cell.left() - layout.cells.left() - layout.columnWidth);
    } else if (cell.right() > layout.cells.right()) {
        by.setX(cell.right() - layout.cells.right() + layout.columnWidth);
    }
    if (layer >= 0 && cell.top() < layout.cells.top()) {
        by.setY(layout.cells.top() - cell.top());
    } else if (layer >= 0 && cell.bottom() > layout.cells.bottom() + 0.5) {
        by.setY(layout.cells.bottom() - cell.bottom());
    }
    if (!by.isNull()) {
        scrollBy(by);
    }
}

// --- selection ---

void LayerMapView::selectCell(int row, int layer)
{
    if (row < 0 || row >= static_cast<int>(m_model->rows())) {
        return;
    }
    Selected selected = m_selection->current();
    selected.token = m_model->positionOf(row);
    selected.layer = layer;
    selected.round = m_model->readings().moment[static_cast<std::size_t>(row)];
    selected.node = -1;
    m_selection->select(selected);
    setAccessibleDescription(layer >= 0 ? cellText(row, layer) : columnText(row));
    QAccessibleEvent event(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&event);
}

QString LayerMapView::cellText(int row, int layer) const
{
    const auto& readings = m_model->readings();
    const auto r = static_cast<std::size_t>(row);
    const auto l = static_cast<std::size_t>(layer);
    const std::size_t cell = readings.cell(r, l);
    QStringList lines{tr("Layer %1, token %2 “%3”").arg(layer + 1).arg(m_model->positionOf(row)).arg(m_model->columnLabel(r))};
    if (m_model->isTrainedNet()) {
        lines[0] = tr("Exit %1, sample %2 of class “%3”").arg(layer + 1).arg(m_model->positionOf(row)).arg(m_model->columnLabel(r));
    }
    if (layer >= readings.known[r]) {
        lines.append(tr("Not known: the token left the model below, and nothing looked at this layer."));
        return lines.join(QLatin1Char('\n'));
    }
    lines.append(tr("says “%1” with probability %2")
                     .arg(m_model->label(readings.top1[cell]), exitNumber(static_cast<double>(readings.probability[cell]), 4)));
    lines.append(tr("entropy %1 nats · margin %2")
                     .arg(exitNumber(static_cast<double>(readings.entropy[cell])), exitNumber(static_cast<double>(readings.margin[cell]))));
    lines.append(
        tr("KL to the last layer %1 nats · cosine %2")
            .arg(exitNumber(static_cast<double>(readings.kl_final[cell])), exitNumber(static_cast<double>(readings.cosine[cell]), 4)));
    const auto& decided = m_model->decided();
    if (cell < decided.score.size() && std::isfinite(decided.score[cell])) {
        lines.append(
            tr("policy score %1 · threshold %2")
                .arg(exitNumber(static_cast<double>(decided.score[cell])), exitNumber(static_cast<double>(decided.threshold[cell]))));
    }
    if (!m_model->isTrainedNet()) {
        lines.append(tr("keys and values in the run: %1").arg(titleOf(m_model->source(r, l))));
    }
    const std::int32_t exit = m_model->exitOf(r);
    if (exit == layer + 1) {
        lines.append(exit == readings.layers ? tr("The computation ends here: the last layer.") : tr("The token exits here."));
    } else if (exit > 0 && layer + 1 > exit) {
        lines.append(tr("Not run for the text: the token left at layer %1.").arg(exit));
    }
    return lines.join(QLatin1Char('\n'));
}

QString LayerMapView::columnText(int row) const
{
    const auto& readings = m_model->readings();
    const auto r = static_cast<std::size_t>(row);
    const std::int32_t exit = m_model->exitOf(r);
    QStringList lines{m_model->isTrainedNet() ? tr("Sample %1 of class “%2”").arg(m_model->positionOf(row)).arg(m_model->columnLabel(r))
                                              : tr("Token %1 “%2”").arg(m_model->positionOf(row)).arg(m_model->columnLabel(r))};
    if (!m_model->isTrainedNet() && readings.next[r] >= 0) {
        lines.append(tr("next: “%1”").arg(m_model->label(readings.next[r])));
    }
    lines.append(exit > 0 ? tr("exit at layer %1 of %2 (in the run: %3)").arg(exit).arg(readings.layers).arg(readings.exit[r])
                          : tr("goes on past the layers that were read (in the run: exit at layer %1)").arg(readings.exit[r]));
    if (const int saturation = readings.saturation_layer(r); saturation > 0) {
        lines.append(tr("says the same from layer %1 on").arg(saturation));
    }
    return lines.join(QLatin1Char('\n'));
}

QString LayerMapView::rowText(int layer) const
{
    const auto l = static_cast<std::size_t>(layer);
    if (l >= m_model->totals().size()) {
        return {};
    }
    const auto& total = m_model->totals()[l];
    const auto& figures = m_model->decided().exit.empty() ? m_model->recordedFigures() : m_model->decided().figures;
    const auto exits = l < figures.histogram.size() ? figures.histogram[l] : 0;
    return tr("Layer %1: %2 of %3 exit here.\nIts likeliest token is the last layer's for %4 of %5, and the one that follows for %6 of %7.")
        .arg(layer + 1)
        .arg(exits)
        .arg(figures.rows)
        .arg(total.agreeing)
        .arg(total.known)
        .arg(total.right)
        .arg(total.labelled);
}

// --- painting and data ---

void LayerMapView::paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const
{
    if (state() != ViewState::Partial && paintState(painter, QRectF(QPointF(0, 0), size), theme)) {
        return;
    }
    LayerMapRequest request;
    request.model = m_model;
    auto sizes = sizesFor(painter.font(), size.width() - 2 * kMargin);
    sizes.columnWidth = 0;
    request.layout = layoutLayerMap(size - QSizeF(2 * kMargin, kMargin), painter.font(), static_cast<int>(m_model->rows()),
                                    static_cast<int>(m_model->layers()), sizes, {});
    request.channel = m_channel;
    request.sources = m_sources && !m_model->isTrainedNet();
    request.policyText = m_policyText;
    painter.save();
    painter.translate(kMargin, 4);
    paintLayerMap(painter, request, theme);
    painter.restore();
    if (state() == ViewState::Partial) {
        painter.setPen(theme.rejected);
        painter.drawText(QRectF(kMargin, size.height() - 20, size.width() - 2 * kMargin, 18), Qt::AlignRight, stateText());
    }
}

QSizeF LayerMapView::contentSize() const
{
    const double columns = static_cast<double>(m_model->rows()) * readingWidth(font());
    const double line = QFontMetricsF(font()).height();
    const double height = static_cast<double>(m_model->layers()) * std::max(22.0, 1.6 * line) + 10 * line;
    return {std::clamp(columns + layerMapStripWidth(font()) + 80, 720.0, 16000.0), std::clamp(height, 280.0, 8000.0)};
}

void LayerMapView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const Theme& colors = timberline::widgets::theme();
    painter.fillRect(rect(), colors.background);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(font());
    if (state() == ViewState::Partial || !paintState(painter, rect(), colors)) {
        LayerMapRequest request;
        request.model = m_model;
        request.layout = mapLayout();
        request.channel = m_channel;
        request.sources = m_sources && !m_model->isTrainedNet();
        request.policyText = m_policyText;
        request.selectedRow = selectedRow();
        request.selectedLayer = selectedLayer();
        request.hoveredRow = m_hoveredRow;
        request.hoveredLayer = m_hoveredLayer;
        painter.save();
        painter.translate(kMargin, 0);
        paintLayerMap(painter, request, colors);
        painter.restore();
    }
    if (hasFocus()) {
        painter.setPen(QPen(colors.accent, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5));
    }
}

QByteArray LayerMapView::toCsv() const
{
    // The record's own table, so that an export and the data folder of a headless run are the same file.
    return QByteArray::fromStdString(record::readings_csv(m_model->recordModel()->record()));
}

QString LayerMapView::summary() const
{
    const auto& figures = m_model->decided().exit.empty() ? m_model->recordedFigures() : m_model->decided().figures;
    if (m_model->rows() == 0 || m_model->run() == nullptr) {
        return stateText();
    }
    QString text = tr("Exit map of %1 layers by %2 tokens, coloured by %3. Mean exit depth %4 layers.")
                       .arg(m_model->layers())
                       .arg(m_model->rows())
                       .arg(titleOf(m_channel), exitNumber(figures.meanDepth, 2));
    if (const auto stale = m_model->decided().firstStale) {
        text += QLatin1Char(' ') + tr("From token %1 on only a new run can tell.").arg(m_model->positionOf(static_cast<int>(*stale)));
    }
    return text;
}

}  // namespace timberline::widgets
