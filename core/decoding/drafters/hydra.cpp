// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/base/translate.h"
#include "core/decoding/drafter.h"
#include "core/decoding/heads/chained_heads.h"
#include "core/decoding/heads/head_trees.h"
#include "core/decoding/heads/rank_heads.h"
#include "core/rules/tree_shapes.h"

#include <algorithm>

namespace timberline::decoding {

namespace {

using record::DrawKind;

struct HydraValues {
    std::string shape = "dynamic";
    std::int64_t draft_length = 4;
    std::int64_t total_nodes = 24;
    std::int64_t top_k = 4;
};

const auto& hydra_drafter_fields()
{
    static const std::tuple fields{
        field(&HydraValues::shape,
              {.key = "shape",
               .label = TIMBERLINE_TR("Tree shape"),
               .help = TIMBERLINE_TR(
                   "A tree of each round's own, from the heads' confidences along each path; or one tree for every round, from "
                   "how often each rank of each head was right on held-out text."),
               .choices = {"dynamic", "static"},
               .choice_labels = {TIMBERLINE_TR("Dynamic (by confidence)"), TIMBERLINE_TR("Static (by measured accuracy)")}}),
        field(&HydraValues::draft_length,
              {.key = "draft_length",
               .label = TIMBERLINE_TR("Draft length"),
               .unit = "levels",
               .help = TIMBERLINE_TR("Levels of the tree, one head each; 0 decodes plainly. Heads that the folder "
                                     "does not have are left out."),
               .min = 0,
               .max = static_cast<double>(kMostChainedHeads)}),
        field(&HydraValues::total_nodes,
              {.key = "total_nodes",
               .label = TIMBERLINE_TR("Nodes"),
               .unit = "nodes",
               .help = TIMBERLINE_TR("Most candidates that the target verifies in one pass. More are accepted more often and cost more."),
               .min = 1,
               .max = 128}),
        field(&HydraValues::top_k,
              {.key = "top_k",
               .label = TIMBERLINE_TR("Beam width"),
               .unit = "nodes",
               .help = TIMBERLINE_TR("Dynamic shape: nodes that the heads extend on each level, and candidates each of them proposes."),
               .min = 1,
               .max = 16})};
    return fields;
}

/// The heads as the answer to "what may follow this branch".
class HydraSource final : public CandidateSource
{
public:
    /// @param hidden the row that the heads read.  All references must outlive the source.
    HydraSource(ChainedHeads& heads, std::span<const float> hidden, TokenId root) : heads_(heads), hidden_(hidden)
    {
        paths_.push_back({root});
        read(0, 1);
    }

    [[nodiscard]] Status open(std::span<const TokenId> tokens, std::span<const std::int32_t> parents, const CancelToken& cancel) override
    {
        if (cancel.cancelled()) {
            return make_error(ErrorCode::Cancelled, "drafting was cancelled");
        }
        const std::size_t first = paths_.size();
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            auto path = paths_[static_cast<std::size_t>(parents[i])];
            path.push_back(tokens[i]);
            paths_.push_back(std::move(path));
        }
        read(first, tokens.size());
        return {};
    }

    [[nodiscard]] std::span<const float> logits(std::int32_t place) override
    {
        const auto width = static_cast<std::size_t>(heads_.vocabulary());
        return std::span<const float>(logits_).subspan((static_cast<std::size_t>(place) - first_) * width, width);
    }

private:
    /// Reads places [first, first + count), all of one depth.
    void read(std::size_t first, std::size_t count)
    {
        first_ = first;
        flat_.clear();
        for (std::size_t i = first; i < first + count; ++i) {
            flat_.insert(flat_.end(), paths_[i].begin(), paths_[i].end());
        }
        if (count > 0) {
            heads_.logits(static_cast<std::int64_t>(paths_[first].size()) - 1, hidden_, flat_, logits_);
        }
    }

    ChainedHeads& heads_;
    std::span<const float> hidden_;
    std::vector<std::vector<TokenId>> paths_;  ///< per place: the root and the drafted tokens
    std::size_t first_ = 0;                    ///< place of the first row of logits_
    std::vector<TokenId> flat_;
    std::vector<float> logits_;
};

/// Sequentially dependent heads on the target's last hidden row (methods/decoding.md 3.3).
class HydraDrafter final : public Drafter
{
public:
    HydraDrafter(ChainedHeads heads, std::vector<std::vector<double>> accuracy, std::int64_t context, const Values& values)
        : heads_(std::move(heads)), accuracy_(std::move(accuracy)), context_(context), values_(read_values(hydra_drafter_fields(), values))
    {
        if (heads_.prefix() != nullptr) {
            store_ = heads_.prefix()->make_store(context_ + 1);
        }
    }

