// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/record/block.h"
#include "core/record/record.h"

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

/// What the Attention bench records: what each row of each head attends to, in numbers and never as T x T maps, and the answers to its
/// queries. Each struct has one pair of conversions to and from a Block; AttentionFold puts a record's blocks together for views.
///
/// Moments: the prompt's rows have moment -1 (long prompts come in several blocks); generated token k and its row belong to moment k. A
/// change of the edits or of the variant writes a new setup block at the moment from which it holds.
namespace timberline::record {

/// Block kind "attention-setup": the model's groups and what was changed in its attention from this moment on.
struct AttentionSetup {
    std::int32_t moment = -1;
    std::int32_t layers = 0, heads = 0, kv_heads = 0, head_dim = 0;
    std::int32_t context = 0;  ///< largest number of positions of the model
    std::int32_t prompt_tokens = 0;
    std::vector<std::int32_t> window;                 ///< [layers] a query sees positions > own - window; 0 = all
    std::string variant;                              ///< method id of all heads that no edit changes
    bool what_if = false;                             ///< "what-if, model not trained for this" (the variant, or one that an edit puts in)
    std::vector<std::string> edits;                   ///< in the order in which they are applied, as the config writes them: "ablate 3.2"
    std::int32_t sink_tokens = 1, local_window = 16;  ///< of the statistics

    /// Query heads that share one key and value head: heads / kv_heads.
    [[nodiscard]] std::int32_t group_size() const noexcept { return kv_heads > 0 ? heads / kv_heads : 0; }
    [[nodiscard]] std::int32_t kv_head_of(std::int32_t head) const noexcept { return group_size() > 0 ? head / group_size() : 0; }
};

/// Block kind "attention-rows": rows of the positions first .. first + positions of every layer and head.
struct AttentionRows {
    std::int32_t moment = -1;
    std::int32_t layers = 0, heads = 0, kv_heads = 0;
    std::int32_t first = 0;      ///< position of the first row in the text, 0 = the first token
    std::int32_t positions = 0;  ///< rows of this block

    // [layers, heads, positions] each; see at()
    std::vector<float> entropy;         ///< nats, 0 .. ln visible; 0 where visible < 2
    std::vector<float> log_sum_exp;     ///< of the scores; NaN for variants whose weights are not exponentials
    std::vector<float> largest;         ///< largest weight of the row
    std::vector<float> varentropy;      ///< sum p (ln p + H)^2
    std::vector<float> collision;       ///< sum p^2; 1 / it = participation number
    std::vector<float> sink;            ///< weight on the first sink_tokens positions
    std::vector<float> local;           ///< weight on the last local_window positions
    std::vector<float> distance;        ///< mean distance to the keys, in positions
    std::vector<float> previous;        ///< weight on the position just before
    std::vector<float> induction;       ///< weight on the positions that follow an earlier occurrence of the row's token
    std::vector<std::int32_t> visible;  ///< number of keys that the row sees

    std::vector<float> value_norm;  ///< [layers, kv_heads, positions] Euclidean length of the value rows

    // [positions] each
    std::vector<TokenId> token;  ///< the text
    std::vector<std::int32_t>
        induction_targets;               ///< number of positions that `induction` sums over; 0 = the token is new, no induction row
    std::vector<float> surprisal;        ///< -ln p(this token | the text before), nats; NaN at position 0
    std::vector<float> next_entropy;     ///< of the law after this position, nats
    std::vector<float> next_varentropy;  ///< sum p (ln p + H)^2 of that law
    std::vector<float> next_margin;      ///< largest minus second-largest logit there

