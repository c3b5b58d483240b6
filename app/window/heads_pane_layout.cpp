// SPDX-License-Identifier: GPL-3.0-or-later
// How the Heads tab is put together.
#include "app/window/heads_pane.h"

#include "app/project/settings.h"
#include "app/window/heads_setup.h"
#include "core/record/codec.h"
#include "widgets/draft/head_training_view.h"

#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSplitter>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>

namespace timberline::app {

namespace {

/// One line that gives way: what does not fit is left out, and all of it is the tooltip.
class GivingLabel : public QLabel
{
public:
    GivingLabel(Qt::TextElideMode mode, QWidget* parent) : QLabel(parent), m_mode(mode) {}
    [[nodiscard]] QSize minimumSizeHint() const override { return {40, QLabel::minimumSizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        style()->drawItemText(&painter, contentsRect(), static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter), palette(), isEnabled(),
                              fontMetrics().elidedText(text(), m_mode, contentsRect().width()), foregroundRole());
    }

private:
    Qt::TextElideMode m_mode;
};

}  // namespace

HeadsPane::HeadsPane(const BenchContext& context, QWidget* parent)
    : QWidget(parent), m_context(context), m_model(new widgets::RecordModel(this)),
      m_session(new RunSession(context.jobs, m_model, nullptr, "heads", this)), m_view(new widgets::HeadTrainingView(m_model, this)),
      m_setup(new HeadsSetup(m_session, context.jobs, this)), m_train(new QPushButton(this)), m_pause(new QPushButton(this)),
      m_stop(new QPushButton(tr("Stop"), this)), m_resume(new QPushButton(tr("Resume…"), this)),
      m_use(new QPushButton(tr("Use these heads"), this)), m_checkpoints(new QMenu(this)), m_part(new QComboBox(this)),
      m_folderLabel(new GivingLabel(Qt::ElideMiddle, this)), m_numbers(new GivingLabel(Qt::ElideRight, this)),
      m_note(new GivingLabel(Qt::ElideRight, this)), m_progress(new QProgressBar(this)), m_parent(Settings::headsFolder())
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 4, 0, 0);
    layout->setSpacing(2);
    layout->addWidget(buildBar());
    auto* words = new QHBoxLayout;
    words->setContentsMargins(12, 0, 12, 0);
    words->setSpacing(12);
    words->addWidget(m_numbers, 4);
    words->addWidget(m_note, 1);
    words->addWidget(m_part);
    m_note->setProperty("quiet", true);
    layout->addLayout(words);
    auto* splitter = new QSplitter(Qt::Horizontal, this);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(buildLeft());
    splitter->addWidget(buildRight());
    splitter->setStretchFactor(0, 0);
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({270, 600});
    layout->addWidget(splitter, 1);

    connect(m_train, &QPushButton::clicked, this, &HeadsPane::train);
    connect(m_pause, &QPushButton::clicked, this,
            [this] { m_session->activity() == RunSession::Activity::Paused ? m_session->resume() : m_session->pause(); });
    connect(m_stop, &QPushButton::clicked, m_session, &RunSession::stop);
    connect(m_use, &QPushButton::clicked, this, &HeadsPane::useHeads);
    connect(m_part, &QComboBox::currentIndexChanged, this,
            [this] { m_view->setPart(m_part->count() > 0 ? m_part->currentData().toInt() : -1); });
    connect(m_checkpoints, &QMenu::aboutToShow, this, &HeadsPane::fillResumeMenu);
    connect(m_model, &widgets::RecordModel::changed, this, &HeadsPane::refresh);
    connect(m_session, &RunSession::activityChanged, this, &HeadsPane::refresh);
    connect(m_session, &RunSession::valueChanged, this, &HeadsPane::refresh);
    connect(m_session, &RunSession::configChanged, this, [this] {
        m_checkpoint.reset();  // another training is set up
        refresh();
    });
    connect(m_session, &RunSession::finished, this, &HeadsPane::onFinished);
    connect(m_session, &RunSession::failed, this, [this](const QString& message, const QString& hint) {
        m_hasFailed = true;
        m_view->showError(message, hint);
    });
    connect(context.jobs, &JobHost::progressArrived, this, &HeadsPane::onProgress);
    // The target is the Draft bench's model.
    connect(context.session, &RunSession::inputChanged, this, &HeadsPane::takeModel);
    connect(context.session, &RunSession::configChanged, this, &HeadsPane::takeModel);
    connect(context.jobs, &JobHost::engineLoaded, this, [this] {
        m_session->setConfig(m_session->config());
        takeModel();
        refresh();
    });
    takeModel();
    say({});
    refresh();
}

