// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/architectures/architecture.h"

#include <array>

namespace timberline::model {

std::span<const Architecture* const> architectures()
{
    static const std::array list{
        &llama_architecture(),    //
        &mistral_architecture(),  //
        &qwen2_architecture(),    //
        &qwen3_architecture(),    //
        &gemma2_architecture(),   //
        &gpt2_architecture(),     //
        &gpt_neo_architecture(),  //
        &gpt_neox_architecture(),
    };
    return list;
}

const Architecture* find_architecture(std::string_view name)
{
    for (const Architecture* architecture : architectures()) {
        if (architecture->name == name) {
            return architecture;
        }
    }
    return nullptr;
}

}  // namespace timberline::model
