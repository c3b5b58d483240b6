// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"
#include "core/base/result.h"
#include "core/model/decoder.h"
#include "core/model/decoder_config.h"
#include "core/model/weights.h"

#include <memory>
#include <string>

namespace timberline::model {

/// A Decoder whose weights and KV rows live on a libtorch device. Internal: programs ask make_device_decoder; tests ask for "cpu".
/// Differences from the fast decoder: equal to it within rounding (about 1e-5), but a row may differ in its last bits with the size of its
/// batch, because the device's matrix products choose their order of summation by shape; rows are taken in chunks of 256. Forwards accept
/// only stores made by this decoder. Store methods and read_out, which cannot return an Error, throw when the device runs out of memory.
/// @param device as libtorch spells it: "cpu", "cuda", "cuda:1".  Errors: as make_device_decoder.
[[nodiscard]] Result<std::shared_ptr<const Decoder>> make_tensor_decoder_on(const std::string& device, const DecoderConfig& config,
                                                                            const WeightProvider& weights, const CancelToken& cancel = {});

} // namespace timberline::model
