// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exits/exit_policy.h"
#include "core/exits/policies/threshold_fields.h"

namespace timberline::exits {
namespace {

/// Entropy of a layer over the whole vocabulary (methods/exits.md 1.3).
struct EntropyValues {
    double threshold = 0.8;
    std::vector<double> thresholds;
    std::string decay = "none";
    double decay_rate = 4;
};

const auto& fields()
{
    static const auto list = threshold_fields<EntropyValues>(
        TIMBERLINE_TR("Exits when 1 minus entropy over its largest value ln V is at least this; 1 never exits."));
    return list;
}

}  // namespace

MethodRegistry::Entry entropy_policy()
{
    MethodInfo info;
    info.id = "entropy";
    info.family = "exit policy";
    info.title = TIMBERLINE_TR("Entropy");
    info.summary = TIMBERLINE_TR("A token leaves at the first layer whose next-token law has little entropy.");
    info.sources = {{.title = "BranchyNet: Fast Inference via Early Exiting from Deep Neural Networks",
                     .authors = "Surat Teerapittayanon, Bradley McDanel, H. T. Kung",
                     .year = 2016,
                     .arxiv = "1709.01686"},
                    {.title = "DeeBERT: Dynamic Early Exiting for Accelerating BERT Inference",
                     .authors = "Ji Xin et al.",
                     .year = 2020,
                     .arxiv = "2004.12993"}};
    info.hyperparameters = declare(fields());
    info.example = R"({"timberline": 1, "bench": "exits", "model": "bundled:tale", "prompt": "Once upon a time", "max_new_tokens": 32,
 "method": {"policy": {"id": "entropy", "values": {"threshold": 0.7}}}})";
    return {std::move(info), no_signal()};
}

}  // namespace timberline::exits