    [[nodiscard]] std::size_t at(std::int32_t layer, std::int32_t head, std::int32_t row) const noexcept
    {
        return (static_cast<std::size_t>(layer) * static_cast<std::size_t>(heads) + static_cast<std::size_t>(head)) *
                   static_cast<std::size_t>(positions) +
               static_cast<std::size_t>(row);
    }
    /// A row that sees fewer than two keys, or whose weights are all 0 (re-weighting variants can leave nothing), says nothing: it is
    /// hatched and in no mean. A row of NaN is valid, so that it shows.
    [[nodiscard]] bool valid(std::size_t index) const noexcept { return visible[index] >= 2 && largest[index] != 0; }
    /// entropy / ln visible, in [0, 1]; 0 where the row is not valid.
    [[nodiscard]] double normalised_entropy(std::size_t index) const noexcept;
};

/// Block kind "attention-map": a tile of the weights of one head. Answer of the query "map".
struct AttentionMap {
    std::int32_t layer = 0, head = 0;
    std::int32_t first_query = 0, queries = 0;  ///< positions of the rows; first_query + queries <= columns
    std::int32_t columns = 0;                   ///< positions 0 .. columns of the keys
    bool implied = false;                       ///< the weights are no probabilities of the model's own softmax (a variant is in force)
    std::vector<float> weights;                 ///< [queries, columns], 0 where masked
    std::vector<float> base;                    ///< the same of the unchanged model; empty when nothing is changed or it was not asked for
    std::vector<std::int32_t> visible_begin;    ///< [queries] first visible position; visible are visible_begin .. own position
};

/// Block kind "attention-thumbnails": every head's map pooled to size x size cells by mean weight over its visible entries. Query
/// "thumbnails".
struct AttentionThumbnails {
    std::int32_t layers = 0, heads = 0, size = 0, positions = 0;
    std::vector<float> cells;  ///< [layers, heads, size, size]; NaN where no entry is visible
};

/// Block kind "attention-cell": how one weight came about. Query "cell".
struct AttentionCell {
    std::int32_t layer = 0, head = 0, kv_head = 0, query = 0, key = 0;
    std::vector<float> query_row, key_row;  ///< [head_dim], rotated
    double product = 0;                     ///< q.k
    double weight = 0;                      ///< in the row
    std::int32_t rank = 0;                  ///< 0 = the row's largest weight
    double entropy = 0;                     ///< of the row, nats
    std::string method;                     ///< id of the variant that weighs this head; empty in older blocks
    std::int32_t first_key = 0;             ///< first position that the query sees, 0 .. key; 0 in older blocks
    // How the weight follows from the score: e^(score - log_sum_exp). NaN and no tiles where the method's weights are no softmax.
    double scale = 0;        ///< of the head, every temperature included
    double score = 0;        ///< scaled and soft-capped
    double log_sum_exp = 0;  ///< of the row's scores
    /// The streaming recurrence over the row's scores from first_key on, tile by tile (methods/attention.md 1.2): after tile i the maximum
    /// m, l = sum e^(s-m), t = sum e^(s-m) (s-m) and the entropy so far.
    std::int32_t tile = 0;  ///< keys of a tile
    std::vector<double> maximum, sum, weighted, entropy_so_far;
};

/// Block kind "attention-rollout": how much each input token contributes to one position, by depth. Query "rollout".
struct AttentionRollout {
    std::int32_t position = 0, layers = 0;
    double residual = 0.5;        ///< share of the identity
    std::string reduce = "mean";  ///< of the heads: "mean" "max" "min"
    double discard = 0;           ///< share of the smallest weights that were set to 0
    bool implied = false;         ///< the maps are not the model's own softmax
    std::vector<float> weights;   ///< [layers, position + 1] row of the rollout through layers 0 .. l; each sums to 1
    std::vector<float> entropy;   ///< [layers] of these rows, nats
};

/// Block kind "attention-effect": the run with its edits against the unchanged model on the same text. Query "intervention", and once in a
/// run with edits when it ends.
struct AttentionEffect {
    std::int32_t moment = -1;
    std::vector<std::string> edits;
    std::string variant;
    bool what_if = false;
    std::int32_t positions = 0;

    std::vector<float> base_entropy, edited_entropy;      ///< [positions] of the next token's law, nats
    std::vector<float> divergence;                        ///< [positions] KL(base || edited) of that law, nats
    std::vector<float> base_surprisal, edited_surprisal;  ///< [positions] of the token that stands there; NaN at position 0
    std::vector<std::int32_t> same_choice;                ///< [positions] 1 where both laws have the same likeliest token
    double base_perplexity = 0, edited_perplexity = 0;    ///< exp of the mean surprisal; NaN for a text of one token
    double signal_to_noise_db = 0;                        ///< 10 log10(|z|^2 / |z - z'|^2) of the logits; infinite when they are equal

