// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/language_model.h"

#include "core/base/text.h"
#include "core/model/device.h"

#include <utility>

namespace timberline::model {
namespace {

[[nodiscard]] Status check_device(const std::string& device)
{
    const std::vector<std::string> valid{"auto", "cpu", "cuda"};
    for (const std::string& name : valid) {
        if (device == name) {
            return {};
        }
    }
    return make_error(ErrorCode::InvalidArgument, "unknown device \"" + printable(device) + "\": expected auto, cpu or cuda",
                      spelling_hint(device, valid));
}

/// The decoder on the GPU, or null with a note that says why not. Only a cancel is passed on: what else fails there may work on the CPU.
[[nodiscard]] Result<std::shared_ptr<const Decoder>> on_device(const DecoderConfig& config, const WeightProvider& weights,
                                                               std::string& note, const CancelToken& cancel)
{
    if (const Status available = cuda_available(); !available) {
        note = "computing on the CPU: " + available.error().message;
        return std::shared_ptr<const Decoder>();
    }
    auto made = make_device_decoder(config, weights, cancel);
    if (!made && made.error().code == ErrorCode::Cancelled) {
        return made.error();
    }
    if (!made) {
        note = "computing on the CPU: " + made.error().message;
        return std::shared_ptr<const Decoder>();
    }
    return made;
}

}  // namespace

Result<std::shared_ptr<const LanguageModel>> load_language_model(const std::string& name, const std::string& device,
                                                                 const CancelToken& cancel)
{
    TIMBERLINE_TRY(check_device(device));
    auto model = std::make_shared<LanguageModel>();
    TIMBERLINE_ASSIGN(model->folder, open_model_folder(name, cancel));
    TIMBERLINE_ASSIGN(const std::shared_ptr<const WeightProvider> weights,
                      file_weights(model->folder.config, model->folder.weights, cancel));
    // "auto" asks for nothing, so a missing GPU is no news; one that is there and fails is.
    if (device == "cuda" || (device == "auto" && cuda_available().ok())) {
        TIMBERLINE_ASSIGN(model->decoder, on_device(model->folder.config, *weights, model->device_note, cancel));
    }
    if (model->decoder != nullptr) {
        model->device = "cuda";
    } else {
        TIMBERLINE_ASSIGN(model->decoder, Decoder::make(model->folder.config, *weights, {}, cancel));
    }
    return std::shared_ptr<const LanguageModel>(std::move(model));
}

}  // namespace timberline::model
