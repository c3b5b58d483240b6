// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/draft/node_law.h"
#include "widgets/shared/record_model.h"
#include "widgets/shared/view.h"

namespace timberline::widgets {

/// Bars of the ten likeliest tokens of both laws at a node: target solid, draft outlined, residual hatched. The inspected token is marked.
class DistributionView : public View
{
    Q_OBJECT
public:
    explicit DistributionView(RecordModel* model, QWidget* parent = nullptr);

    void setLaw(NodeLaw law, TokenId marked);
    void clearLaw();

    struct Row {
        TokenId token = 0;
        float target = record::kUndefined;
        float draft = record::kUndefined;
        float residual = record::kUndefined;
    };
    /// The shown rows: union of both top-10 lists, likeliest target first, at most `kRows`, the marked token always among them.
    [[nodiscard]] const std::vector<Row>& rows() const { return m_rows; }
    static constexpr int kRows = 12;

    void paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const override;
    [[nodiscard]] QSizeF contentSize() const override;
    [[nodiscard]] QByteArray toCsv() const override;
    [[nodiscard]] QString summary() const override;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return {220, sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    RecordModel* m_model;
    NodeLaw m_law;
    TokenId m_marked = -1;
    std::vector<Row> m_rows;
};

}  // namespace timberline::widgets
