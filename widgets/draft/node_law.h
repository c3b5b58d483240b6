// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/record.h"

#include <functional>
#include <vector>

namespace timberline::widgets {

/// The laws at one node, after the sampling transforms asked for. Rows are [vocabulary] and sum to 1, or are empty where the record has
/// none.
struct NodeLaw {
    std::vector<float> target;
    std::vector<float> draft;
    std::vector<float> residual;  ///< norm([p - s]+) after the tests of the siblings up to and including the inspected child; empty unless
                                  ///< one was rejected
    bool full = true;             ///< false: only the likeliest tokens were kept and the rest is `remaining`
    double remaining = 0;         ///< probability mass of the tokens that were not kept
    double targetEntropy = 0;     ///< nats, of `target`
};

/// Recomputes laws from the record's logits. The window supplies it (the arithmetic is the core's); called on the GUI thread, so it must
/// answer in milliseconds.  @param parent node whose law is asked for;  @param child the inspected child, -1 = none
using LawProvider = std::function<NodeLaw(const record::Record& record, const record::Round& round, int parent, int child,
                                          const record::Sampling& sampling)>;

}  // namespace timberline::widgets
