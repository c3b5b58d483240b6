// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/draft/token_text_layout.h"

#include <QByteArrayView>

#include <algorithm>

namespace timberline::widgets {

namespace {

/// Length of the UTF-8 sequence that a byte starts, 1 for a stray byte.
std::size_t sequenceLength(unsigned char lead)
{
    if (lead < 0x80) {
        return 1;
    }
    if ((lead >> 5) == 0x6) {
        return 2;
    }
    if ((lead >> 4) == 0xE) {
        return 3;
    }
    return (lead >> 3) == 0x1E ? 4 : 1;
}

}  // namespace

JoinedText joinTokens(const std::vector<std::string>& tokenBytes)
{
    std::string bytes;
    std::vector<std::size_t> byteEnd;
    byteEnd.reserve(tokenBytes.size());
    for (const auto& token : tokenBytes) {
        bytes += token;
        byteEnd.push_back(bytes.size());
    }
    JoinedText out;
    out.ranges.resize(tokenBytes.size());
    std::size_t token = 0;
    std::size_t i = 0;
    while (i < bytes.size()) {
        while (token < byteEnd.size() && i >= byteEnd[token]) {
            out.ranges[token].end = static_cast<int>(out.text.size());
            ++token;
            if (token < byteEnd.size()) {
                out.ranges[token].begin = static_cast<int>(out.text.size());
            }
        }
        std::size_t length = std::min(sequenceLength(static_cast<unsigned char>(bytes[i])), bytes.size() - i);
        // A sequence that breaks off early is one replacement character a byte.
        for (std::size_t k = 1; k < length; ++k) {
            if ((static_cast<unsigned char>(bytes[i + k]) >> 6) != 0x2) {
                length = 1;
            }
        }
        out.text += QString::fromUtf8(bytes.data() + i, static_cast<qsizetype>(length));
        i += length;
    }
    for (; token < byteEnd.size(); ++token) {
        out.ranges[token].end = static_cast<int>(out.text.size());
        if (token + 1 < byteEnd.size()) {
            out.ranges[token + 1].begin = static_cast<int>(out.text.size());
        }
    }
    return out;
}

int JoinedText::tokenAt(int character) const
{
    const auto it =
        std::upper_bound(ranges.begin(), ranges.end(), character, [](int value, const TokenRange& range) { return value < range.end; });
    return it != ranges.end() && character >= it->begin ? static_cast<int>(it - ranges.begin()) : -1;
}

}  // namespace timberline::widgets
