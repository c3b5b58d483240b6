// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/decoding/heads/chimera_feeder.h"
#include "core/decoding/heads/rank_heads.h"
#include "core/decoding/tree_drafter.h"

namespace timberline::decoding {

namespace {

/// The released heads draft a fixed list of ranks.
struct ChimeraValues : TreeValues {
    ChimeraValues()
    {
        shape = "static";
        draft_length = 5;
    }
};

const auto& chimera_fields()
{
    static const auto fields = head_tree_fields<ChimeraValues>(
        {"static", "dynamic", "chain", "top-k", "sampled-without-replacement", "sampled-with-replacement"},
        {TIMBERLINE_TR("Fixed ranks"), TIMBERLINE_TR("Dynamic (by confidence)"), TIMBERLINE_TR("Chain"),
         TIMBERLINE_TR("Likeliest children"), TIMBERLINE_TR("Drawn without replacement"), TIMBERLINE_TR("Drawn with replacement")});
    return fields;
}

}  // namespace

MethodRegistry::Entry chimera_drafter()
{
    MethodInfo info;
    info.id = "chimera";
    info.family = "drafter";
    info.title = TIMBERLINE_TR("Chimera");
    info.summary =
        TIMBERLINE_TR("A trigram encoder for what is near, one attention block over the target's hidden rows for what is far, and a "
                      "head a level that reads both; their likeliest combinations form the tree that the target verifies.");
    info.sources = {{.title = "Chimera: A Lossless Decoding Method for Accelerating Large Language Models Inference by Fusing all Tokens",
                     .authors = "Ziqian Zeng, Jiahong Yu, Qianshi Pang, Zihao Wang, Huiping Zhuang, Hongen Shao, Xiaofeng Zou",
                     .year = 2024,
                     .arxiv = "2402.15758"}};
    info.lossless = Lossless::Yes;
    info.lossy_when = TIMBERLINE_TR("the acceptance rule is typical acceptance");
    info.requires_text = TIMBERLINE_TR("Chimera heads trained for the target");
    info.hyperparameters = declare(chimera_fields());
    info.partners = {"fixed", "exact"};
    info.example = R"({"timberline": 1, "bench": "draft", "model": "bundled:tale", "prompt": "Once upon a time", "max_new_tokens": 32,
 "sampling": {"temperature": 0}, "method": {"drafter": {"id": "chimera"}, "heads": "bundled:tale-heads/chimera"}})";
    const DrafterFactory factory = [](const DrafterResources& resources, const Values& values) -> Result<std::unique_ptr<Drafter>> {
        TIMBERLINE_ASSIGN(const auto folder, heads_of(resources, "chimera", {"chimera"}));
        TIMBERLINE_ASSIGN(auto head, ChimeraHead::open(*resources.target, *folder));
        TIMBERLINE_ASSIGN(auto accuracy, rank_accuracy(*folder, static_cast<std::int64_t>(head->mixers.size())));
        return std::unique_ptr<Drafter>(std::make_unique<TreeDrafter>(
            std::make_unique<ChimeraFeeder>(resources.target, std::move(head), resources.context),
            [](const Values& given) -> TreeValues { return read_values(chimera_fields(), given); }, values, std::move(accuracy)));
    };
    return {std::move(info), factory};
}

}  // namespace timberline::decoding