    [[nodiscard]] Status begin(std::span<const TokenId> /*committed*/, const CancelToken& /*cancel*/) override
    {
        row_.clear();
        if (store_ != nullptr) {
            store_->crop(0);
        }
        return {};
    }

    [[nodiscard]] Result<rules::DraftTree> propose(const RoundContext& context, const DraftPlan& plan,
                                                   DecodeController& controller) override
    {
        TIMBERLINE_TRY(read_hidden(context));
        const std::int32_t nodes = std::min(static_cast<std::int32_t>(values_.total_nodes), plan.max_nodes);
        const std::int32_t depth = std::min(depth_limit(), plan.max_depth);
        if (row_.empty() || depth <= 0 || nodes <= 0) {
            return rules::DraftTree::with_root(context.committed.back());  // a prompt of one token leaves no hidden row to read
        }
        HydraSource source(heads_, row_, context.committed.back());
        const auto sampling = draft_sampling(*context.sampling, 0, 0);  // children are chosen: the law only ranks them
        const DraftPlan limits{.max_depth = depth, .max_nodes = nodes};
        if (values_.shape == "static") {
            return listed(context, limits, controller, sampling, source);
        }
        const auto width = static_cast<std::int32_t>(values_.top_k);
        TIMBERLINE_ASSIGN(auto grown, grow_dynamic_tree(context, limits, controller, {.beam = width, .top_k = width}, sampling, source));
        return std::move(grown.tree);
    }

    void commit(const rules::DraftTree& /*tree*/, std::span<const std::int32_t> /*path*/, TokenId /*next*/) override {}

    void set_values(const Values& values) override { values_ = read_values(hydra_drafter_fields(), values); }

    [[nodiscard]] std::unique_ptr<Drafter> snapshot() const override
    {
        auto copy = std::make_unique<HydraDrafter>(heads_, accuracy_, context_, Values{});
        copy->values_ = values_;
        copy->row_ = row_;
        if (store_ != nullptr) {
            copy->store_ = store_->snapshot();
        }
        return copy;
    }

    [[nodiscard]] std::int32_t depth_limit() const override
    {
        return static_cast<std::int32_t>(std::min(values_.draft_length, heads_.heads()));
    }
    [[nodiscard]] bool wants_target_hidden() const override { return true; }

private:
    /// Takes the rows of the newly committed positions in; the last one, through the prefix layer where there is one, is what heads read.
    Status read_hidden(const RoundContext& context)
    {
        const auto d = static_cast<std::size_t>(heads_.hidden());
        if (context.target_hidden.empty()) {
            return {};
        }
        rows_.assign(context.target_hidden.begin(), context.target_hidden.end());
        if (store_ != nullptr) {
            // Rows that came before this drafter was chosen are missing: rotary positions are relative, so it counts from its own first
            // row.
            model::ForwardInput input;
            TIMBERLINE_TRY(heads_.prefix()->forward_layers(0, 1, input, rows_, *store_, context.cancel));
        }
        row_.assign(rows_.end() - static_cast<std::ptrdiff_t>(d), rows_.end());
        return {};
    }