QWidget* HeadsPane::buildBar()
{
    auto* bar = new QWidget(this);
    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins(12, 0, 12, 0);
    layout->setSpacing(6);
    m_train->setToolTip(tr("Trains heads for the model of this bench, as set up on the left"));
    m_pause->setToolTip(tr("Stands still before the next step; other runs pass meanwhile"));
    m_stop->setToolTip(tr("Ends the training and keeps a checkpoint, from which it can go on"));
    m_resume->setToolTip(tr("Goes on with a training that was stopped or cut off"));
    m_use->setToolTip(tr("Sets the Draft bench up to draft with the heads of this training"));
    m_resume->setMenu(m_checkpoints);
    m_part->setAccessibleName(tr("Part of the loss"));
    m_part->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_part->setMinimumContentsLength(7);
    m_part->setToolTip(tr("Which part of the loss is drawn"));
    for (auto* button : {m_train, m_pause, m_stop, m_resume}) {
        layout->addWidget(button);
    }
    layout->addStretch(1);
    layout->addWidget(m_use);
    return bar;
}

QWidget* HeadsPane::buildLeft()
{
    auto* left = new QWidget(this);
    auto* layout = new QVBoxLayout(left);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(2);
    auto* area = new QScrollArea(left);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setWidget(m_setup);
    area->setMinimumHeight(60);
    area->setMinimumWidth(m_setup->minimumSizeHint().width() + area->verticalScrollBar()->sizeHint().width() + 2);
    layout->addWidget(area, 1);
    auto* row = new QHBoxLayout;
    row->setContentsMargins(12, 0, 8, 4);
    row->setSpacing(4);
    auto* title = new QLabel(tr("Folder"), left);
    m_folderLabel->setProperty("quiet", true);
    auto* browse = new QToolButton(left);
    browse->setText(QStringLiteral("…"));
    browse->setToolTip(tr("Choose where trained heads are kept"));
    browse->setAccessibleName(browse->toolTip());
    browse->setFocusPolicy(Qt::TabFocus);
    title->setBuddy(browse);
    row->addWidget(title);
    row->addWidget(m_folderLabel, 1);
    row->addWidget(browse);
    auto* save = new QToolButton(left);
    save->setText(tr("Save…"));
    save->setToolTip(tr("Saves this training's record"));
    save->setFocusPolicy(Qt::TabFocus);
    connect(save, &QToolButton::clicked, this, &HeadsPane::saveRecord);
    row->addWidget(save);
    layout->addLayout(row);
    connect(browse, &QToolButton::clicked, this, &HeadsPane::chooseFolder);
    return left;
}

QWidget* HeadsPane::buildRight()
{
    auto* right = new QWidget(this);
    auto* layout = new QVBoxLayout(right);
    layout->setContentsMargins(4, 0, 8, 0);
    layout->setSpacing(2);
    m_progress->setTextVisible(true);
    m_progress->setVisible(false);
    m_progress->setAccessibleName(tr("Text written so far"));
    layout->addWidget(m_progress);
    layout->addWidget(m_view, 1);
    return right;
}

void HeadsPane::fillResumeMenu()
{
    m_checkpoints->clear();
    const auto* methods = m_context.jobs->methods();
    for (const auto& file : methods != nullptr ? checkpoints_below(parentFolder()) : QStringList()) {
        if (const auto checkpoint = read_heads_checkpoint(file, *methods); checkpoint.ok()) {
            const QString name = QFileInfo(QFileInfo(QFileInfo(file).absolutePath()).absolutePath()).fileName();
            m_checkpoints->addAction(tr("%1: step %2 of %3").arg(name).arg(checkpoint->step).arg(checkpoint->steps), this,
                                     [this, file] { resumeFrom(file); });
        }
    }
    if (!m_checkpoints->isEmpty()) {
        m_checkpoints->addSeparator();
    }
    m_checkpoints->addAction(tr("Choose a checkpoint…"), this, [this] {
        const QString file =
            QFileDialog::getOpenFileName(this, tr("Go on from a checkpoint"), parentFolder(), tr("Checkpoints (*.safetensors)"));
        if (!file.isEmpty()) {
            resumeFrom(file);
        }
    });
}

void HeadsPane::chooseFolder()
{
    const QString folder = QFileDialog::getExistingDirectory(this, tr("Choose where trained heads are kept"), parentFolder());
    if (!folder.isEmpty()) {
        setParentFolder(folder);
    }
}

void HeadsPane::saveRecord()
{
    if (m_model->isEmpty()) {
        say(tr("There is no training to save yet."));
        return;
    }
    QFileDialog dialog(this, tr("Save this training's record"), QString(), tr("Timberline records (*.tlrun)"));
    dialog.setAcceptMode(QFileDialog::AcceptSave);
    dialog.setDefaultSuffix(QStringLiteral("tlrun"));  // before it asks whether to replace a file
    if (dialog.exec() != QDialog::Accepted || dialog.selectedFiles().isEmpty()) {
        return;
    }
    const QString file = dialog.selectedFiles().constFirst();
    if (const auto saved = record::save(m_model->record(), file.toStdString()); !saved.ok()) {
        Q_EMIT m_session->failed(QString::fromStdString(saved.error().message), QString::fromStdString(saved.error().hint));
    }
}

}  // namespace timberline::app
