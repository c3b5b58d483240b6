// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>
#include <QWidget>

#include <functional>

class QPainter;

namespace timberline::widgets {

struct Theme;

/// The five states of every view.
enum class ViewState { Empty, Busy, Data, Partial, Error };
[[nodiscard]] QString nameOf(ViewState state);

/// Base of every view that shows a run: five states, one exporter, an accessible text. A subclass paints into any painter at any size
/// (so that the screen, PNG, SVG and PDF come from the same code) and gives its data as CSV and JSON.
class View : public QWidget
{
    Q_OBJECT
public:
    View(QString id, QString title, QWidget* parent = nullptr);

    [[nodiscard]] const QString& id() const { return m_id; }        ///< stable, for file names: "draft-tree"
    [[nodiscard]] const QString& title() const { return m_title; }  ///< translated

    [[nodiscard]] ViewState state() const { return m_state; }
    [[nodiscard]] const QString& stateText() const { return m_stateText; }
    void setEmpty(const QString& sentence);
    void setBusy();
    void setData();
    void setPartial(const QString& sentence);
    void setError(const QString& sentence, const QString& hint);

    /// Paints the view's whole content into a rectangle of the given logical size with the theme. Called for exports, and by most views for
    /// the screen.
    virtual void paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const = 0;
    /// Natural size of a full export, at scale 1.
    [[nodiscard]] virtual QSizeF contentSize() const { return size(); }
    [[nodiscard]] virtual QByteArray toCsv() const = 0;
    [[nodiscard]] virtual QByteArray toJson() const;  ///< default: the CSV as a JSON list of objects
    /// Formats beside the common ones, by file suffix: "npy", "vtk", "obj". Default: none.
    [[nodiscard]] virtual QStringList extraFormats() const { return {}; }
    /// The data in one of extraFormats(); empty when there is nothing to export or the suffix is another.
    [[nodiscard]] virtual QByteArray toFormat(const QString& suffix) const;
    /// The config that made what is shown, as JSON, where it is not the bench's; goes into exported pictures. Default: empty.
    [[nodiscard]] virtual QString ownManifest() const { return {}; }
    /// One or two sentences for a screen reader.
    [[nodiscard]] virtual QString summary() const = 0;

Q_SIGNALS:
    void stateChanged();
    void actionRequested();  ///< the button of the empty state was pressed

protected:
    /// Draws the sentence of the empty and error states and the hatching of the partial one. @return true when there is no content to
    /// paint.
    bool paintState(QPainter& painter, const QRectF& area, const Theme& theme) const;

private:
    void setState(ViewState state, const QString& text, const QString& hint);
    QString m_id;
    QString m_title;
    ViewState m_state = ViewState::Empty;
    QString m_stateText;
    QString m_stateHint;
};

enum class ExportFormat { Png, Svg, Pdf, Csv, Json };
[[nodiscard]] QString suffixOf(ExportFormat format);

struct ExportOptions {
    double scale = 1;          ///< PNG pixels a logical pixel, 1..8
    bool transparent = false;  ///< no background
    QSizeF size;               ///< empty = the view's contentSize()
    QString theme;             ///< id, empty = the theme in use
    QString manifest;          ///< JSON text put into the file's metadata: config, seed, hashes, version
};

/// The one exporter. Text stays text in SVG and PDF. Writes to a temporary name and renames.
/// @return an empty string, or one sentence that says what went wrong.
[[nodiscard]] QString exportView(const View& view, ExportFormat format, const QString& path, const ExportOptions& options);
/// The same by file suffix: "png" "svg" "pdf" "csv" "json" and the view's extraFormats().
[[nodiscard]] QString exportView(const View& view, const QString& suffix, const QString& path, const ExportOptions& options);

}  // namespace timberline::widgets
