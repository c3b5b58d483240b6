// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/codec_layout.h"

namespace timberline::record::layout {

std::string node_member(std::string_view column)
{
    return "nodes." + std::string(column) + ".npy";
}

std::string law_member(std::int32_t round, std::string_view which, std::string_view array)
{
    return "round." + std::to_string(round) + "." + std::string(which) + "." + std::string(array) + ".npy";
}

std::vector<std::int64_t> law_shape(const LawRows& laws, std::string_view array)
{
    if (laws.kind == LawRows::Kind::Full && array == "logits") {
        return {laws.rows, laws.vocabulary};
    }
    if (laws.kind == LawRows::Kind::Top && (array == "ids" || array == "probability")) {
        return {laws.rows, laws.top};
    }
    if (laws.kind == LawRows::Kind::Top && array == "remaining") {
        return {laws.rows};
    }
    return {};
}

std::int64_t elements(const std::vector<std::int64_t>& shape) noexcept
{
    std::int64_t count = shape.empty() ? 0 : 1;
    for (const std::int64_t size : shape) {
        count *= size;
    }
    return count;
}

std::string text_of_bytes(std::string_view bytes)
{
    std::string out;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80U) {
            out.push_back(c);
        } else {
            out.push_back(static_cast<char>(0xC0U | (byte >> 6U)));
            out.push_back(static_cast<char>(0x80U | (byte & 0x3FU)));
        }
    }
    return out;
}

std::optional<std::string> bytes_of_text(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto lead = static_cast<unsigned char>(text[i]);
        if (lead < 0x80U) {
            out.push_back(text[i]);
            continue;
        }
        const bool two_bytes = (lead == 0xC2U || lead == 0xC3U) && i + 1 < text.size();
        const auto trail = two_bytes ? static_cast<unsigned char>(text[i + 1]) : 0U;
        if ((trail & 0xC0U) != 0x80U) {
            return std::nullopt;
        }
        out.push_back(static_cast<char>(((lead & 0x03U) << 6U) | (trail & 0x3FU)));
        ++i;
    }
    return out;
}

} // namespace timberline::record::layout