    /// Largest changes of the law after the last position, by |edited - base|, largest first.
    std::vector<TokenId> moved;
    std::vector<float> moved_base, moved_edited;  ///< probabilities

    /// [layers, heads] means over the rows that are valid in both runs; empty when the maps were not compared (texts longer than
    /// compared_positions).
    std::int32_t layers = 0, heads = 0, compared_positions = 0;
    std::vector<float> entropy_change;  ///< H' - H
    std::vector<float> map_divergence;  ///< KL(P || P'), infinite when P' is 0 where P is not
    std::vector<float> jensen_shannon;
    std::vector<float> total_variation;
    std::vector<float> top_key_changed;  ///< share of rows whose largest weight moved to another key
    std::vector<float> map_cosine;
};

[[nodiscard]] Block to_block(const AttentionSetup& setup);
[[nodiscard]] Block to_block(const AttentionRows& rows);
[[nodiscard]] Block to_block(const AttentionMap& map);
[[nodiscard]] Block to_block(const AttentionThumbnails& thumbnails);
[[nodiscard]] Block to_block(const AttentionCell& cell);
[[nodiscard]] Block to_block(const AttentionRollout& rollout);
[[nodiscard]] Block to_block(const AttentionEffect& effect);

/// Untrusted input: kinds, sizes, ranges and array shapes are checked; the error names the block's kind, the key, what was found and what
/// was expected.
[[nodiscard]] Result<AttentionSetup> attention_setup_from(const Block& block);
[[nodiscard]] Result<AttentionRows> attention_rows_from(const Block& block);
[[nodiscard]] Result<AttentionMap> attention_map_from(const Block& block);
[[nodiscard]] Result<AttentionThumbnails> attention_thumbnails_from(const Block& block);
[[nodiscard]] Result<AttentionCell> attention_cell_from(const Block& block);
[[nodiscard]] Result<AttentionRollout> attention_rollout_from(const Block& block);
[[nodiscard]] Result<AttentionEffect> attention_effect_from(const Block& block);

/// One head in numbers: means over its valid rows (methods/attention.md 1.1, 1.4). NaN without one.
struct HeadSummary {
    std::int32_t layer = 0, head = 0, kv_head = 0;
    std::int32_t rows = 0;      ///< valid rows
    double entropy = kNone;     ///< mean, nats
    double normalised = kNone;  ///< mean of entropy / ln visible
    double entropy_min = kNone, entropy_max = kNone;
    double entropy_p5 = kNone, entropy_median = kNone, entropy_p95 = kNone;  ///< percentiles over rows, linear between neighbours
    double entropy_last = kNone;                                             ///< of the last row
    double effective_context = kNone;                                        ///< mean of exp(entropy), keys
    double largest = kNone;                                                  ///< mean of the largest weight
    double sink = kNone;                                                     ///< mean sink mass over rows at or after sink_tokens
    double local = kNone, distance = kNone, previous = kNone;
    double induction = kNone;   ///< over rows whose token has occurred before
    double value_norm = kNone;  ///< |v_0| / median |v_j|: sinks have small values

    static constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
};

/// All rows up to a moment, put together for views. Cheap to extend as a run goes on: add() each block once, then look_at() all or some.
class AttentionFold
{
public:
    AttentionFold() = default;
    /// Every attention block of the record with moment <= `until` (the default takes all), looked at as a whole. Blocks that do not convert
    /// or do not fit are left out and counted.
    explicit AttentionFold(const Record& record, std::int32_t until = std::numeric_limits<std::int32_t>::max());
    /// @return false for a block of another kind or one that does not fit what is there.
    bool add(const Block& block);

