// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/landscape/kernels/landscape_kernels.h"
#include "core/model/kernels/kernels.h"

#include <string_view>

namespace timberline::landscape::kernels {

const KernelTable& chosen_kernels() noexcept
{
    const std::string_view wanted = model::kernels::variant_name();
    for (const KernelTable* table : {avx512_kernels(), avx2_kernels()}) {
        if (table != nullptr && wanted == table->name) {
            return *table;
        }
    }
    return portable_kernels();
}

}  // namespace timberline::landscape::kernels
