// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/bench.h"

#include <QString>

namespace timberline::app {

/// The centre of a bench other than Draft: "exits", "attention" or "landscape".
[[nodiscard]] Bench* make_bench(const QString& id, const BenchContext& context, QWidget* parent);

}  // namespace timberline::app
