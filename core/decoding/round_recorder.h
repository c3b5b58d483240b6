// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/decoding/decode.h"
#include "core/decoding/target_laws.h"
#include "core/record/record.h"
#include "core/rules/verification.h"

#include <cstdint>
#include <span>

namespace timberline::decoding {

/// How a round ended, after truncation at an end token.
struct RoundOutcome {
    rules::Verdict verdict;
    bool has_next = true;                            ///< false when an end token inside the tree ended the run: no extra token then
    float emitted_probability = record::kUndefined;  ///< of the extra token in the law it was drawn from
};

/// Turns a round's tree, laws and verdict into plain data. Node numbers: `entropy` and `draft_entropy` are nats of softmax(raw logits) over
/// the full vocabulary, whatever the transforms; `p`, `q` and `overlap` are after the transforms (one-hot p under greedy decoding).
class RoundRecorder
{
public:
    explicit RoundRecorder(const DecodeJob& job) : laws_(job.laws), top_(job.top), instrumented_(job.instrumented) {}

    /// Fills nodes, path, next, laws and draft_row of `round`. Takes the rows of `tree` where the record keeps them.
    void fill(record::Round& round, rules::DraftTree& tree, std::span<const std::int32_t> depths, const RoundOutcome& outcome,
              TargetLaws& target) const;

private:
    void measure_nodes(record::Round& round, const rules::DraftTree& tree, const rules::Verdict& verdict, TargetLaws& target) const;
    void add_extra(record::Round& round, const rules::DraftTree& tree, const RoundOutcome& outcome, TargetLaws& target) const;
    void add_pruned(record::Round& round, const rules::DraftTree& tree, TargetLaws& target) const;
    void keep_laws(record::Round& round, rules::DraftTree& tree, TargetLaws& target) const;

    DecodeJob::Laws laws_;
    std::int32_t top_;
    bool instrumented_;
};

}  // namespace timberline::decoding