    [[nodiscard]] bool empty() const noexcept { return positions_ == 0; }
    /// The newest setup; null before the first.
    [[nodiscard]] const AttentionSetup* setup() const noexcept { return setups_.empty() ? nullptr : &setups_.back(); }
    [[nodiscard]] std::span<const AttentionSetup> setups() const noexcept { return setups_; }
    [[nodiscard]] std::span<const AttentionEffect> effects() const noexcept { return effects_; }
    [[nodiscard]] std::int32_t layers() const noexcept { return layers_; }
    [[nodiscard]] std::int32_t heads() const noexcept { return heads_; }
    [[nodiscard]] std::int32_t kv_heads() const noexcept { return kv_heads_; }
    [[nodiscard]] std::int32_t positions() const noexcept { return positions_; }
    [[nodiscard]] int left_out() const noexcept { return left_out_; }

    /// Where a position's row stands. Precondition: 0 <= position < positions().
    struct Place {
        const AttentionRows* rows;
        std::int32_t row;
    };
    [[nodiscard]] Place place(std::int32_t position) const noexcept
    {
        return {&blocks_[where_[static_cast<std::size_t>(position)].first], where_[static_cast<std::size_t>(position)].second};
    }
    /// One field of one head along the text.  @param field a [layers, heads, positions] member: &AttentionRows::entropy.
    [[nodiscard]] std::vector<float> along(std::vector<float> AttentionRows::*field, std::int32_t layer, std::int32_t head) const;
    [[nodiscard]] std::vector<std::int32_t> visible_along(std::int32_t layer, std::int32_t head) const;
    /// One per-position member along the text: &AttentionRows::surprisal.
    [[nodiscard]] std::vector<float> text_along(std::vector<float> AttentionRows::*field) const;
    [[nodiscard]] std::vector<TokenId> tokens() const;

    /// What the summaries below are about: the rows of the first `positions` positions (clamped to those that are there). Rows that come
    /// on top are added to the sums; fewer than before are counted from the start.
    void look_at(std::int32_t positions);
    [[nodiscard]] std::int32_t looked_at() const noexcept { return looked_at_; }
    [[nodiscard]] std::int32_t sink_tokens() const noexcept { return setups_.empty() ? 1 : setups_.front().sink_tokens; }
    /// The summary but for percentiles and value_norm, from running sums.
    [[nodiscard]] HeadSummary means(std::int32_t layer, std::int32_t head) const;
    /// Sorts the head's rows: ask when needed.
    [[nodiscard]] HeadSummary summary(std::int32_t layer, std::int32_t head) const;
    [[nodiscard]] std::vector<HeadSummary> summaries() const;  ///< layer by layer, head by head
    /// Share of heads whose sink score exceeds `epsilon`.
    [[nodiscard]] double sink_rate(double epsilon = 0.3) const;
    /// exp of the mean surprisal from position 1 on; NaN without one.
    [[nodiscard]] double perplexity() const;

private:
    struct HeadSums {
        std::int32_t rows = 0, sink_rows = 0, induction_rows = 0;
        double entropy = 0, normalised = 0, effective = 0, largest = 0, sink = 0, local = 0, distance = 0, previous = 0, induction = 0;
        double least = std::numeric_limits<double>::infinity(), most = -std::numeric_limits<double>::infinity(), last = 0;
        void add(const AttentionRows& block, std::size_t index, bool after_sink, bool induces) noexcept;
    };
    bool add_rows(AttentionRows rows);
    [[nodiscard]] std::size_t index(std::int32_t layer, std::int32_t head) const noexcept
    {
        return static_cast<std::size_t>(layer) * static_cast<std::size_t>(heads_) + static_cast<std::size_t>(head);
    }

    std::vector<AttentionSetup> setups_;
    std::vector<AttentionEffect> effects_;
    std::vector<AttentionRows> blocks_;
    std::vector<std::pair<std::size_t, std::int32_t>> where_;  ///< [positions] block and row
    std::vector<HeadSums> sums_;                               ///< [layers * heads] over looked_at_ positions
    std::int32_t layers_ = 0, heads_ = 0, kv_heads_ = 0, positions_ = 0, looked_at_ = 0;
    int left_out_ = 0;
};

/// layer,head,position,entropy_nats,visible,sink,distance: a line a row, nine significant digits.
[[nodiscard]] std::string heads_csv(const Record& record);
/// The same of the rows looked at.
[[nodiscard]] std::string heads_csv(const AttentionFold& fold);

}  // namespace timberline::record
