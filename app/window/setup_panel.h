// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/run_session.h"

#include <QWidget>

#include <array>

class QComboBox;
class QLabel;
class QPlainTextEdit;
class QVBoxLayout;

namespace timberline::widgets {
class MethodCard;
class ParameterPanel;
}  // namespace timberline::widgets

namespace timberline::app {

class HeadsChooser;

/// What runs: models, prompt, method with its hyperparameters and card, sampling, run settings. All controls come from declarations.
class SetupPanel : public QWidget
{
    Q_OBJECT
public:
    SetupPanel(RunSession* session, JobHost* jobs, QWidget* parent = nullptr);

    [[nodiscard]] QPlainTextEdit* promptEdit() const { return m_prompt; }
    [[nodiscard]] QComboBox* methodBox() const { return m_method; }
    [[nodiscard]] HeadsChooser* headsChooser() const { return m_heads; }
    [[nodiscard]] widgets::ParameterPanel* methodPanel() const { return m_methodPanel; }
    [[nodiscard]] widgets::ParameterPanel* controllerPanel() const { return m_controllerPanel; }
    [[nodiscard]] widgets::ParameterPanel* samplingPanel() const { return m_samplingPanel; }

Q_SIGNALS:
    void browseModelRequested(bool draft);
    void tensorsRequested();
    /// Temperature, top-k, top-p … as the controls stand, for the live redraw of the inspected distribution.
    void samplingEdited(const timberline::record::Sampling& sampling);

private:
    void buildModels(QVBoxLayout* layout);
    void buildMethod(QVBoxLayout* layout);
    void refresh();
    void refreshPrompt();
    void refreshModelFacts();
    void onEdited(widgets::ParameterPanel* panel, const QString& key, const ParameterValue& value);
    /// The values of a controller or acceptance rule, and a warning on the card when it is lossy.
    void showCompanion(widgets::ParameterPanel* panel, const char* family, const run::MethodChoice& choice);
    [[nodiscard]] std::array<widgets::ParameterPanel*, 5> panels() const;
    [[nodiscard]] Values valuesByPath(const std::vector<Hyperparameter>& declarations) const;

    RunSession* m_session;
    JobHost* m_jobs;
    QComboBox* m_model = nullptr;
    QComboBox* m_draft = nullptr;
    QLabel* m_modelFacts = nullptr;
    QPlainTextEdit* m_prompt = nullptr;
    QComboBox* m_method = nullptr;
    HeadsChooser* m_heads = nullptr;
    QComboBox* m_controller = nullptr;
    QComboBox* m_acceptance = nullptr;
    QLabel* m_loading = nullptr;
    widgets::ParameterPanel* m_methodPanel = nullptr;
    widgets::ParameterPanel* m_controllerPanel = nullptr;
    widgets::ParameterPanel* m_acceptancePanel = nullptr;
    widgets::ParameterPanel* m_samplingPanel = nullptr;
    widgets::ParameterPanel* m_runPanel = nullptr;
    widgets::MethodCard* m_card = nullptr;
    bool m_refreshing = false;
};

}  // namespace timberline::app
