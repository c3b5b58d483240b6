// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/shared/record_model.h"
#include "widgets/shared/view.h"

#include <QTimer>

namespace timberline::widgets {

/// A view of findings over a whole run that are computed anew from all its rounds. While rounds come in, it does so only when it can be
/// seen, and takes at most a tenth of the time; what is asked of it (numbers, export) is always up to date.
class RefoldedView : public View
{
    Q_OBJECT
public:
    RefoldedView(const QString& id, const QString& title, RecordModel* model, QWidget* parent);

    [[nodiscard]] QSize sizeHint() const override { return {480, 240}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {280, 130}; }
    /// Takes a change in that came while the view was hidden or resting.
    void catchUp() const;
    /// The same, but rests between two times as the view itself does: for those who ask at every repaint. refolded() follows later.
    void catchUpRested() const;

Q_SIGNALS:
    void refolded();

protected:
    /// Computes everything from model()'s rounds [0, shownRounds()), sets the state.
    virtual void refold() = 0;
    [[nodiscard]] RecordModel* model() const { return m_model; }
    void paintEvent(QPaintEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    void refoldNow();

    RecordModel* m_model;
    QTimer m_rest;
    bool m_stale = true;
    mutable bool m_wanted = false;  ///< somebody else draws what is computed here
};

}  // namespace timberline::widgets
