// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace timberline {

/// Sets how many threads numeric work may use, everywhere at once: our own kernels, libtorch when it is loaded, and OpenBLAS,
/// whose pool libtorch does not reach. Libraries are found at run time, so this header and its library need neither.
/// @param count at least 1.  Call it between runs, from one thread.
void set_compute_threads(int count);

/// The number last set; at the start, the machine's hardware threads, at most 8.
[[nodiscard]] int compute_threads() noexcept;

}  // namespace timberline
