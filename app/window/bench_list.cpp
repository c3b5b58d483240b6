// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/bench_list.h"

#include "app/window/attention_bench.h"
#include "app/window/exits_bench.h"
#include "app/window/landscape_bench.h"

namespace timberline::app {

Bench* make_bench(const QString& id, const BenchContext& context, QWidget* parent)
{
    if (id == QLatin1String("exits")) {
        return new ExitsBench(context, parent);
    }
    if (id == QLatin1String("attention")) {
        return new AttentionBench(context, parent);
    }
    return new LandscapeBench(context, parent);
}

}  // namespace timberline::app
