// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/run_session.h"

#include <QWidget>

class QComboBox;

namespace timberline::app {

/// Which trained heads a method drafts with: those that came with the program, those trained here, or any folder. Hidden while no method
/// in use drafts with heads.
class HeadsChooser : public QWidget
{
    Q_OBJECT
public:
    HeadsChooser(RunSession* session, JobHost* jobs, QWidget* parent = nullptr);

    [[nodiscard]] QComboBox* box() const { return m_box; }
    /// After another method was chosen: heads of another kind, or none, give way to the first that fit.
    void fit();

private:
    /// Kind of heads that a method in use drafts with; empty = none does.
    [[nodiscard]] QString kind() const;
    void refresh();
    void chooseFolder();

    RunSession* m_session;
    JobHost* m_jobs;
    QComboBox* m_box;
    QString m_kind;  ///< what the box offers now
};

}  // namespace timberline::app
