// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"
#include "core/base/result.h"
#include "core/model/decoder.h"
#include "core/model/decoder_config.h"
#include "core/model/weights.h"

#include <memory>

namespace timberline::model {

/// ok() when a CUDA device can compute here; else an error whose message says why ("this build has no CUDA", "no device was found", …).
/// Never throws; looks each time it is asked. Any thread.
[[nodiscard]] Status cuda_available();

/// The same transformer as Decoder::make, with its weights and arithmetic (float32) on the first CUDA device.
/// Errors: no device, a missing or misshapen tensor, too little device memory, cancelled.
[[nodiscard]] Result<std::shared_ptr<const Decoder>> make_device_decoder(const DecoderConfig& config, const WeightProvider& weights,
                                                                         const CancelToken& cancel = {});

}  // namespace timberline::model
