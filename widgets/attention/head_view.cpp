// SPDX-License-Identifier: GPL-3.0-or-later
// What the large view of one head knows: its rows, what it asks for, its
// states, its numbers. Painting: head_view_heat.cpp and head_view_arcs.cpp;
// mouse and keys: head_view_input.cpp.
#include "widgets/attention/head_view.h"

#include "widgets/theme/theme.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

namespace {
/// So few rows come first, so that something stands there soon; the rest
/// follows at once.
constexpr int kFirstRows = 256;
/// What one answer may hold.
constexpr int kMostCells = 16'000'000;
constexpr std::size_t kKeptHeads = 8;
constexpr std::size_t kKeptCells = 16'000'000;
}  // namespace

HeadView::HeadView(AttentionModel* model, SelectionModel* selection, QWidget* parent)
    : View(QStringLiteral("attention-head"), tr("Selected head"), parent), m_model(model), m_selection(selection)
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    connect(m_model, &AttentionModel::changed, this, &HeadView::refresh);
    connect(m_model, &AttentionModel::recordReplaced, this, &HeadView::forgetMaps);
    connect(m_selection, &SelectionModel::changed, this, &HeadView::followSelection);
    connect(m_selection, &SelectionModel::hoverChanged, this, qOverload<>(&QWidget::update));
    followSelection();
    updateState();
}

void HeadView::setProvider(std::function<void(const MapRequest&)> provider)
{
    m_provider = std::move(provider);
    askForMissing();
}

void HeadView::refresh()
{
    followSelection();
    askForMissing();
    updateState();
    ++m_revision;
    update();
}

void HeadView::followSelection()
{
    const auto& selected = m_selection->current();
    const bool exists = selected.layer >= 0 && selected.layer < m_model->layers() && selected.head >= 0 && selected.head < m_model->heads();
    const int layer = exists ? selected.layer : -1;
    const int head = exists ? selected.head : -1;
    if (m_key > selected.token) {
        m_key = selected.token;
    }
    if (layer != m_layer || head != m_head) {
        takeHead(layer, head);
    }
    bringIntoSight();
    setAccessibleDescription(summary());
    update();
}

void HeadView::takeHead(int layer, int head)
{
    if (m_layer >= 0 && !m_tiles.empty()) {
        m_kept.push_front({m_layer, m_head, std::move(m_tiles)});
        std::size_t cells = 0;
        std::size_t count = 0;
        for (auto it = m_kept.begin(); it != m_kept.end();) {
            cells += it->tiles.cells();
            it = ++count > kKeptHeads || cells > kKeptCells ? m_kept.erase(it) : std::next(it);
        }
    }
    m_layer = layer;
    m_head = head;
    m_tiles.clear();
    m_asked.reset();
    m_failure.clear();
    ++m_revision;
    if (layer >= 0) {
        const auto kept = std::ranges::find_if(m_kept, [&](const Kept& one) { return one.layer == layer && one.head == head; });
        if (kept != m_kept.end()) {
            m_tiles = std::move(kept->tiles);
            m_kept.erase(kept);
        }
        askForMissing();
    }
    updateState();
    Q_EMIT headChanged();
}

void HeadView::askForMissing()
{
    if (m_layer < 0 || m_model->empty() || !m_failure.isEmpty()) {
        return;
    }
    auto [first, end] = m_tiles.missing(0, m_model->positions());
    if (first >= end) {
        return;
    }
    // What the record keeps needs no model; an unchanged base is never in it.
    if (m_tiles.empty() && !m_baseWanted) {
        takeKept();
        std::tie(first, end) = m_tiles.missing(0, m_model->positions());
    }
    if (first >= end || !m_provider || m_asked) {
        return;
    }
    int rows = std::min(end - first, std::max(1, kMostCells / end));
    if (first == 0 && end > kFirstRows * 3 / 2) {
        rows = kFirstRows;
    }
    m_asked = MapRequest{m_layer, m_head, first, rows, m_baseWanted};
    m_provider(*m_asked);
}

