// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/training/net_spec.h"

#include <ATen/core/Tensor.h>

#include <map>
#include <string>
#include <vector>

/// Small networks as libtorch functions of their parameters, in any precision: differentiable in whatever the slots are views of.
namespace timberline::landscape {

using Slots = std::map<std::string, at::Tensor>;  ///< parameters and buffers by their name in the layout

/// Views of one flat tensor, one a slot.
void add_slots(Slots& into, const std::vector<training::ParameterSlot>& slots, const at::Tensor& flat);

/// Outputs [rows, outputs] of all heads, the output last; batch norm frozen. Throws libtorch's exceptions.
/// @param input [samples, features …] in the slots' precision; Transformer: token ids [samples, context], int64.
[[nodiscard]] std::vector<at::Tensor> run_network(const training::NetSpec& spec, const Slots& slots, const at::Tensor& input);

/// [count, …] as the network's first layer takes it.
[[nodiscard]] std::vector<std::int64_t> batch_shape(const training::NetSpec& spec, std::int64_t count);

}  // namespace timberline::landscape
