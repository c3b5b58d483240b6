// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/draft/refolded_view.h"

#include "widgets/draft/question_paint.h"

#include <QElapsedTimer>

#include <algorithm>

namespace timberline::widgets {

RefoldedView::RefoldedView(const QString& id, const QString& title, RecordModel* model, QWidget* parent)
    : View(id, title, parent), m_model(model)
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    m_rest.setSingleShot(true);
    m_rest.setInterval(0);
    connect(&m_rest, &QTimer::timeout, this, [this] {
        if (m_stale && (isVisible() || m_wanted)) {
            refoldNow();
        }
    });
    connect(m_model, &RecordModel::shownChanged, this, [this] {
        m_stale = true;
        if (isVisible() && !m_rest.isActive()) {
            m_rest.start();
        }
    });
}

void RefoldedView::refoldNow()
{
    m_stale = false;
    m_wanted = false;
    QElapsedTimer timer;
    timer.start();
    refold();
    m_rest.setInterval(static_cast<int>(std::clamp<qint64>(timer.elapsed() * 10, 30, 2000)));
    m_rest.start();
    setAccessibleDescription(summary());
    update();
    Q_EMIT refolded();
}

void RefoldedView::catchUpRested() const
{
    if (m_stale && !m_rest.isActive()) {
        catchUp();
    }
    m_wanted = m_wanted || m_stale;
}

void RefoldedView::catchUp() const
{
    if (m_stale) {
        // What is asked for is a fold of the record; when it is computed makes no difference to who asks.
        const_cast<RefoldedView*>(this)->refoldNow();
    }
}

void RefoldedView::paintEvent(QPaintEvent*)
{
    paintQuestionView(*this, hasFocus(), *this);
}

void RefoldedView::showEvent(QShowEvent* event)
{
    View::showEvent(event);
    catchUp();
}

}  // namespace timberline::widgets