void HeadView::takeKept()
{
    if (m_keptValid && m_layer >= 0) {
        for (const auto& map : m_model->keptMaps(m_layer, m_head)) {
            m_tiles.add(map);
            ++m_revision;
        }
    }
}

void HeadView::addMap(const record::AttentionMap& map)
{
    if (map.layer != m_layer || map.head != m_head) {
        return;
    }
    m_asked.reset();
    if (!m_tiles.add(map)) {
        mapFailed(tr("The map that came back does not fit together."), tr("Select the head again."));
        return;
    }
    ++m_revision;
    askForMissing();
    updateState();
    setAccessibleDescription(summary());
    update();
}

void HeadView::mapFailed(const QString& sentence, const QString& hint)
{
    m_asked.reset();
    m_failure = sentence;
    m_failureHint = hint;
    if (m_tiles.empty()) {
        takeKept();  // without the unchanged rows beside them
    }
    updateState();
    update();
}

void HeadView::forgetMaps()
{
    m_kept.clear();
    m_tiles.clear();
    m_asked.reset();
    m_failure.clear();
    ++m_revision;
    askForMissing();
    updateState();
    update();
}

void HeadView::setBaseWanted(bool on)
{
    if (on != m_baseWanted) {
        m_baseWanted = on;
        if (on && !m_tiles.hasBase()) {
            forgetMaps();
        }
    }
}

void HeadView::setRunning(bool on)
{
    m_running = on;
    updateState();
    update();
}

void HeadView::updateState()
{
    if (m_model->empty()) {
        setEmpty(tr("The map of one head will stand here, with the text on both "
                    "axes: press Run."));
    } else if (m_layer < 0) {
        setEmpty(tr("Select a head in the overview to see where it looks."));
    } else if (!m_failure.isEmpty()) {
        if (m_tiles.empty()) {
            setError(m_failure, m_failureHint);
        } else {
            setPartial(m_failure);
        }
    } else if (m_tiles.missing(0, m_model->positions()).first < m_model->positions()) {
        if (!m_running) {
            setBusy();
        } else if (m_tiles.empty()) {
            setEmpty(tr("The map of this head comes when the run ends or pauses."));
        } else {
            setPartial(tr("The other rows come when the run ends or pauses."));
        }
    } else {
        setData();
    }
}

void HeadView::setStyle(Style style)
{
    m_style = style;
    bringIntoSight();
    update();
}

void HeadView::setValue(MapTiles::Value value)
{
    m_value = value;
    ++m_revision;
    update();
}

void HeadView::setRoot(bool on)
{
    m_root = on;
    ++m_revision;
    update();
}

MapTiles::Value HeadView::shownValue() const
{
    return m_tiles.hasBase() ? m_value : MapTiles::Value::Weight;
}

ColourScale HeadView::scaleFor(const Theme& theme) const
{
    if (shownValue() == MapTiles::Value::Difference) {
        return ColourScale::centred(niceCeiling(m_tiles.largest(MapTiles::Value::Difference)), theme);
    }
    // Variants may weigh a key by more than 1.
    return {.map = ColourMap::sequential(),
            .low = 0,
            .high = m_tiles.implied() ? std::max(1.0, niceCeiling(m_tiles.largest(shownValue()))) : 1.0};
}

void HeadView::selectCell(int query, int key)
{
    if (m_layer < 0 || query < 0 || query >= m_model->positions()) {
        return;
    }
    m_key = std::clamp(key, m_tiles.visibleBegin(query), query);
    Selected selected = m_selection->current();
    selected.token = query;
    selected.layer = m_layer;
    selected.head = m_head;
    m_selection->select(selected);
    bringIntoSight();
    setAccessibleDescription(summary());
    update();
    Q_EMIT cellChosen(m_layer, m_head, query, m_key);
}

