// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/shared/view.h"
#include "widgets/theme/theme.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QImage>
#include <QPageSize>
#include <QPainter>
#include <QPdfWriter>
#include <QSaveFile>
#include <QSvgGenerator>

#include <algorithm>

namespace timberline::widgets {

namespace {

Theme themeFor(const ExportOptions& options)
{
    if (options.theme == QLatin1String("light")) {
        return Theme::light();
    }
    if (options.theme == QLatin1String("dark")) {
        return Theme::dark();
    }
    if (options.theme == QLatin1String("high-contrast")) {
        return Theme::highContrast();
    }
    return theme();
}

void paint(const View& view, QPainter& painter, const QSizeF& size, const Theme& theme, bool transparent)
{
    painter.setFont(view.font());
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setRenderHint(QPainter::TextAntialiasing);
    if (!transparent) {
        painter.fillRect(QRectF(QPointF(0, 0), size), theme.background);
    }
    view.paintContent(painter, size, theme);
}

QByteArray pngBytes(const View& view, const QSizeF& size, const Theme& theme, const ExportOptions& options)
{
    const double scale = std::clamp(options.scale, 1.0, 8.0);
    QImage image((size * scale).toSize(), QImage::Format_ARGB32_Premultiplied);
    if (image.isNull()) {
        return {};
    }
    image.fill(Qt::transparent);
    image.setDevicePixelRatio(scale);
    {
        QPainter painter(&image);
        paint(view, painter, size, theme, options.transparent);
    }
    image.setText(QStringLiteral("Title"), view.title());
    image.setText(QStringLiteral("Software"), QStringLiteral("Timberline"));
    if (!options.manifest.isEmpty()) {
        image.setText(QStringLiteral("Timberline"), options.manifest);
    }
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    return bytes;
}

QByteArray svgBytes(const View& view, const QSizeF& size, const Theme& theme, const ExportOptions& options)
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setSize(size.toSize());
    generator.setViewBox(QRectF(QPointF(0, 0), size));
    generator.setTitle(view.title());
    {
        QPainter painter(&generator);
        paint(view, painter, size, theme, options.transparent);
    }
    if (!options.manifest.isEmpty()) {
        // The generator escapes a description itself, but Qt 6.4 leaves out what XML 1.0 calls for in attributes; a metadata element is
        // ours.
        const QByteArray metadata = "<metadata id=\"timberline\">" + options.manifest.toHtmlEscaped().toUtf8() + "</metadata>\n";
        const qsizetype at = bytes.indexOf("<defs>");
        if (at >= 0) {
            bytes.insert(at, metadata);
        }
    }
    return bytes;
}

QByteArray pdfBytes(const View& view, const QSizeF& size, const Theme& theme, const ExportOptions& options)
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    QPdfWriter writer(&buffer);
    writer.setTitle(view.title());
    writer.setCreator(QStringLiteral("Timberline"));
    writer.setResolution(72);
    writer.setPageSize(QPageSize(size, QPageSize::Point, {}, QPageSize::ExactMatch));
    writer.setPageMargins(QMarginsF(0, 0, 0, 0));
    if (!options.manifest.isEmpty()) {
        writer.addFileAttachment(QStringLiteral("timberline.json"), options.manifest.toUtf8(), QStringLiteral("application/json"));
    }
    QPainter painter(&writer);
    paint(view, painter, size, theme, options.transparent);
    painter.end();
    return bytes;
}

/// @return an empty string, or one sentence that says what went wrong.
QString writeExport(const View& view, const QString& suffix, const QByteArray& bytes, const QString& path)
{
    const auto word = [](const char* text) { return QCoreApplication::translate("Exporter", text); };
    if (bytes.isEmpty()) {
        return word(QT_TRANSLATE_NOOP("Exporter", "%1 has nothing to export as %2.")).arg(view.title(), suffix.toUpper());
    }
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit()) {
        return word(QT_TRANSLATE_NOOP("Exporter", "%1 cannot be written: %2.")).arg(path, file.errorString());
    }
    return {};
}

}  // namespace

QString suffixOf(ExportFormat format)
{
    switch (format) {
    case ExportFormat::Png:
        return QStringLiteral("png");
    case ExportFormat::Svg:
        return QStringLiteral("svg");
    case ExportFormat::Pdf:
        return QStringLiteral("pdf");
    case ExportFormat::Csv:
        return QStringLiteral("csv");
    case ExportFormat::Json:
        return QStringLiteral("json");
    }
    return {};
}

QString exportView(const View& view, ExportFormat format, const QString& path, const ExportOptions& given)
{
    ExportOptions options = given;
    if (const QString own = view.ownManifest(); !own.isEmpty()) {
        options.manifest = own;
    }
    const QSizeF size = options.size.isEmpty() ? view.contentSize() : options.size;
    const Theme chosen = themeFor(options);
    QByteArray bytes;
    switch (format) {
    case ExportFormat::Png:
        bytes = pngBytes(view, size, chosen, options);
        break;
    case ExportFormat::Svg:
        bytes = svgBytes(view, size, chosen, options);
        break;
    case ExportFormat::Pdf:
        bytes = pdfBytes(view, size, chosen, options);
        break;
    case ExportFormat::Csv:
        bytes = view.toCsv();
        break;
    case ExportFormat::Json:
        bytes = view.toJson();
        break;
    }
    return writeExport(view, suffixOf(format), bytes, path);
}

QString exportView(const View& view, const QString& suffix, const QString& path, const ExportOptions& options)
{
    for (const auto format : {ExportFormat::Png, ExportFormat::Svg, ExportFormat::Pdf, ExportFormat::Csv, ExportFormat::Json}) {
        if (suffix == suffixOf(format)) {
            return exportView(view, format, path, options);
        }
    }
    return writeExport(view, suffix, view.extraFormats().contains(suffix) ? view.toFormat(suffix) : QByteArray(), path);
}

}  // namespace timberline::widgets
