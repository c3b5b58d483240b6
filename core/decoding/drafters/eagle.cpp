// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/decoding/heads/eagle_feeder.h"
#include "core/decoding/tree_drafter.h"

namespace timberline::decoding {

namespace {

const auto& eagle_fields()
{
    static const auto fields = head_tree_fields<TreeValues>();
    return fields;
}

/// @param id of the drafter; EAGLE's and KOALA's heads run the same way, so either takes both.
MethodRegistry::Entry feature_drafter(const std::string& id, MethodInfo info)
{
    info.id = id;
    info.family = "drafter";
    info.lossless = Lossless::Yes;
    info.hyperparameters = declare(eagle_fields());
    info.partners = {"fixed", "exact"};
    info.example = R"({"timberline": 1, "bench": "draft", "model": "bundled:tale", "prompt": "Once upon a time", "max_new_tokens": 32,
 "sampling": {"temperature": 0}, "method": {"drafter": {"id": ")" +
                   id + R"("}, "heads": "bundled:tale-heads/)" + id + R"("}})";
    const DrafterFactory factory = [id](const DrafterResources& resources, const Values& values) -> Result<std::unique_ptr<Drafter>> {
        TIMBERLINE_ASSIGN(const auto folder, heads_of(resources, id, {"eagle", "koala-eagle"}));
        TIMBERLINE_ASSIGN(auto head, EagleHead::open(*resources.target, *folder));
        return std::unique_ptr<Drafter>(std::make_unique<TreeDrafter>(
            std::make_unique<EagleFeeder>(resources.target, std::move(head), resources.context),
            [](const Values& given) { return read_values(eagle_fields(), given); }, values));
    };
    return {std::move(info), factory};
}

}  // namespace

MethodRegistry::Entry eagle_drafter()
{
    MethodInfo info;
    info.title = TIMBERLINE_TR("EAGLE");
    info.summary =
        TIMBERLINE_TR("A small head writes the target's next hidden rows from the last ones and the tokens chosen so far; the target's "
                      "own output matrix turns them into candidates, as a chain or a tree that one target pass verifies.");
    info.sources = {{.title = "EAGLE: Speculative Sampling Requires Rethinking Feature Uncertainty",
                     .authors = "Yuhui Li, Fangyun Wei, Chao Zhang, Hongyang Zhang",
                     .year = 2024,
                     .arxiv = "2401.15077"},
                    {.title = "EAGLE-2: Faster Inference of Language Models with Dynamic Draft Trees",
                     .authors = "Yuhui Li, Fangyun Wei, Chao Zhang, Hongyang Zhang",
                     .year = 2024,
                     .arxiv = "2406.16858"},
                    {.title = "EAGLE-3: Scaling up Inference Acceleration of Large Language Models via Training-Time Test",
                     .authors = "Yuhui Li, Fangyun Wei, Chao Zhang, Hongyang Zhang",
                     .year = 2025,
                     .arxiv = "2503.01840"}};
    info.requires_text = TIMBERLINE_TR("an EAGLE head trained for the target");
    return feature_drafter("eagle", std::move(info));
}

MethodRegistry::Entry koala_eagle_drafter()
{
    MethodInfo info;
    info.title = TIMBERLINE_TR("KOALA on EAGLE");
    info.summary = TIMBERLINE_TR("An EAGLE head of several layers that was trained against an adversary, so that its laws pass for the "
                                 "target's; it drafts as EAGLE does.");
    info.sources = {{.title = "KOALA: Enhancing Speculative Decoding for LLM via Multi-Layer Draft Heads with Adversarial Learning",
                     .authors = "Kaiqi Zhang, Jing Zhao, Rui Chen",
                     .year = 2024,
                     .arxiv = "2408.08146"},
                    {.title = "EAGLE: Speculative Sampling Requires Rethinking Feature Uncertainty",
                     .authors = "Yuhui Li, Fangyun Wei, Chao Zhang, Hongyang Zhang",
                     .year = 2024,
                     .arxiv = "2401.15077"}};
    info.requires_text = TIMBERLINE_TR("a KOALA head trained for the target");
    return feature_drafter("koala-eagle", std::move(info));
}

}  // namespace timberline::decoding
