// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/attention/attention_model.h"
#include "widgets/shared/selection.h"
#include "widgets/shared/view.h"

#include <functional>
#include <optional>

namespace timberline::widgets {

/// How much of one position comes from each input token, depth by depth
/// (attention rollout): one row of bars a layer, the first layer at the top,
/// with the entropy of the row beside it. Up and Down walk layers, Left and
/// Right input tokens.
class RolloutView : public View
{
    Q_OBJECT
public:
    RolloutView(AttentionModel* model, SelectionModel* selection, QWidget* parent = nullptr);

    /// Called with the position whose rollout is wanted; answered by setRollout
    /// or rolloutFailed.
    void setProvider(std::function<void(int position)> provider);
    void setRollout(record::AttentionRollout rollout);
    void rolloutFailed(const QString& sentence, const QString& hint);
    /// The maps or the settings are others: asks again.
    void forget();
    /// Asks even when nobody looks, for exports and pictures; otherwise it asks when it comes into sight.
    void setEager(bool on);
    [[nodiscard]] int position() const { return m_rollout ? m_rollout->position : -1; }
    [[nodiscard]] int layer() const { return m_layer; }
    [[nodiscard]] QString barText(int layer, int token) const;

    void paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const override;
    [[nodiscard]] QSizeF contentSize() const override;
    /// layer,position,token,text,weight,entropy_nats: a line an input of each
    /// depth.
    [[nodiscard]] QByteArray toCsv() const override;
    [[nodiscard]] QString summary() const override;
    [[nodiscard]] QSize sizeHint() const override { return {480, 220}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {200, 110}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    struct Layout {
        QRectF area;
        double row = 1;
        double labels = 0;  ///< height for token labels under the bars; 0 = none
    };
    [[nodiscard]] Layout layoutFor(const QSizeF& size, const QFont& font) const;
    [[nodiscard]] std::pair<int, int> barAt(const QPointF& point) const;
    void refresh();
    void ask();
    void paintBars(QPainter& painter, const QSizeF& size, const Theme& theme, bool interactive) const;

    AttentionModel* m_model;
    SelectionModel* m_selection;
    std::function<void(int)> m_provider;
    std::optional<record::AttentionRollout> m_rollout;
    int m_asked = -1;
    QString m_failure, m_failureHint;
    int m_failedFor = -1;
    bool m_eager = false;
    int m_layer = -1;  ///< -1 = the last
    int m_token = -1;
    std::pair<int, int> m_hovered{-1, -1};
};

}  // namespace timberline::widgets
