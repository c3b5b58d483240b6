// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/run_session.h"
#include "widgets/shared/record_model.h"
#include "widgets/shared/selection.h"

#include <QList>
#include <QWidget>

namespace timberline::widgets {
class View;
}

namespace timberline::app {

/// What a bench works with. Session and record are the bench's own; the selection is the window's, so that selecting token t on one bench selects it
/// on all of them.
struct BenchContext {
    RunSession* session;
    widgets::RecordModel* model;
    widgets::SelectionModel* selection;
    JobHost* jobs;  ///< for questions beside a run: Engine::query in a job with a tag of the bench's own
};

/// One of the four workbenches: the centre of the window, and what the docks show while it is in front. The window owns set-up, timeline, menus and export
/// for all of them alike.
class Bench : public QWidget
{
    Q_OBJECT
public:
    using QWidget::QWidget;
    /// Every view, for export and the state file; stable order.
    [[nodiscard]] virtual QList<widgets::View*> views() const = 0;
    /// Content of the inspector dock: every number of what is selected. Made once; the window puts it into the dock and owns it from then on.
    [[nodiscard]] virtual QWidget* inspector() = 0;
    /// Content of the "This run" dock; as the inspector's.
    [[nodiscard]] virtual QWidget* summary() = 0;
    /// Selects something worth looking at, for unattended pictures; does nothing when something is selected already.
    virtual void selectSomething() {}
    /// Asks what a view of views() shows only when it is asked for; does nothing for the others.
    virtual void fill(const widgets::View& view) { (void)view; }
};

}  // namespace timberline::app
