// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/shared/view.h"

#include "widgets/theme/theme.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPainter>

namespace timberline::widgets {

QString nameOf(ViewState state)
{
    switch (state) {
    case ViewState::Empty:
        return QStringLiteral("empty");
    case ViewState::Busy:
        return QStringLiteral("busy");
    case ViewState::Data:
        return QStringLiteral("data");
    case ViewState::Partial:
        return QStringLiteral("partial");
    case ViewState::Error:
        return QStringLiteral("error");
    }
    return {};
}

View::View(QString id, QString title, QWidget* parent) : QWidget(parent), m_id(std::move(id)), m_title(std::move(title))
{
    setObjectName(m_id);
    setAccessibleName(m_title);
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, qOverload<>(&QWidget::update));
}

void View::setEmpty(const QString& sentence)
{
    setState(ViewState::Empty, sentence, {});
}
void View::setBusy()
{
    setState(ViewState::Busy, {}, {});
}
void View::setData()
{
    setState(ViewState::Data, {}, {});
}
void View::setPartial(const QString& sentence)
{
    setState(ViewState::Partial, sentence, {});
}
void View::setError(const QString& sentence, const QString& hint)
{
    setState(ViewState::Error, sentence, hint);
}

void View::setState(ViewState state, const QString& text, const QString& hint)
{
    if (state == m_state && text == m_stateText && hint == m_stateHint) {
        return;
    }
    m_state = state;
    m_stateText = text;
    m_stateHint = hint;
    update();
    Q_EMIT stateChanged();
}

bool View::paintState(QPainter& painter, const QRectF& area, const Theme& theme) const
{
    if (m_state == ViewState::Partial) {
        painter.save();
        QColor hatch = theme.hairline;
        hatch.setAlphaF(0.35F);
        painter.fillRect(area, QBrush(hatch, Qt::BDiagPattern));
        painter.setPen(theme.quietInk);
        painter.drawText(area.adjusted(12, 8, -12, -8), Qt::AlignRight | Qt::AlignBottom | Qt::TextWordWrap, m_stateText);
        painter.restore();
        return false;
    }
    if (m_state != ViewState::Empty && m_state != ViewState::Error) {
        return false;
    }
    painter.save();
    const QRectF box = area.adjusted(area.width() * 0.12, 24, -area.width() * 0.12, -24);
    QFont title = painter.font();
    if (m_state == ViewState::Error) {
        painter.setPen(theme.rejected);
        title.setBold(true);
        painter.setFont(title);
    } else {
        painter.setPen(theme.quietInk);
    }
    const QString text = m_stateHint.isEmpty() ? m_stateText : m_stateText + QLatin1Char('\n') + m_stateHint;
    painter.drawText(box, Qt::AlignCenter | Qt::TextWordWrap, text);
    painter.restore();
    return true;
}

QByteArray View::toFormat(const QString&) const
{
    return {};
}

QByteArray View::toJson() const
{
    // One object a row, keyed by the header; numbers stay numbers. Quoted cells are rare (token texts), so the small parser suffices.
    const QString csv = QString::fromUtf8(toCsv());
    QJsonArray rows;
    QStringList header;
    QStringList cells;
    QString cell;
    bool quoted = false;
    bool wasQuoted = false;
    QList<bool> quotedCells;
    const auto endCell = [&] {
        cells.append(cell);
        quotedCells.append(wasQuoted);
        cell.clear();
        wasQuoted = false;
    };
    const auto endRow = [&] {
        endCell();
        if (header.isEmpty()) {
            header = cells;
        } else if (cells.size() == header.size()) {
            QJsonObject object;
            for (qsizetype i = 0; i < cells.size(); ++i) {
                bool number = false;
                const double value = cells[i].toDouble(&number);
                object.insert(header[i], cells[i].isEmpty() && !quotedCells[i] ? QJsonValue()
                                         : number && !quotedCells[i]           ? QJsonValue(value)
                                                                               : QJsonValue(cells[i]));
            }
            rows.append(object);
        }
        cells.clear();
        quotedCells.clear();
    };
    for (qsizetype i = 0; i < csv.size(); ++i) {
        const QChar c = csv[i];
        if (quoted) {
            if (c == QLatin1Char('"') && i + 1 < csv.size() && csv[i + 1] == QLatin1Char('"')) {
                cell += c;
                ++i;
            } else if (c == QLatin1Char('"')) {
                quoted = false;
            } else {
                cell += c;
            }
        } else if (c == QLatin1Char('"')) {
            quoted = true;
            wasQuoted = true;
        } else if (c == QLatin1Char(',')) {
            endCell();
        } else if (c == QLatin1Char('\n')) {
            endRow();
        } else {
            cell += c;
        }
    }
    if (!cell.isEmpty() || !cells.isEmpty()) {
        endRow();
    }
    return QJsonDocument(rows).toJson();
}

}  // namespace timberline::widgets
