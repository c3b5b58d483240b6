// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/base/translate.h"
#include "core/decoding/fixed_controller.h"

namespace timberline::decoding {

MethodRegistry::Entry fixed_controller()
{
    MethodInfo info;
    info.id = "fixed";
    info.family = "decode controller";
    info.title = TIMBERLINE_TR("Fixed draft length");
    info.summary = TIMBERLINE_TR("Every round drafts as deep as the drafter is set to. Nothing is learned from earlier rounds.");
    info.sources = {{.title = "Fast Inference from Transformers via Speculative Decoding",
                     .authors = "Yaniv Leviathan, Matan Kalman, Yossi Matias",
                     .year = 2022,
                     .arxiv = "2211.17192"}};
    info.lossless = Lossless::Yes;
    info.example = R"({"timberline": 1, "bench": "draft", "model": "bundled:tale", "draft_model": "bundled:tale-draft",
 "prompt": "Once upon a time", "max_new_tokens": 24, "sampling": {"temperature": 0},
 "method": {"drafter": {"id": "draft-model-chain", "values": {"draft_length": 4}}, "controller": {"id": "fixed"}}})";
    const ControllerFactory factory = [](const Values&) -> std::unique_ptr<DecodeController> {
        return std::make_unique<FixedController>();
    };
    return {std::move(info), factory};
}

}  // namespace timberline::decoding
