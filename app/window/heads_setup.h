// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/run_session.h"
#include "core/run/bench_spec.h"

#include <QWidget>

#include <vector>

class QComboBox;
class QToolButton;
class QVBoxLayout;

namespace timberline::widgets {
class ParameterPanel;
}

namespace timberline::app {

/// What trains draft heads: on top what most people set (kind of head, text, its length, steps, learning rate, seed), the rest under
/// "More". All controls come from the bench's declaration.
class HeadsSetup : public QWidget
{
    Q_OBJECT
public:
    HeadsSetup(RunSession* session, JobHost* jobs, QWidget* parent = nullptr);

    [[nodiscard]] QComboBox* headBox() const { return m_head; }
    [[nodiscard]] widgets::ParameterPanel* mainPanel() const { return m_main; }
    [[nodiscard]] widgets::ParameterPanel* morePanel() const { return m_more; }
    [[nodiscard]] QToolButton* moreButton() const { return m_moreButton; }

private:
    struct Place {
        run::BenchRole role;
        QComboBox* box;
        widgets::ParameterPanel* panel;
    };
    void addPlace(const run::BenchRole& role, QVBoxLayout* layout);
    void refresh();
    /// Text and file stand in one place: a file's name is asked only where the text comes from one.
    void fillMain();
    void syncValues(const QString& key);
    [[nodiscard]] std::vector<widgets::ParameterPanel*> panels() const;

    RunSession* m_session;
    JobHost* m_jobs;
    QComboBox* m_head;
    widgets::ParameterPanel* m_main;
    QToolButton* m_moreButton;
    QWidget* m_rest;
    widgets::ParameterPanel* m_more;
    std::vector<Place> m_places;
};

}  // namespace timberline::app
