// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/widgets/attention_samples.h"
#include "widgets/attention/attention_model.h"
#include "widgets/shared/selection.h"

namespace timberline::testing {

using widgets::AttentionModel;
using widgets::RecordModel;
using widgets::Selected;
using widgets::SelectionModel;

/// Record, model and selection as every view of the bench shares them.
struct Desk {
    RecordModel record;
    SelectionModel selection;
    AttentionModel model{&record};
    void load(const AttentionShape& shape = {}, bool withEffect = false) { record.adoptRecord(attentionRecord(shape, withEffect)); }
    void select(int layer, int head, int token = -1)
    {
        Selected selected = selection.current();
        selected.layer = layer;
        selected.head = head;
        selected.token = token;
        selection.select(selected);
    }
};

inline bool near(double a, double b, double tolerance = 1e-6)
{
    return std::abs(a - b) <= tolerance;
}

}  // namespace timberline::testing
