// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/map_observer.h"

namespace timberline::attention {

void MapObserver::attend(const AttentionCall& call)
{
    if (call.queries == 0 || (layer_ >= 0 && call.layer != layer_)) {
        inner_.attend(call);
        return;
    }
    // The last row sees the farthest slot: its own.
    const std::int64_t columns = call.visible.back().position + 1;
    maps_.resize(static_cast<std::size_t>(call.heads * call.queries * columns));
    AttentionCall own = call;
    own.capture = maps_.data();
    own.capture_columns = columns;
    inner_.attend(own);
    show_({.call = call, .first_position = call.visible.front().position, .columns = columns, .weights = maps_.data()});
}

}  // namespace timberline::attention
