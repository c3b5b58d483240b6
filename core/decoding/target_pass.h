// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/decoding/drafter.h"
#include "core/model/decoder.h"
#include "core/rules/draft_tree.h"

namespace timberline::decoding {

/// One target pass over a tree: logits [N+1, V] and final-normed hidden rows [N+1, d] in `out`, N+1 rows appended to every layer.
/// Nodes that the drafter took through the lower layers go on from there; the result is bitwise that of a pass without sharing where the
/// decoder's rows do not depend on their batch.
/// @param capture_hidden keeps every layer's rows in out.captures; with shared rows only those of the layer up to which they are shared.
/// @param store committed - 1 rows in each layer, and shared.rows more in the shared ones.  Errors: the decoder's.
[[nodiscard]] Status target_pass(const model::Decoder& decoder, const rules::DraftTree& tree, const SharedRows& shared,
                                 model::KvStore& store, model::ForwardOutput& out, const CancelToken& cancel, bool capture_hidden = false);

}  // namespace timberline::decoding
