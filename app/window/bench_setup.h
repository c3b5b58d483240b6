// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/run_session.h"
#include "core/run/bench_spec.h"

#include <QWidget>

#include <utility>
#include <vector>

class QComboBox;
class QLabel;
class QPlainTextEdit;
class QVBoxLayout;

namespace timberline::widgets {
class MethodCard;
class ParameterPanel;
}  // namespace timberline::widgets

namespace timberline::app {

/// Declarations and values of a method under their full paths ("method.policy.values.threshold"): two methods of a bench may share a key.
[[nodiscard]] std::pair<std::vector<Hyperparameter>, Values>
values_by_path(const run::BenchRole& role, const std::vector<Hyperparameter>& declarations, const Values& values);
/// The config's values of declarations that name them by path.
[[nodiscard]] Values values_of_config(const run::Config& config, const std::vector<Hyperparameter>& declarations);

/// What runs on a bench, made whole from the bench's declaration (bench_spec.h): model and prompt where there are any, one chooser with its
/// hyperparameters a place, the bench's settings, the run's.
class BenchSetup : public QWidget
{
    Q_OBJECT
public:
    BenchSetup(RunSession* session, JobHost* jobs, QWidget* parent = nullptr);

    [[nodiscard]] QComboBox* roleBox(const std::string& role) const;
    [[nodiscard]] widgets::ParameterPanel* rolePanel(const std::string& role) const;
    [[nodiscard]] widgets::ParameterPanel* settingsPanel() const { return m_settings; }
    [[nodiscard]] QPlainTextEdit* promptEdit() const { return m_prompt; }

Q_SIGNALS:
    void browseModelRequested();
    void draftTextRequested();  ///< read the text of the Draft bench's run

private:
    struct Place {
        run::BenchRole role;
        QComboBox* box;
        widgets::ParameterPanel* panel;
        widgets::MethodCard* card;  ///< only the first place has one
    };
    void buildInput(QVBoxLayout* layout);
    void buildPlaces(QVBoxLayout* layout);
    void refresh();
    void refreshPrompt();
    /// Puts the session's values into the controls, where they differ: a value may have been changed on the bench itself.
    void syncValues();
    [[nodiscard]] std::vector<widgets::ParameterPanel*> panels() const;
    [[nodiscard]] std::vector<Hyperparameter> runDeclarations() const;

    RunSession* m_session;
    JobHost* m_jobs;
    const run::BenchSpec* m_spec;
    QComboBox* m_model = nullptr;  ///< null, like the prompt, where no model is needed
    QPlainTextEdit* m_prompt = nullptr;
    QLabel* m_textNote = nullptr;
    QLabel* m_loading = nullptr;
    std::vector<Place> m_places;
    widgets::ParameterPanel* m_settings = nullptr;
    widgets::ParameterPanel* m_sampling = nullptr;
    widgets::ParameterPanel* m_run = nullptr;
    bool m_refreshing = false;
};

}  // namespace timberline::app
