// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exits/lens_training.h"
#include "core/rules/row_reading.h"

#include <algorithm>

namespace timberline::exits {
namespace {

constexpr std::int64_t kMostFloats = std::int64_t{1} << 30;  ///< 4 GiB of hidden rows

}  // namespace

Status check_lens_tokens(const model::DecoderConfig& config, std::int64_t tokens)
{
    const std::int64_t most = kMostFloats / (config.layers * config.hidden);
    if (tokens > most) {
        return make_error(ErrorCode::InvalidArgument,
                          "the hidden rows of " + std::to_string(tokens) + " tokens do not fit into 4 GiB: expected at most " +
                              std::to_string(most),
                          "Train the lens on fewer tokens.");
    }
    return {};
}

Result<LensRows> read_lens_rows(const model::Decoder& decoder, const std::vector<std::vector<TokenId>>& texts, std::int64_t most,
                                const CancelToken& cancel)
{
    const auto& config = decoder.config();
    TIMBERLINE_TRY(check_lens_tokens(config, most));
    LensRows out{.layers = config.layers, .hidden = config.hidden, .tokens = 0, .rows = {}};
    out.rows.resize(static_cast<std::size_t>(config.layers));
    for (const auto& text : texts) {
        const auto count = std::min<std::int64_t>(static_cast<std::int64_t>(text.size()), most - out.tokens);
        if (count <= 0) {
            continue;
        }
        const auto store = decoder.make_store(count);
        std::vector<std::int64_t> positions;
        for (std::int64_t i = 0; i < count; ++i) {
            positions.push_back(i);
        }
        std::vector<float> rows(static_cast<std::size_t>(count * config.hidden));
        TIMBERLINE_TRY(decoder.embed(std::span(text).first(static_cast<std::size_t>(count)), positions, rows));
        for (std::int64_t layer = 0; layer < config.layers; ++layer) {
            TIMBERLINE_TRY(decoder.forward_layers(layer, layer + 1, {}, rows, *store, cancel));
            auto& kept = out.rows[static_cast<std::size_t>(layer)];
            kept.insert(kept.end(), rows.begin(), rows.end());
        }
        out.tokens += count;
    }
    return out;
}

Result<std::vector<double>> lens_divergence(const model::Decoder& decoder, const ExitLens& lens, const LensRows& rows,
                                            const CancelToken& cancel)
{
    const auto vocabulary = static_cast<std::size_t>(decoder.config().vocabulary);
    const auto width = static_cast<std::size_t>(rows.hidden);
    std::vector<double> out(static_cast<std::size_t>(rows.layers), 0);
    std::vector<float> logits(vocabulary);
    rules::RowReader reader;
    for (std::int64_t token = 0; token < rows.tokens; ++token) {
        if (cancel.cancelled()) {
            return make_error(ErrorCode::Cancelled, "reading the lens was cancelled");
        }
        const auto row = [&](std::int64_t layer) {
            return std::span<const float>(rows.rows[static_cast<std::size_t>(layer)])
                .subspan(static_cast<std::size_t>(token) * width, width);
        };
        lens.read(rows.layers, row(rows.layers - 1), logits);
        reader.set_final(logits);
        for (std::int64_t layer = 0; layer < rows.layers; ++layer) {
            lens.read(layer + 1, row(layer), logits);
            out[static_cast<std::size_t>(layer)] += static_cast<double>(reader.read(logits).kl_final);
        }
    }
    for (double& sum : out) {
        sum /= static_cast<double>(std::max<std::int64_t>(rows.tokens, 1));
    }
    return out;
}

}  // namespace timberline::exits
