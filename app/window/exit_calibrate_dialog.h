// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/jobs/job_host.h"
#include "core/run/config.h"

#include <QDialog>
#include <QString>

#include <functional>

class QDoubleSpinBox;
class QLabel;
class QPlainTextEdit;
class QPushButton;
class QSpinBox;

namespace timberline::widgets {
class ThresholdCertificateView;
}

namespace timberline::app {

/// Certifies a threshold on prompts of the user's: prompts one a line, the two limits, and what came out (query "calibrate" of the Exits
/// bench, in a job of its own). What cannot be certified is said in words where the picture would stand. Not modal; closing it stops the
/// job.
class ExitCalibrateDialog : public QDialog
{
    Q_OBJECT
public:
    /// @param config asked at each start: the model, the policy and the KV mode that the certificate is for.
    ExitCalibrateDialog(JobHost* jobs, std::function<run::Config()> config, QWidget* parent);

    /// Fills the prompts when nothing has been written yet.
    void offerPrompt(const QString& prompt);
    [[nodiscard]] widgets::ThresholdCertificateView* view() const { return m_view; }
    [[nodiscard]] QPlainTextEdit* promptEdit() const { return m_prompts; }
    [[nodiscard]] QPushButton* startButton() const { return m_start; }
    [[nodiscard]] QPushButton* takeButton() const { return m_take; }
    [[nodiscard]] QString note() const;

    void done(int result) override;

Q_SIGNALS:
    void thresholdTaken(const QString& policy, double threshold);

private:
    void build();
    void start();
    void stop();
    void showAnswer(const Result<record::Block>& answer);
    void refresh();
    [[nodiscard]] QStringList prompts() const;
    [[nodiscard]] Json arguments() const;

    JobHost* m_jobs;
    std::function<run::Config()> m_config;
    QPlainTextEdit* m_prompts;
    QLabel* m_count;
    QDoubleSpinBox* m_delta;
    QDoubleSpinBox* m_epsilon;
    QDoubleSpinBox* m_step;
    QSpinBox* m_newTokens;
    widgets::ThresholdCertificateView* m_view;
    QLabel* m_note;
    QPushButton* m_start;
    QPushButton* m_take;
    bool m_running = false;
};

}  // namespace timberline::app
