// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/base/translate.h"
#include "core/decoding/draft_law.h"
#include "core/decoding/drafter.h"
#include "core/decoding/heads/head_trees.h"
#include "core/decoding/heads/rank_heads.h"
#include "core/rules/sampling.h"
#include "core/rules/tree_shapes.h"

#include <algorithm>
#include <cmath>

namespace timberline::decoding {

namespace {

using record::DrawKind;

struct MedusaValues {
    std::string shape = "static";
    std::int64_t draft_length = 4;
    std::int64_t total_nodes = 24;
    std::int64_t ranks = 10;
};

const auto& medusa_drafter_fields()
{
    static const std::tuple fields{
        field(&MedusaValues::shape,
              {.key = "shape",
               .label = TIMBERLINE_TR("Tree shape"),
               .help =
                   TIMBERLINE_TR("One tree for every round, from how often each rank of each head was right on held-out text; or a tree of "
                                 "each round's own, from the heads' confidences."),
               .choices = {"static", "confidence"},
               .choice_labels = {TIMBERLINE_TR("Static (by measured accuracy)"), TIMBERLINE_TR("By confidence")}}),
        field(&MedusaValues::draft_length,
              {.key = "draft_length",
               .label = TIMBERLINE_TR("Draft length"),
               .unit = "levels",
               .help = TIMBERLINE_TR("Levels of the tree, one head each; 0 decodes plainly. Heads that the folder "
                                     "does not have are left out."),
               .min = 0,
               .max = static_cast<double>(kMostHeads)}),
        field(&MedusaValues::total_nodes,
              {.key = "total_nodes",
               .label = TIMBERLINE_TR("Nodes"),
               .unit = "nodes",
               .help = TIMBERLINE_TR("Most candidates that the target verifies in one pass. More are accepted more often and cost more."),
               .min = 1,
               .max = 128}),
        field(&MedusaValues::ranks, {.key = "ranks",
                                     .label = TIMBERLINE_TR("Ranks kept"),
                                     .unit = "tokens",
                                     .help = TIMBERLINE_TR("Likeliest tokens of each head that may enter the tree."),
                                     .min = 1,
                                     .max = static_cast<double>(kRanksKept)})};
    return fields;
}

/// Heads on the target's last hidden row propose a tree in which a level's ranks are the same under every parent (methods/decoding.md 1.8).
class MedusaDrafter final : public Drafter
{
public:
    MedusaDrafter(RankHeads heads, std::vector<std::vector<double>> accuracy, const Values& values)
        : heads_(std::move(heads)), accuracy_(std::move(accuracy)), values_(read_values(medusa_drafter_fields(), values))
    {}

    [[nodiscard]] Status begin(std::span<const TokenId> /*committed*/, const CancelToken& /*cancel*/) override { return {}; }

    [[nodiscard]] Result<rules::DraftTree> propose(const RoundContext& context, const DraftPlan& plan,
                                                   DecodeController& controller) override
    {
        auto tree = rules::DraftTree::with_root(context.committed.back());
        const auto width = static_cast<std::size_t>(context.target_hidden.empty() ? 0 : heads_.hidden());
        const std::int32_t most = std::min(static_cast<std::int32_t>(values_.total_nodes), plan.max_nodes);
        std::int32_t depth = std::min(depth_limit(), plan.max_depth);
        if (width == 0 || depth <= 0 || most <= 0) {
            return tree;  // after a prompt of one token there is no hidden row to read yet
        }
        heads_.logits(context.target_hidden.last(width), depth, logits_);
        tree.draft_passes = 1;
        const auto sampling = draft_sampling(*context.sampling, 0, 0);  // children are chosen: the law only ranks them
        const bool laws = context.keep_laws || values_.shape == "confidence" || controller.wants_law_statistics() ||
                          rules::reads_history(sampling.settings);
        rank(context, sampling, depth, laws);
        depth = allowed_depth(controller, depth, most);
        const auto shape = plan.shape ? planned_tree(*plan.shape, most, depth, ranks()) : static_tree(chances(laws), most, depth);
        for (const auto& node : shape) {
            const auto level = static_cast<std::size_t>(node.depth) - 1;
            const TokenId token = ranked_[level][static_cast<std::size_t>(node.rank)];
            const float q = laws ? laws_[level][static_cast<std::size_t>(token)] : record::kUndefined;
            extend(tree, node.parent, level, context.keep_laws);
            tree.add(node.parent, token, q);
        }
        return tree;
    }

