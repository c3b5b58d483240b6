// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/bench_page.h"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace timberline::app {

BenchPage::BenchPage(const QString& title, const QString& sentence, QWidget* parent) : QWidget(parent)
{
    auto* layout = new QVBoxLayout(this);
    layout->setSpacing(12);
    layout->addStretch(2);
    auto* heading = new QLabel(title, this);
    QFont font = heading->font();
    font.setPointSizeF(font.pointSizeF() * 1.6);
    heading->setFont(font);
    heading->setAlignment(Qt::AlignCenter);
    auto* text = new QLabel(sentence, this);
    text->setWordWrap(true);
    text->setAlignment(Qt::AlignCenter);
    text->setProperty("quiet", true);
    text->setMaximumWidth(520);
    text->setMinimumWidth(420);
    auto* button = new QPushButton(tr("Go to the Draft bench"), this);
    connect(button, &QPushButton::clicked, this, &BenchPage::goToDraft);
    layout->addWidget(heading, 0, Qt::AlignCenter);
    layout->addWidget(text, 0, Qt::AlignCenter);
    layout->addWidget(button, 0, Qt::AlignCenter);
    layout->addStretch(3);
}

}  // namespace timberline::app
