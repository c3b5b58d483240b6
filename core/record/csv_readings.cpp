// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/layer_readings.h"

#include <array>
#include <charconv>
#include <cmath>

namespace timberline::record {
namespace {

/// Nine significant digits, which tell any two float32 apart; undefined numbers leave the cell empty.
std::string cell(float value)
{
    if (std::isnan(value)) {
        return {};
    }
    std::array<char, 32> buffer{};
    const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::general, 9);
    return error == std::errc{} ? std::string(buffer.data(), end) : std::string{};
}

}  // namespace

std::string readings_csv(const Record& record)
{
    const auto fold = ExitFold::of(record);
    const LayerReadings& r = fold.readings();
    std::string out = "position,layer,token,top1,prob,entropy_nats,margin,kl_final,exit\n";
    for (std::size_t row = 0; row < r.rows(); ++row) {
        const std::string head = std::to_string(r.position[row]) + ",";
        const std::string token = r.token[row] >= 0 ? std::to_string(r.token[row]) : std::string{};
        for (std::size_t layer = 0; layer < static_cast<std::size_t>(r.known[row]); ++layer) {
            const std::size_t i = r.cell(row, layer);
            const bool exits = static_cast<std::size_t>(r.exit[row]) == layer + 1;
            out += head + std::to_string(layer + 1) + "," + token + "," + std::to_string(r.top1[i]) + "," + cell(r.probability[i]) + "," +
                   cell(r.entropy[i]) + "," + cell(r.margin[i]) + "," + cell(r.kl_final[i]) + "," + (exits ? "1" : "0") + "\n";
        }
    }
    return out;
}

}  // namespace timberline::record
