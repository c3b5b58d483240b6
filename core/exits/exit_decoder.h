// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"
#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/exits/cell_reader.h"
#include "core/exits/exit_lens.h"
#include "core/exits/exit_policy.h"
#include "core/model/decoder.h"
#include "core/record/layer_readings.h"
#include "core/rules/exit_rules.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace timberline::exits {

class HoleAttention;

/// What a token's computation left behind beside its row of readings.
struct ExitStep {
    std::vector<float> logits;          ///< [V] of the exit's read-out, raw
    TokenId emitted = 0;                ///< the token that follows by these logits
    std::vector<record::KvFill> fills;  ///< cells of earlier tokens whose keys and values were computed for this one (defer)
};

/// Runs tokens one after the other, each up to the layer where a rule lets it leave, and gives skipped layers their keys and values
/// (methods/exits.md 1.7). Works through the decoder's seams only: layer ranges, one KV length a layer, an attention part. One thread.
class ExitDecoder
{
public:
    struct Options {
        record::KvMode kv_mode = record::KvMode::Propagate;
        bool display = true;  ///< read every layer that ran, for the record; not timed, not charged
        bool shadow = true;   ///< and those above the exit, beside the text
        std::int32_t top_k = 0;
        std::int64_t capacity = 0;        ///< positions
        std::int64_t first_position = 0;  ///< of the first token; positions before it hold nothing
    };

    /// @param decoder on the CPU.  Both references must outlive the object.
    [[nodiscard]] static Result<std::unique_ptr<ExitDecoder>> make(const model::Decoder& decoder, const ExitLens& lens,
                                                                   const Options& options);
    ~ExitDecoder();

    [[nodiscard]] std::int64_t length() const noexcept { return length_; }  ///< tokens so far
    [[nodiscard]] model::KvStore& store() noexcept { return *store_; }
    /// True where layer `layer` holds no keys of `position` (mask).
    [[nodiscard]] bool is_hole(std::int64_t layer, std::int64_t position) const;

    /// Feeds tokens through every layer. @param out receives one row a token when options.display; its `next` and `moment` must be set,
    /// rows from first_row on. @param emission per row; empty = top1.
    [[nodiscard]] Status prefill(std::span<const TokenId> tokens, record::LayerReadings& out, std::size_t first_row,
                                 std::span<const Emission> emission, const CancelToken& cancel);

    /// Feeds one token. @param rule null = every layer.  @param generated index among the generated tokens, negative in the prompt. @param
    /// signal the score of a learned policy; null for the others.  @param emission empty = the likeliest token. @param out row `row`
    /// receives exit, known, heads, times, tags and, as the options say, cells; its `next` where it is -1.
    [[nodiscard]] Status step(TokenId token, rules::ExitRule* rule, ExitSignal* signal, std::int32_t generated, const Emission& emission,
                              record::LayerReadings& out, std::size_t row, ExitStep& result, const CancelToken& cancel);

private:
    ExitDecoder(const model::Decoder& decoder, const ExitLens& lens, const Options& options);

    /// Looks at `layer` and asks the rule. @param read_at the layer whose logits `logits` holds.
    [[nodiscard]] bool leaves(rules::ExitRule& rule, ExitSignal* signal, std::int64_t layer, std::vector<float>& logits,
                              std::int64_t& read_at, record::LayerReadings& out, std::size_t row);
    [[nodiscard]] Status run_block(std::int64_t layer, record::LayerReadings& out, std::size_t row, std::vector<record::KvFill>& fills,
                                   const CancelToken& cancel);
    [[nodiscard]] Status shadow(std::int64_t exit, TokenId token, const CancelToken& cancel);
    [[nodiscard]] Status fill_keys_values(std::int64_t exit, record::LayerReadings& out, std::size_t row,
                                          std::vector<record::KvFill>& fills, const CancelToken& cancel);
    void copy_keys_values(std::int64_t exit);
    void leave_empty(std::int64_t first);
    [[nodiscard]] Status display(std::int64_t exit, const Emission& emission, const rules::ExitRule* rule, ExitSignal* signal,
                                 record::LayerReadings& out, std::size_t row, const CancelToken& cancel);
    void tag(std::int64_t exit, std::int64_t known, record::LayerReadings& out, std::size_t row) const;
    [[nodiscard]] std::span<float> current() noexcept;
    [[nodiscard]] model::ForwardInput one_row() const noexcept;

    const model::Decoder& decoder_;
    const ExitLens& lens_;
    Options options_;
    std::int64_t layers_, width_;
    std::unique_ptr<model::KvStore> store_;
    std::unique_ptr<model::KvStore> clean_;  ///< defer with shadow: the full model's keys and values for the same text
    std::unique_ptr<HoleAttention> holes_;   ///< mask only
    std::vector<float> frontier_;            ///< [capacity, d] each position's row after the deepest block it ran
    std::int64_t length_ = 0;
    HiddenRows hidden_;  ///< of the last step
    CellReader cells_;
    rules::RowReader reader_;
};

}  // namespace timberline::exits
