// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/base/translate.h"
#include "core/decoding/heads/hydra_feeder.h"
#include "core/decoding/heads/rank_heads.h"
#include "core/decoding/tree_drafter.h"

namespace timberline::decoding {

namespace {

struct HydraValues : TreeValues {
    HydraValues()
    {
        draft_length = 4;
        top_k = 4;
        draft_temperature = 0;  // children are chosen: the law only ranks them
    }
};

const auto& hydra_drafter_fields()
{
    const auto at = [](auto member) { return static_cast<std::decay_t<decltype(TreeValues{}.*member)> HydraValues::*>(member); };
    static const std::tuple fields{
        field(at(&TreeValues::shape),
              {.key = "shape",
               .label = TIMBERLINE_TR("Tree shape"),
               .help = TIMBERLINE_TR("A tree of each round's own, from the heads' confidences along "
                                     "each path; or one tree for every round, from "
                                     "how often each rank of each head was right on held-out text."),
               .choices = {"dynamic", "static"},
               .choice_labels = {TIMBERLINE_TR("Dynamic (by confidence)"), TIMBERLINE_TR("Static (by measured accuracy)")}}),
        field(at(&TreeValues::draft_length), {.key = "draft_length",
                                              .label = TIMBERLINE_TR("Draft length"),
                                              .unit = "levels",
                                              .help = TIMBERLINE_TR("Levels of the tree, one head each; 0 "
                                                                    "decodes plainly. Heads that the folder "
                                                                    "does not have are left out."),
                                              .min = 0,
                                              .max = static_cast<double>(kMostChainedHeads)}),
        field(at(&TreeValues::total_nodes), {.key = "total_nodes",
                                             .label = TIMBERLINE_TR("Nodes"),
                                             .unit = "nodes",
                                             .help = TIMBERLINE_TR("Most candidates that the target verifies in one pass. More "
                                                                   "are accepted more often and cost more."),
                                             .min = 1,
                                             .max = 128}),
        field(at(&TreeValues::top_k), {.key = "top_k",
                                       .label = TIMBERLINE_TR("Beam width"),
                                       .unit = "nodes",
                                       .help = TIMBERLINE_TR("Dynamic shape: nodes that the heads extend on each level, "
                                                             "and candidates each of them proposes."),
                                       .min = 1,
                                       .max = 16})};
    return fields;
}

}  // namespace

MethodRegistry::Entry hydra_drafter()
{
    MethodInfo info;
    info.id = "hydra";
    info.family = "drafter";
    info.title = TIMBERLINE_TR("Hydra");
    info.summary = TIMBERLINE_TR("Heads on the target's last hidden state that also read "
                                 "the tokens drafted before theirs, so that every branch "
                                 "of the tree is continued for itself.");
    info.sources = {{.title = "Hydra: Sequentially-Dependent Draft Heads for Medusa Decoding",
                     .authors = "Zachary Ankner, Rishab Parthasarathy, Aniruddha Nrusimha, "
                                "Christopher Rinard, Jonathan Ragan-Kelley, William "
                                "Brandon",
                     .year = 2024,
                     .arxiv = "2402.05109"}};
    info.lossless = Lossless::Yes;
    info.lossy_when = TIMBERLINE_TR("the acceptance rule is typical acceptance");
    info.requires_text = TIMBERLINE_TR("Hydra heads trained for this target");
    info.hyperparameters = declare(hydra_drafter_fields());
    info.partners = {"fixed", "exact"};
    info.example =
        R"({"timberline": 1, "bench": "draft", "model": "bundled:tale", "prompt": "Once upon a time", "max_new_tokens": 32,
 "sampling": {"temperature": 0}, "method": {"drafter": {"id": "hydra"}, "heads": "bundled:tale-heads/hydra"}})";
    const DrafterFactory factory = [](const DrafterResources& resources, const Values& values) -> Result<std::unique_ptr<Drafter>> {
        TIMBERLINE_ASSIGN(const auto folder, heads_of(resources, "hydra", {"hydra"}));
        TIMBERLINE_ASSIGN(auto heads, ChainedHeads::make(*folder, *resources.target));
        TIMBERLINE_ASSIGN(auto accuracy, rank_accuracy(*folder, heads.heads()));
        return std::unique_ptr<Drafter>(std::make_unique<TreeDrafter>(
            std::make_unique<HydraFeeder>(resources.target, std::move(heads), resources.context),
            [](const Values& given) -> TreeValues { return read_values(hydra_drafter_fields(), given); }, values, std::move(accuracy)));
    };
    return {std::move(info), factory};
}

}  // namespace timberline::decoding