    void commit(const rules::DraftTree& /*tree*/, std::span<const std::int32_t> /*path*/, TokenId /*next*/) override {}

    void set_values(const Values& values) override { values_ = read_values(medusa_drafter_fields(), values); }

    [[nodiscard]] std::unique_ptr<Drafter> snapshot() const override { return std::make_unique<MedusaDrafter>(*this); }

    [[nodiscard]] std::int32_t depth_limit() const override
    {
        return static_cast<std::int32_t>(std::min(values_.draft_length, heads_.heads()));
    }
    [[nodiscard]] bool chooses_tokens(const record::Sampling& /*target*/, bool /*planned*/) const override { return depth_limit() > 0; }
    [[nodiscard]] bool wants_target_hidden() const override { return true; }

private:
    [[nodiscard]] std::span<const float> head_row(std::size_t level) const
    {
        const auto v = static_cast<std::size_t>(heads_.vocabulary());
        return std::span<const float>(logits_).subspan(level * v, v);
    }

    /// The likeliest tokens of each level, and its law where somebody reads it.
    void rank(const RoundContext& context, const DraftSampling& sampling, std::int32_t depth, bool laws)
    {
        const auto levels = static_cast<std::size_t>(depth);
        ranked_.resize(levels);
        laws_.resize(laws ? levels : 0);
        for (std::size_t level = 0; level < levels; ++level) {
            if (laws) {
                // A head does not know the branch: penalties see the committed text alone.
                draft_law(sampling, context.committed, head_row(level), laws_[level]);
            }
            ranked_[level] =
                rules::top_indices(laws ? std::span<const float>(laws_[level]) : head_row(level), static_cast<std::int32_t>(values_.ranks));
            if (laws) {
                std::erase_if(ranked_[level], [&](TokenId token) { return !(laws_[level][static_cast<std::size_t>(token)] > 0); });
            }
        }
    }

    /// Asks the controller level by level, as a drafter does that drafts them one after the other.
    [[nodiscard]] std::int32_t allowed_depth(DecodeController& controller, std::int32_t depth, std::int32_t most)
    {
        const bool statistics = controller.wants_law_statistics();
        double log_q = 0;
        for (std::int32_t level = 1; level <= depth; ++level) {
            const auto nodes = std::min(most, level - 1);  // at least one a level so far; the tree's form comes later
            DraftStep step{.depth = level, .nodes = nodes, .cumulative_log_q = log_q};
            if (statistics) {
                const auto& law = laws_[static_cast<std::size_t>(level) - 1];
                step = draft_step(level, nodes, law, log_q);
                log_q += std::log(step.largest_q);
            }
            if (!controller.keep_drafting(step)) {
                return level - 1;
            }
        }
        return depth;
    }

    /// Ranks that each level offers.
    [[nodiscard]] std::vector<std::int32_t> ranks() const
    {
        std::vector<std::int32_t> out;
        for (const auto& level : ranked_) {
            out.push_back(static_cast<std::int32_t>(level.size()));
        }
        return out;
    }

    /// Chance of each rank of each level to be right, cut to the ranks that exist.
    [[nodiscard]] std::vector<std::vector<double>> chances(bool laws) const
    {
        std::vector<std::vector<double>> out;
        for (std::size_t level = 0; level < ranked_.size(); ++level) {
            auto& row = out.emplace_back();
            if (laws && values_.shape == "confidence") {
                for (const TokenId token : ranked_[level]) {
                    row.push_back(static_cast<double>(laws_[level][static_cast<std::size_t>(token)]));
                }
                continue;
            }
            row = accuracy_[level];
            row.resize(std::min(row.size(), ranked_[level].size()));
        }
        return out;
    }

