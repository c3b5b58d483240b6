// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/base/translate.h"
#include "core/decoding/draft_model_runner.h"
#include "core/decoding/drafter.h"
#include "core/decoding/tree_drafter.h"

namespace timberline::decoding {

namespace {

const auto& tree_fields()
{
    static const std::tuple fields{
        field(&TreeValues::shape, {.key = "shape",
                                   .label = TIMBERLINE_TR("Tree shape"),
                                   .help = TIMBERLINE_TR("How candidates are chosen: the likeliest by a fixed branching list, drawn from "
                                                         "the draft law, or ranked by confidence along the path."),
                                   .choices = {"dynamic", "top-k", "sampled-without-replacement", "sampled-with-replacement"},
                                   .choice_labels = {TIMBERLINE_TR("Dynamic (by confidence)"), TIMBERLINE_TR("Likeliest children"),
                                                     TIMBERLINE_TR("Drawn without replacement"), TIMBERLINE_TR("Drawn with replacement")}}),
        field(&TreeValues::draft_length,
              {.key = "draft_length",
               .label = TIMBERLINE_TR("Draft length"),
               .unit = "levels",
               .help = TIMBERLINE_TR("Levels of the tree below the pending token, one draft pass each; 0 decodes plainly."),
               .min = 0,
               .max = 16}),
        field(&TreeValues::total_nodes,
              {.key = "total_nodes",
               .label = TIMBERLINE_TR("Nodes"),
               .unit = "nodes",
               .help = TIMBERLINE_TR("Most candidates that the target verifies in one pass. More are accepted more often and cost more."),
               .min = 1,
               .max = 128}),
        field(&TreeValues::top_k,
              {.key = "top_k",
               .label = TIMBERLINE_TR("Beam width"),
               .unit = "nodes",
               .help =
                   TIMBERLINE_TR("Dynamic shape: nodes that the draft model extends on each level, and candidates each of them proposes."),
               .min = 1,
               .max = 16}),
        field(&TreeValues::branching,
              {.key = "branching",
               .label = TIMBERLINE_TR("Branching"),
               .unit = "children",
               .help = TIMBERLINE_TR("Other shapes: children of each node, level by level; further levels repeat the last number."),
               .min = 1,
               .max = 8,
               .min_length = 1,
               .max_length = 16}),
        field(&TreeValues::draft_temperature,
              {.key = "draft_temperature",
               .label = TIMBERLINE_TR("Draft temperature"),
               .help = TIMBERLINE_TR(
                   "Temperature of the draft model's law; -1 takes the target's, and 1 while the target is greedy. The text stays exact."),
               .min = -1,
               .max = 2}),
        field(&TreeValues::draft_top_k,
              {.key = "draft_top_k",
               .label = TIMBERLINE_TR("Draft top-k"),
               .unit = "tokens",
               .help = TIMBERLINE_TR("Draws drafts only from the k likeliest tokens of the draft model; 0 takes the target's top-k."),
               .min = 0,
               .max = 256})};
    return fields;
}

}  // namespace

MethodRegistry::Entry draft_model_tree()
{
    MethodInfo info;
    info.id = "draft-model-tree";
    info.family = "drafter";
    info.title = TIMBERLINE_TR("Draft model, tree");
    info.summary = TIMBERLINE_TR(
        "A small language model proposes several continuations at once, as a tree; the target verifies all branches in one pass and "
        "follows the one that its own law accepts.");
    info.sources = {
        {.title = "SpecInfer: Accelerating Generative Large Language Model Serving with Tree-based Speculative Inference and Verification",
         .authors = "Xupeng Miao et al.",
         .year = 2023,
         .arxiv = "2305.09781"},
        {.title = "Sequoia: Scalable, Robust, and Hardware-aware Speculative Decoding",
         .authors = "Zhuoming Chen et al.",
         .year = 2024,
         .arxiv = "2402.12374"},
        {.title = "Recursive Speculative Decoding: Accelerating LLM Inference via Sampling Without Replacement",
         .authors = "Wonseok Jeon et al.",
         .year = 2024,
         .arxiv = "2402.14160"},
        {.title = "EAGLE-2: Faster Inference of Language Models with Dynamic Draft Trees",
         .authors = "Yuhui Li et al.",
         .year = 2024,
         .arxiv = "2406.16858"}};
    info.lossless = Lossless::Yes;
    info.requires_text = TIMBERLINE_TR("a draft model with the target's tokenizer");
    info.hyperparameters = declare(tree_fields());
    info.partners = {"fixed", "exact"};
    info.example = R"({"timberline": 1, "bench": "draft", "model": "bundled:tale", "draft_model": "bundled:tale-draft",
 "prompt": "Once upon a time", "max_new_tokens": 32, "sampling": {"temperature": 0},
 "method": {"drafter": {"id": "draft-model-tree", "values": {"shape": "dynamic", "total_nodes": 16}}}})";
    const DrafterFactory factory = [](const DrafterResources& resources, const Values& values) -> Result<std::unique_ptr<Drafter>> {
        if (!resources.draft) {
            return make_error(ErrorCode::InvalidArgument,
                              "drafter draft-model-tree: no draft model is given, expected one with the target's tokenizer",
                              "Name a draft model, for example bundled:tale-draft, or choose the drafter plain.");
        }
        // A small language model drafts a tree, one forward a level (methods/decoding.md 1.7, 1.9).
        return std::unique_ptr<Drafter>(
            std::make_unique<TreeDrafter>(std::make_unique<RunnerFeeder>(DraftModelRunner(resources.draft, resources.context)),
                                          [](const Values& given) { return read_values(tree_fields(), given); }, values));
    };
    return {std::move(info), factory};
}

}  // namespace timberline::decoding
