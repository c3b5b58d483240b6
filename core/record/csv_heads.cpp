// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/attention_rows.h"

#include <array>
#include <charconv>
#include <cmath>

namespace timberline::record {

namespace {

/// Nine significant digits, which tell any two float32 apart; undefined numbers leave the cell empty.
void append(std::string& out, float value)
{
    if (std::isnan(value)) {
        return;
    }
    std::array<char, 32> buffer{};
    const auto [end, error] =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), static_cast<double>(value), std::chars_format::general, 9);
    if (error == std::errc{}) {
        out.append(buffer.data(), end);
    }
}

void append(std::string& out, std::int32_t value)
{
    out += std::to_string(value);
}

}  // namespace

std::string heads_csv(const Record& record)
{
    return heads_csv(AttentionFold(record));
}

std::string heads_csv(const AttentionFold& fold)
{
    std::string out = "layer,head,position,entropy_nats,visible,sink,distance\n";
    for (std::int32_t layer = 0; layer < fold.layers(); ++layer) {
        for (std::int32_t head = 0; head < fold.heads(); ++head) {
            for (std::int32_t position = 0; position < fold.looked_at(); ++position) {
                const auto [rows, row] = fold.place(position);
                const std::size_t i = rows->at(layer, head, row);
                const auto cell = [&out](auto value, char end) {
                    append(out, value);
                    out += end;
                };
                cell(layer, ',');
                cell(head, ',');
                cell(position, ',');
                cell(rows->entropy[i], ',');
                cell(rows->visible[i], ',');
                cell(rows->sink[i], ',');
                cell(rows->distance[i], '\n');
            }
        }
    }
    return out;
}

}  // namespace timberline::record
