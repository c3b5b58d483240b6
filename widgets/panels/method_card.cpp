// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/method_card.h"

#include "widgets/panels/parameter_panel.h"

#include <QLabel>
#include <QVBoxLayout>

namespace timberline::widgets {

MethodCard::MethodCard(QWidget* parent) : QFrame(parent), m_badge(new QLabel(this)), m_summary(new QLabel(this)), m_source(new QLabel(this))
{
    setObjectName(QStringLiteral("method-card"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 4, 0, 4);
    layout->setSpacing(4);
    m_summary->setWordWrap(true);
    m_source->setWordWrap(true);
    m_source->setProperty("quiet", true);
    m_source->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_badge->setWordWrap(true);
    layout->addWidget(m_summary);
    layout->addWidget(m_badge);
    layout->addWidget(m_source);
}

void MethodCard::setMethod(const MethodInfo& info)
{
    m_summary->setText(coreText(info.summary));
    switch (info.lossless) {
    case Lossless::Yes:
        m_badge->setText(info.lossy_when.empty() ? tr("✓ Lossless: the text is the target's own.")
                                                 : tr("✓ Lossless, except: %1").arg(coreText(info.lossy_when)));
        break;
    case Lossless::No:
        m_badge->setText(tr("≈ Lossy: the text differs from the target's own. %1").arg(coreText(info.lossy_when)));
        break;
    case Lossless::NotApplicable:
        m_badge->clear();
        break;
    }
    m_badge->setVisible(!m_badge->text().isEmpty());
    QStringList sources;
    for (const auto& source : info.sources) {
        QString line = QStringLiteral("%1, %2").arg(QString::fromStdString(source.authors), QString::fromStdString(source.title));
        if (source.year > 0) {
            line += QStringLiteral(" (%1)").arg(source.year);
        }
        if (!source.arxiv.empty()) {
            line += QStringLiteral(", arXiv %1").arg(QString::fromStdString(source.arxiv));
        }
        sources.append(line);
    }
    m_source->setText(sources.join(QLatin1Char('\n')));
    m_source->setVisible(!sources.isEmpty());
}

void MethodCard::setLossyBecause(const MethodInfo& other)
{
    m_badge->setText(tr("≈ Lossy: the text differs from the target's own. %1").arg(coreText(other.title)));
    m_badge->setVisible(true);
}

QString MethodCard::text() const
{
    QStringList parts = {m_summary->text(), m_badge->text(), m_source->text()};
    parts.removeAll(QString());
    return parts.join(QLatin1Char('\n'));
}

}  // namespace timberline::widgets