    /// One tree for every round: node after node takes the rank that the list says, level by level.
    Result<rules::DraftTree> listed(const RoundContext& context, const DraftPlan& limits, DecodeController& controller,
                                    const DraftSampling& sampling, HydraSource& source)
    {
        auto tree = rules::DraftTree::with_root(context.committed.back());
        auto shape = static_tree(accuracy_, limits.max_nodes, limits.max_depth);
        std::vector<std::int32_t> place_of(shape.size() + 1, -1), node_of(shape.size() + 1, -1);
        place_of[0] = node_of[0] = 0;
        std::vector<std::int32_t> level = {0};  // list numbers (0 = the root) of the places that stand open
        tree.draft_passes = 1;
        std::int32_t places = 1;
        for (std::int32_t depth = 1; depth <= limits.max_depth && !level.empty(); ++depth) {
            std::vector<std::int32_t> next;
            std::vector<TokenId> tokens;
            std::vector<std::int32_t> parents;
            bool agreed = false;
            for (const auto number : level) {
                law_for(context, sampling, source, place_of[static_cast<std::size_t>(number)], tree,
                        node_of[static_cast<std::size_t>(number)]);
                if (!agreed) {
                    const auto drafted = static_cast<std::int32_t>(tree.drafted());
                    if (!controller.keep_drafting(draft_step(depth, drafted, law_, 0))) {
                        return tree;
                    }
                    agreed = true;
                }
                const auto ranked = rules::top_indices(law_, static_cast<std::int32_t>(kRanksKept));
                for (std::size_t i = 0; i < shape.size(); ++i) {
                    const auto rank = static_cast<std::size_t>(shape[i].rank);
                    if (shape[i].parent != number || rank >= ranked.size() || !(law_[static_cast<std::size_t>(ranked[rank])] > 0)) {
                        continue;
                    }
                    const auto node = node_of[static_cast<std::size_t>(number)];
                    extend(tree, node, context, source.logits(place_of[static_cast<std::size_t>(number)]));
                    node_of[i + 1] = tree.add(node, ranked[rank], law_[static_cast<std::size_t>(ranked[rank])]);
                    const bool has_children =
                        std::ranges::any_of(shape, [&](const RankNode& other) { return other.parent == static_cast<std::int32_t>(i) + 1; });
                    if (has_children) {
                        next.push_back(static_cast<std::int32_t>(i) + 1);
                        tokens.push_back(ranked[rank]);
                        parents.push_back(place_of[static_cast<std::size_t>(number)]);
                        place_of[i + 1] = places++;
                    }
                }
            }
            if (!next.empty() && depth < limits.max_depth) {
                TIMBERLINE_TRY(source.open(tokens, parents, context.cancel));
                ++tree.draft_passes;
            }
            level = std::move(next);
        }
        return tree;
    }

    void law_for(const RoundContext& context, const DraftSampling& sampling, HydraSource& source, std::int32_t place,
                 const rules::DraftTree& tree, std::int32_t node)
    {
        history_.assign(context.committed.begin(), context.committed.end());
        const auto path = tree.path_tokens(node);
        history_.insert(history_.end(), path.begin(), path.end());
        draft_law(sampling, history_, source.logits(place), law_);
    }

    void extend(rules::DraftTree& tree, std::int32_t node, const RoundContext& context, std::span<const float> logits) const
    {
        auto& kind = tree.child_kind[static_cast<std::size_t>(node)];
        if (kind == DrawKind::None && context.keep_laws) {
            attach_row(tree, node, law_, logits);
        }
        kind = DrawKind::PointMass;
    }

    ChainedHeads heads_;
    std::vector<std::vector<double>> accuracy_;  ///< [heads][ranks]
    std::int64_t context_;
    HydraValues values_;
    std::unique_ptr<model::KvStore> store_;  ///< of the prefix layer
    std::vector<float> rows_, row_, law_;
    std::vector<TokenId> history_;
};

}  // namespace

MethodRegistry::Entry hydra_drafter()
{
    MethodInfo info;
    info.id = "hydra";
    info.family = "drafter";
    info.title = TIMBERLINE_TR("Hydra");
    info.summary =
        TIMBERLINE_TR("Heads on the target's last hidden state that also read the tokens drafted before theirs, so that every branch "
                      "of the tree is continued for itself.");
    info.sources = {{.title = "Hydra: Sequentially-Dependent Draft Heads for Medusa Decoding",
                     .authors =
                         "Zachary Ankner, Rishab Parthasarathy, Aniruddha Nrusimha, Christopher Rinard, Jonathan Ragan-Kelley, William "
                         "Brandon",
                     .year = 2024,
                     .arxiv = "2402.05109"}};
    info.lossless = Lossless::Yes;
    info.lossy_when = TIMBERLINE_TR("the acceptance rule is typical acceptance");
    info.requires_text = TIMBERLINE_TR("Hydra heads trained for this target");
    info.hyperparameters = declare(hydra_drafter_fields());
    info.partners = {"fixed", "exact"};
    info.example = R"({"timberline": 1, "bench": "draft", "model": "bundled:tale", "prompt": "Once upon a time", "max_new_tokens": 32,
 "sampling": {"temperature": 0}, "method": {"drafter": {"id": "hydra"}, "heads": "bundled:tale-heads/hydra"}})";
    const DrafterFactory factory = [](const DrafterResources& resources, const Values& values) -> Result<std::unique_ptr<Drafter>> {
        TIMBERLINE_ASSIGN(const auto folder, heads_of(resources, "hydra", {"hydra"}));
        TIMBERLINE_ASSIGN(auto heads, ChainedHeads::make(*folder, *resources.target));
        TIMBERLINE_ASSIGN(auto accuracy, rank_accuracy(*folder, heads.heads()));
        return std::unique_ptr<Drafter>(std::make_unique<HydraDrafter>(std::move(heads), std::move(accuracy), resources.context, values));
    };
    return {std::move(info), factory};
}

}  // namespace timberline::decoding
