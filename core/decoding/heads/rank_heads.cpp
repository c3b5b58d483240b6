// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/heads/rank_heads.h"

#include <algorithm>
#include <cmath>

namespace timberline::decoding {

std::string rank_head_block(std::int64_t head, std::int64_t layer)
{
    return "heads." + std::to_string(head) + ".blocks." + std::to_string(layer);
}

std::string rank_head_out(std::int64_t head)
{
    return "heads." + std::to_string(head) + ".out";
}

Result<std::vector<std::vector<double>>> rank_accuracy(const HeadFolder& heads, std::int64_t count)
{
    std::vector<std::vector<double>> out(static_cast<std::size_t>(count));
    const auto found = heads.extra.find("rank_accuracy");
    if (found == heads.extra.end()) {
        for (auto& row : out) {
            for (std::int64_t rank = 0; rank < kRanksKept; ++rank) {
                row.push_back(std::pow(0.5, static_cast<double>(rank + 1)));
            }
        }
        return out;
    }
    const auto bad = [&]() -> Error {
        return make_error(ErrorCode::BadFile,
                          heads.name + ": config.json: extra.rank_accuracy: expected " + std::to_string(count) +
                              " lists of 1 to 64 numbers from 0 to 1",
                          "The folder is damaged: train the heads again.");
    };
    if (!found->is_array() || found->size() != out.size()) {
        return bad();
    }
    for (std::size_t k = 0; k < out.size(); ++k) {
        const auto& row = (*found)[k];
        if (!row.is_array() || row.empty() || row.size() > 64) {
            return bad();
        }
        for (const auto& value : row) {
            if (!value.is_number() || !(value.get<double>() >= 0) || value.get<double>() > 1) {
                return bad();
            }
            out[k].push_back(value.get<double>());
        }
    }
    return out;
}

Json rank_accuracy_json(const std::vector<std::vector<double>>& accuracy)
{
    Json out = Json::array();
    for (const auto& row : accuracy) {
        Json numbers = Json::array();
        for (const double value : row) {
            numbers.push_back(std::round(value * 1e6) / 1e6);
        }
        out.push_back(std::move(numbers));
    }
    return out;
}

Result<RankHeads> RankHeads::make(const HeadFolder& heads, const model::LanguageModel& target)
{
    RankHeads out;
    TIMBERLINE_ASSIGN(const auto count, heads.size("heads", 1, kMostHeads));
    TIMBERLINE_ASSIGN(const auto layers, heads.size("layers", 1, kMostLayers));
    TIMBERLINE_ASSIGN(const auto untied, heads.flag("untied_heads"));
    TIMBERLINE_ASSIGN(out.read_out_, SharedReadOut::of(target));
    const auto d = out.read_out_.hidden();
    for (std::int64_t k = 0; k < count; ++k) {
        auto& blocks = out.blocks_.emplace_back();
        for (std::int64_t layer = 0; layer < layers; ++layer) {
            const auto name = rank_head_block(k, layer);
            TIMBERLINE_ASSIGN(auto block, PackedLinear::from(heads, name + ".weight", d, d, name + ".bias"));
            blocks.push_back(std::move(block));
        }
        if (untied) {
            TIMBERLINE_ASSIGN(auto last, PackedLinear::from(heads, rank_head_out(k) + ".weight", out.read_out_.vocabulary(), d));
            out.outs_.push_back(std::move(last));
        }
    }
    return out;
}

void RankHeads::logits(std::span<const float> hidden, std::int64_t count, std::vector<float>& out)
{
    const auto d = hidden.size();
    const auto width = static_cast<std::size_t>(vocabulary());
    rows_.resize(static_cast<std::size_t>(count) * d);
    branch_.resize(d);
    for (std::size_t k = 0; k < static_cast<std::size_t>(count); ++k) {
        const auto row = std::span(rows_).subspan(k * d, d);
        std::ranges::copy(hidden, row.begin());
        for (const auto& block : blocks_[k]) {
            block.apply(row, 1, branch_);
            silu_in_place(branch_);
            for (std::size_t i = 0; i < d; ++i) {
                row[i] += branch_[i];
            }
        }
    }
    out.resize(static_cast<std::size_t>(count) * width);
    if (outs_.empty()) {
        read_out_.logits(rows_, count, out);
        return;
    }
    for (std::size_t k = 0; k < static_cast<std::size_t>(count); ++k) {
        outs_[k].apply(std::span(rows_).subspan(k * d, d), 1, std::span(out).subspan(k * width, width));
    }
}

}  // namespace timberline::decoding
