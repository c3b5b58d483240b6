// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/device.h"

#include "core/model/tensor/device_decoder.h"
#include "core/model/tensor/tensor_errors.h"

#include <ATen/Context.h>
#include <torch/cuda.h>

namespace timberline::model {

Status cuda_available()
{
    return guarded("looking for a CUDA device", []() -> Status {
        // A libtorch with CUDA registers its hooks even where no driver or device is present.
        if (!at::Context::hasCUDART()) {
            return make_error(ErrorCode::Unsupported, "this libtorch was built without CUDA",
                              "Choose the device \"cpu\" or link a libtorch with CUDA.");
        }
        if (torch::cuda::device_count() == 0) {
            return make_error(ErrorCode::Unsupported, "no CUDA device was found",
                              "Choose the device \"cpu\", or check the graphics driver.");
        }
        return {};
    });
}

Result<std::shared_ptr<const Decoder>> make_device_decoder(const DecoderConfig& config, const WeightProvider& weights,
                                                           const CancelToken& cancel)
{
    TIMBERLINE_TRY(cuda_available());
    return make_tensor_decoder_on("cuda", config, weights, cancel);
}

} // namespace timberline::model