HeadView::Point HeadView::active() const
{
    if (m_hovered.query >= 0 || m_hovered.key >= 0) {
        return m_hovered;
    }
    const int hovered = m_selection->hovered().token;
    return hovered >= 0 && hovered < m_model->positions() ? Point{hovered, -1} : Point{query(), m_key};
}

QString HeadView::cellText(int query, int key) const
{
    if (query < 0 && key < 0) {
        return {};
    }
    if (query < 0) {
        double sum = 0;
        for (int row = key + 1; row < m_model->positions(); ++row) {
            const double weight = m_tiles.value(MapTiles::Value::Weight, row, key);
            sum += std::isfinite(weight) ? weight : 0;
        }
        return tr("Key %1 “%2”: receives %3 in all from the rows after it").arg(key).arg(m_model->tokenLabel(key), numberText(sum, 3));
    }
    const double entropy = m_model->rowValue(HeadStatistic::Entropy, m_layer, m_head, query);
    const auto [rows, row] = m_model->place(query);
    const int visible = rows->visible[rows->at(m_layer, m_head, row)];
    const QString end = tr("Entropy of the row: %1 of at most %2 nats (%n visible keys)", nullptr, visible)
                            .arg(numberText(entropy, 3), numberText(visible > 0 ? std::log(visible) : 0, 3));
    if (key < 0) {
        return tr("Query %1 “%2”").arg(query).arg(m_model->tokenLabel(query)) + QLatin1Char('\n') + end;
    }
    QString text = tr("Query %1 “%2” → key %3 “%4”").arg(query).arg(m_model->tokenLabel(query)).arg(key).arg(m_model->tokenLabel(key));
    if (!m_tiles.has(query)) {
        return text + QLatin1Char('\n') + tr("This row has not been computed yet.");
    }
    const double weight = m_tiles.value(MapTiles::Value::Weight, query, key);
    if (std::isnan(weight)) {
        return text + QLatin1Char('\n') + tr("Masked: the query does not see this key.");
    }
    text += QLatin1Char('\n') + tr("Weight %1, number %2 in its row").arg(numberText(weight, 5)).arg(m_tiles.rank(query, key) + 1);
    if (const double base = m_tiles.value(MapTiles::Value::Base, query, key); std::isfinite(base)) {
        text += QLatin1Char('\n') + tr("Unchanged model %1, difference %2").arg(numberText(base, 5), numberText(weight - base, 5));
    }
    return text + QLatin1Char('\n') + end;
}

QByteArray HeadView::toCsv() const
{
    QString out =
        m_tiles.hasBase() ? QStringLiteral("layer,head,query,key,weight,unchanged\n") : QStringLiteral("layer,head,query,key,weight\n");
    for (int query = 0; query < m_model->positions(); ++query) {
        for (int key = m_tiles.visibleBegin(query); m_tiles.has(query) && key <= query; ++key) {
            out += QStringLiteral("%1,%2,%3,%4,%5")
                       .arg(m_layer)
                       .arg(m_head)
                       .arg(query)
                       .arg(key)
                       .arg(csvNumber(m_tiles.value(MapTiles::Value::Weight, query, key)));
            if (m_tiles.hasBase()) {
                out += QLatin1Char(',') + csvNumber(m_tiles.value(MapTiles::Value::Base, query, key));
            }
            out += QLatin1Char('\n');
        }
    }
    return out.toUtf8();
}

QString HeadView::summary() const
{
    if (m_layer < 0 || m_model->empty()) {
        return tr("No head is selected.");
    }
    QString text = tr("Map of head %1 of layer %2.").arg(m_head).arg(m_layer);
    if (query() >= 0) {
        text += QLatin1Char(' ') + cellText(query(), m_key).replace(QLatin1Char('\n'), QLatin1String(". "));
    }
    return text;
}

}  // namespace timberline::widgets
