// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/heads_chooser.h"

#include "app/project/settings.h"
#include "app/window/heads_files.h"

#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QToolButton>

namespace timberline::app {

namespace {

QString trained_folder()
{
    const QString chosen = Settings::headsFolder();
    return chosen.isEmpty() ? default_heads_folder() : chosen;
}

/// Those of a kind: bundled ones first.
std::vector<HeadsFolder> fitting(const QString& kind)
{
    std::vector<HeadsFolder> out;
    for (const auto& list : {bundled_heads(), heads_below(trained_folder())}) {
        for (const auto& heads : list) {
            if (heads.family == kind) {
                out.push_back(heads);
            }
        }
    }
    return out;
}

}  // namespace

HeadsChooser::HeadsChooser(RunSession* session, JobHost* jobs, QWidget* parent)
    : QWidget(parent), m_session(session), m_jobs(jobs), m_box(new QComboBox(this))
{
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    auto* label = new QLabel(tr("Heads"), this);
    label->setBuddy(m_box);
    m_box->setObjectName(QStringLiteral("heads"));
    m_box->setAccessibleName(label->text());
    m_box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_box->setMinimumContentsLength(10);
    m_box->setPlaceholderText(tr("none: train some under Heads"));
    auto* browse = new QToolButton(this);
    browse->setText(QStringLiteral("…"));
    browse->setToolTip(tr("Choose a folder of trained heads"));
    browse->setAccessibleName(browse->toolTip());
    layout->addWidget(label);
    layout->addWidget(m_box, 1);
    layout->addWidget(browse);
    connect(browse, &QToolButton::clicked, this, &HeadsChooser::chooseFolder);
    connect(m_box, &QComboBox::activated, this, [this] { m_session->edit("heads", m_box->currentData().toString().toStdString()); });
    connect(m_session, &RunSession::configChanged, this, &HeadsChooser::refresh);
    connect(m_session, &RunSession::valueChanged, this, [this](const QString& key) {
        if (key == QLatin1String("heads")) {
            refresh();
        } else if (kind() != m_kind) {
            refresh();  // a value asks for heads, or no longer does
            fit();
        }
    });
    connect(m_jobs, &JobHost::engineLoaded, this, &HeadsChooser::refresh);
    refresh();
}

QString HeadsChooser::kind() const
{
    const auto* methods = m_jobs->methods();
    const auto& config = m_session->config();
    for (const auto* choice : {&config.drafter, &config.controller, &config.acceptance}) {
        if (methods == nullptr) {
            return {};
        }
        if (methods->find("draft head", choice->id).ok()) {
            return QString::fromStdString(choice->id);
        }
        // A value may name them: "value from: value net".
        for (const auto& [key, value] : choice->values) {
            const auto* text = std::get_if<std::string>(&value);
            if (text != nullptr && methods->find("draft head", *text).ok()) {
                return QString::fromStdString(*text);
            }
        }
    }
    return {};
}

void HeadsChooser::fit()
{
    const QString wanted = kind();
    const auto now = read_heads_folder(QString::fromStdString(m_session->config().heads));
    if (wanted.isEmpty() || (now && now->family == wanted)) {
        return;
    }
    if (const auto heads = fitting(wanted); !heads.empty()) {
        m_session->edit("heads", heads.front().path.toStdString());
    }
}

void HeadsChooser::refresh()
{
    const QString wanted = kind();
    m_kind = wanted;
    setVisible(!wanted.isEmpty());
    if (wanted.isEmpty()) {
        return;
    }
    m_box->clear();
    const QString now = QString::fromStdString(m_session->config().heads);
    const auto add = [this](const QString& path, double accepted) {
        const bool bundled = path.startsWith(QLatin1String("bundled:"));
        const QString name = path.section(QLatin1Char('/'), -1);
        m_box->addItem(bundled ? tr("%1 (bundled)").arg(name) : name, path);
        m_box->setItemData(m_box->count() - 1,
                           accepted > 0 ? tr("%1\n%2 accepted per pass, as last measured in training")
                                              .arg(QDir::toNativeSeparators(path), QLocale().toString(accepted, 'f', 2))
                                        : QDir::toNativeSeparators(path),
                           Qt::ToolTipRole);
    };
    for (const auto& heads : fitting(wanted)) {
        add(heads.path, heads.accepted);
    }
    if (!now.isEmpty() && m_box->findData(now) < 0) {
        const auto heads = read_heads_folder(now);
        add(now, heads ? heads->accepted : 0);
    }
    m_box->setCurrentIndex(now.isEmpty() ? -1 : m_box->findData(now));
    m_box->setToolTip(m_box->currentData(Qt::ToolTipRole).toString());
}

void HeadsChooser::chooseFolder()
{
    const QString folder = QFileDialog::getExistingDirectory(this, tr("Choose a folder of trained heads"), trained_folder());
    if (!folder.isEmpty()) {
        m_session->edit("heads", folder.toStdString());
    }
}

}  // namespace timberline::app
