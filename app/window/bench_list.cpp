// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/bench_list.h"

#if __has_include("app/window/exits_bench.h") && __has_include("app/window/attention_bench.h") && __has_include("app/window/landscape_bench.h")
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
#else
#include <QLabel>
namespace timberline::app {
class Pending : public Bench { public: using Bench::Bench; QList<widgets::View*> views() const override { return {}; } QWidget* inspector() override { return new QLabel(this); } };
Bench* make_bench(const QString&, const BenchContext&, QWidget* parent) { return new Pending(parent); }
}
#endif