    /// Notes that `node` has children from the level's head; all nodes of a level share its row.
    void extend(rules::DraftTree& tree, std::int32_t node, std::size_t level, bool keep_laws)
    {
        const auto index = static_cast<std::size_t>(node);
        if (tree.child_kind[index] != DrawKind::None) {
            return;
        }
        tree.child_kind[index] = DrawKind::PointMass;
        if (!keep_laws) {
            return;
        }
        if (node == 0) {
            row_of_level_.assign(ranked_.size(), -1);
        }
        if (row_of_level_[level] < 0) {
            attach_row(tree, node, laws_[level], head_row(level));
            row_of_level_[level] = tree.draft_row[index];
        }
        tree.draft_row[index] = row_of_level_[level];
    }

    RankHeads heads_;
    std::vector<std::vector<double>> accuracy_;  ///< [heads][ranks]
    MedusaValues values_;
    std::vector<float> logits_;                 ///< [levels, V]
    std::vector<std::vector<float>> laws_;      ///< [levels] of [V], or empty
    std::vector<std::vector<TokenId>> ranked_;  ///< [levels], likeliest first
    std::vector<std::int32_t> row_of_level_;
};

/// @param id of the drafter and of the heads that it takes.
DrafterFactory rank_head_drafter(const std::string& id)
{
    return [id](const DrafterResources& resources, const Values& values) -> Result<std::unique_ptr<Drafter>> {
        TIMBERLINE_ASSIGN(const auto folder, heads_of(resources, id, {id}));
        TIMBERLINE_ASSIGN(auto heads, RankHeads::make(*folder, *resources.target));
        TIMBERLINE_ASSIGN(auto accuracy, rank_accuracy(*folder, heads.heads()));
        return std::unique_ptr<Drafter>(std::make_unique<MedusaDrafter>(std::move(heads), std::move(accuracy), values));
    };
}

MethodInfo rank_head_info(const std::string& id)
{
    MethodInfo info;
    info.id = id;
    info.family = "drafter";
    info.lossless = Lossless::Yes;
    info.lossy_when = TIMBERLINE_TR("the acceptance rule is typical acceptance");
    info.hyperparameters = declare(medusa_drafter_fields());
    info.partners = {"fixed", "exact"};
    info.example = R"({"timberline": 1, "bench": "draft", "model": "bundled:tale", "prompt": "Once upon a time", "max_new_tokens": 32,
 "sampling": {"temperature": 0}, "method": {"drafter": {"id": ")" +
                   id + R"("}, "heads": "bundled:tale-heads/)" + id + R"("}})";
    return info;
}

}  // namespace

MethodRegistry::Entry medusa_drafter()
{
    auto info = rank_head_info("medusa");
    info.title = TIMBERLINE_TR("Medusa");
    info.summary =
        TIMBERLINE_TR("Small heads on the target's last hidden state guess the next tokens all at once; their likeliest combinations "
                      "form a tree that the target verifies in one pass.");
    info.sources = {{.title = "Medusa: Simple LLM Inference Acceleration Framework with Multiple Decoding Heads",
                     .authors = "Tianle Cai, Yuhong Li, Zhengyang Geng, Hongwu Peng, Jason D. Lee, Deming Chen, Tri Dao",
                     .year = 2024,
                     .arxiv = "2401.10774"}};
    info.requires_text = TIMBERLINE_TR("Medusa heads trained for this target");
    return {std::move(info), rank_head_drafter("medusa")};
}

MethodRegistry::Entry koala_medusa_drafter()
{
    auto info = rank_head_info("koala-medusa");
    info.title = TIMBERLINE_TR("KOALA, Medusa heads");
    info.summary = TIMBERLINE_TR("Drafts as Medusa does, with heads of several layers that were trained against an adversary.");
    info.sources = {{.title = "KOALA: Enhancing Speculative Decoding for LLM via Multi-Layer Draft Heads with Adversarial Learning",
                     .authors = "Kaiqi Zhang, Jing Zhao, Rui Chen",
                     .year = 2024,
                     .arxiv = "2408.08146"}};
    info.requires_text = TIMBERLINE_TR("KOALA-Medusa heads trained for this target");
    return {std::move(info), rank_head_drafter("koala-medusa")};
}

}  // namespace timberline::decoding
