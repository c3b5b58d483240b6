// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/decoding/heads/exit_feeder.h"
#include "core/decoding/tree_drafter.h"

namespace timberline::decoding {

namespace {

struct EesdValues : TreeValues {
    EesdValues() { share_cache = true; }
};

const auto& eesd_fields()
{
    static const auto fields = std::tuple_cat(
        head_tree_fields<EesdValues>(),
        std::tuple{
            field(static_cast<bool EesdValues::*>(&TreeValues::share_cache),
                  {.key = "share_cache",
                   .label = TIMBERLINE_TR("Share the cache"),
                   .help = TIMBERLINE_TR("Drafts chains in the target's own cache, so that verification goes on from the exit layer; "
                                         "off, and for trees, the lower layers run twice. The text is the same.")})});
    return fields;
}

}  // namespace

MethodRegistry::Entry eesd_drafter()
{
    MethodInfo info;
    info.id = "eesd";
    info.family = "drafter";
    info.title = TIMBERLINE_TR("EESD");
    info.summary =
        TIMBERLINE_TR("The target's first layers and one layer trained by self-distillation draft; the whole target verifies. Goes "
                      "with the Thompson sampling controllers, which learn how far to draft.");
    info.sources = {{.title = "Speculative Decoding via Early-exiting for Faster LLM Inference with Thompson Sampling Control Mechanism",
                     .authors = "Jiahao Liu, Qifan Wang, Jingang Wang, Xunliang Cai",
                     .year = 2024,
                     .arxiv = "2406.03853"}};
    info.lossless = Lossless::Yes;
    info.requires_text = TIMBERLINE_TR("an EESD layer trained for the target");
    info.hyperparameters = declare(eesd_fields());
    info.partners = {"fixed", "exact"};
    info.example = R"({"timberline": 1, "bench": "draft", "model": "bundled:tale", "prompt": "Once upon a time", "max_new_tokens": 32,
 "sampling": {"temperature": 0}, "method": {"drafter": {"id": "eesd"}, "heads": "bundled:tale-heads/eesd"}})";
    const DrafterFactory factory = [](const DrafterResources& resources, const Values& values) -> Result<std::unique_ptr<Drafter>> {
        TIMBERLINE_ASSIGN(const auto folder, heads_of(resources, "eesd", {"eesd"}));
        TIMBERLINE_ASSIGN(auto head, ExitHead::open(*resources.target, *folder));
        return std::unique_ptr<Drafter>(std::make_unique<TreeDrafter>(
            std::make_unique<ExitFeeder>(resources.target, std::move(head), resources.context),
            [](const Values& given) -> TreeValues { return read_values(eesd_fields(), given); }, values));
    };
    return {std::move(info), factory};
}

}  // namespace timberline::decoding
