// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QFile>
#include <QString>

/// Builds safetensors files byte by byte, independently of our writer, so that tests can make each kind of damage.
namespace builder {

inline QByteArray littleEndian(quint64 value)
{
    QByteArray out;
    for (int i = 0; i < 8; ++i) {
        out.append(static_cast<char>((value >> (8 * i)) & 0xFFU));
    }
    return out;
}

inline QByteArray file(const QByteArray& header, const QByteArray& data)
{
    return littleEndian(static_cast<quint64>(header.size())) + header + data;
}

inline bool write(const QString& path, const QByteArray& content)
{
    QFile out(path);
    return out.open(QIODevice::WriteOnly) && out.write(content) == content.size();
}

} // namespace builder
