// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/error_banner.h"

#include "widgets/theme/theme.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace timberline::app {

ErrorBanner::ErrorBanner(QWidget* parent) : QFrame(parent), m_message(new QLabel(this)), m_hint(new QLabel(this))
{
    setObjectName(QStringLiteral("error-banner"));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 8, 12, 8);
    auto* texts = new QVBoxLayout;
    texts->setSpacing(2);
    for (auto* label : {m_message, m_hint}) {
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        texts->addWidget(label);
    }
    auto* copy = new QPushButton(tr("Copy"), this);
    auto* close = new QPushButton(tr("Close"), this);
    layout->addLayout(texts, 1);
    layout->addWidget(copy, 0, Qt::AlignTop);
    layout->addWidget(close, 0, Qt::AlignTop);
    connect(copy, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(text()); });
    connect(close, &QPushButton::clicked, this, &QWidget::hide);
    connect(&widgets::ThemeManager::instance(), &widgets::ThemeManager::changed, this, &ErrorBanner::restyle);
    restyle();
    hide();
}

void ErrorBanner::restyle()
{
    const auto& colors = widgets::theme();
    setStyleSheet(QStringLiteral("#error-banner { background: %1; border: none; border-left: 4px solid %2; }")
                      .arg(widgets::mix(colors.background, colors.rejected, 0.12).name(), colors.rejected.name()));
}

void ErrorBanner::show(const QString& message, const QString& hint)
{
    m_message->setText(message);
    m_hint->setText(hint);
    m_hint->setVisible(!hint.isEmpty());
    QFrame::show();
}

QString ErrorBanner::text() const
{
    return m_hint->text().isEmpty() ? m_message->text() : m_message->text() + QLatin1Char('\n') + m_hint->text();
}

}  // namespace timberline::app
