// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/attention/attention_model.h"

#include <QList>
#include <QWidget>

class QGridLayout;
class QLabel;

namespace timberline::widgets {

/// The run in numbers: length, variant, edits, perplexity, how widely the heads attend on average, how many are sinks.
class AttentionSummary : public QWidget
{
    Q_OBJECT
public:
    explicit AttentionSummary(AttentionModel* model, QWidget* parent = nullptr);

    /// Label and value of every line, top to bottom.
    [[nodiscard]] QList<std::pair<QString, QString>> rows() const;

private:
    void refresh();
    QLabel* addRow(const QString& label, const QString& help);
    AttentionModel* m_model;
    QGridLayout* m_layout;
    QList<std::pair<QLabel*, QLabel*>> m_rows;
    QLabel *m_text, *m_shape, *m_variant, *m_edits, *m_perplexity, *m_entropy, *m_sinks;
    QLabel* m_note;
};

}  // namespace timberline::widgets
