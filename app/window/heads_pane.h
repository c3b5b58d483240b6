// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/bench.h"
#include "app/window/heads_files.h"

#include <QWidget>

#include <optional>

class QComboBox;
class QLabel;
class QMenu;
class QProgressBar;
class QPushButton;
class QToolButton;

namespace timberline::widgets {
class HeadTrainingView;
}

namespace timberline::app {

class HeadsSetup;

/// The tab of the Draft bench in which draft heads are trained for its model: what to train, the training as it goes on, its folder, and
/// the way back to the bench. Has a session and a record of its own; the worker is shared with everything else.
class HeadsPane : public QWidget
{
    Q_OBJECT
public:
    /// @param context of the Draft bench: whose model is trained for, and who takes the heads.
    explicit HeadsPane(const BenchContext& context, QWidget* parent = nullptr);

    [[nodiscard]] widgets::HeadTrainingView* view() const { return m_view; }
    [[nodiscard]] RunSession* session() const { return m_session; }
    [[nodiscard]] widgets::RecordModel* model() const { return m_model; }
    [[nodiscard]] HeadsSetup* setup() const { return m_setup; }
    [[nodiscard]] QPushButton* trainButton() const { return m_train; }
    [[nodiscard]] QPushButton* pauseButton() const { return m_pause; }
    [[nodiscard]] QPushButton* stopButton() const { return m_stop; }
    [[nodiscard]] QPushButton* useButton() const { return m_use; }
    [[nodiscard]] QPushButton* resumeButton() const { return m_resume; }
    [[nodiscard]] QProgressBar* progress() const { return m_progress; }
    [[nodiscard]] QString noteText() const;

    /// Folder below which every training gets one of its own.
    [[nodiscard]] QString parentFolder() const;
    void setParentFolder(const QString& folder);
    /// Where the heads of the training that is shown lie; empty when it wrote none.
    [[nodiscard]] const QString& headsFolder() const { return m_folder; }

    /// Fills the set-up; trains nothing.
    void openConfig(const run::Config& config);
    void openRecord(record::RecordPtr record);
    void train();
    /// Goes on from a checkpoint, with its config. One whose steps are all done only fills the set-up: more steps may be asked for.
    void resumeFrom(const QString& file);
    /// Puts drafter, its partners and the trained heads into the Draft bench's set-up.
    void useHeads();
    /// For unattended pictures: a training of a few seconds that writes nothing, unless something is shown already.
    void fill();

Q_SIGNALS:
    void headsUsed();  ///< useHeads() has set up the Draft bench

private:
    QWidget* buildBar();
    QWidget* buildLeft();
    QWidget* buildRight();
    void fillResumeMenu();
    void chooseFolder();
    void saveRecord();
    void takeModel();
    void onProgress(double fraction, const QString& what);
    void onFinished();
    void setPath(const char* key, const QString& path);
    [[nodiscard]] QString pathOf(const char* key) const;
    void say(const QString& text);
    void refresh();
    void refreshParts();

    BenchContext m_context;
    widgets::RecordModel* m_model;
    RunSession* m_session;
    widgets::HeadTrainingView* m_view;
    HeadsSetup* m_setup;
    QPushButton* m_train;
    QPushButton* m_pause;
    QPushButton* m_stop;
    QPushButton* m_resume;
    QPushButton* m_use;
    QMenu* m_checkpoints;
    QComboBox* m_part;
    QLabel* m_folderLabel;
    QLabel* m_numbers;
    QLabel* m_note;
    QProgressBar* m_progress;
    QString m_parent;  ///< empty = default_heads_folder()
    QString m_folder;
    QString m_ownFolder;                          ///< the free folder that train() gave the last training, not the user
    bool m_hasFailed = false;                     ///< the training that ends now, with a reason
    std::optional<HeadsCheckpoint> m_checkpoint;  ///< train() goes on from it instead of beginning anew
};

}  // namespace timberline::app
