// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/target_pass.h"

#include <algorithm>
#include <string>
#include <vector>

namespace timberline::decoding {

namespace {

Status check_shared(const model::DecoderConfig& config, const rules::DraftTree& tree, const SharedRows& shared, model::KvStore& store)
{
    const auto width = static_cast<std::size_t>(config.hidden);
    const std::size_t rows = shared.rows.size() / width;
    if (shared.layers > config.layers || shared.rows.size() % width != 0 || rows > tree.size() ||
        store.length(0) < static_cast<std::int64_t>(rows)) {
        return make_error(ErrorCode::Internal, "the drafter shares " + std::to_string(rows) + " rows of " + std::to_string(shared.layers) +
                                                   " layers: expected at most the tree's " + std::to_string(tree.size()) + " rows and " +
                                                   std::to_string(config.layers) + " layers");
    }
    return {};
}

}  // namespace

Status target_pass(const model::Decoder& decoder, const rules::DraftTree& tree, const SharedRows& shared, model::KvStore& store,
                   model::ForwardOutput& out, const CancelToken& cancel, bool capture_hidden)
{
    model::ForwardInput input;
    input.tokens = tree.token;
    input.parents = tree.parent;
    input.capture.hidden = capture_hidden;
    if (shared.layers <= 0) {
        return decoder.forward(input, store, out, cancel);
    }
    const model::DecoderConfig& config = decoder.config();
    TIMBERLINE_TRY(check_shared(config, tree, shared, store));
    const auto width = static_cast<std::size_t>(config.hidden);
    const std::size_t done = shared.rows.size() / width;
    const std::int64_t base = store.length(0) - static_cast<std::int64_t>(done);
    std::vector<float> hidden(tree.size() * width);
    std::ranges::copy(shared.rows, hidden.begin());
    if (done < tree.size()) {
        // The nodes that were drafted last never went through the lower layers.
        const auto rest = std::span(tree.token).subspan(done);
        const auto rows = std::span(hidden).subspan(done * width);
        std::vector<std::int64_t> positions;
        const std::vector<std::int32_t> depths = tree.depths();
        for (std::size_t node = done; node < tree.size(); ++node) {
            positions.push_back(base + depths[node]);
        }
        TIMBERLINE_TRY(decoder.embed(rest, positions, rows));
        model::ForwardInput lower;
        lower.tokens = rest;
        lower.parents = tree.parent;
        lower.cached_tree = static_cast<std::int64_t>(done);
        TIMBERLINE_TRY(decoder.forward_layers(0, shared.layers, lower, rows, store, cancel));
    }
    if (capture_hidden) {
        out.captures.hidden.assign(static_cast<std::size_t>(config.layers) + 1, {});
        out.captures.hidden[static_cast<std::size_t>(shared.layers)] = hidden;
    }
    input.capture.hidden = false;
    TIMBERLINE_TRY(decoder.forward_layers(shared.layers, config.layers, input, hidden, store, cancel));
    out.logits.resize(tree.size() * static_cast<std::size_t>(config.vocabulary));
    out.hidden.resize(hidden.size());
    decoder.read_out(hidden, out.logits, out.hidden);
    return {};
}

}  // namespace timberline::decoding
