// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/rules/branching_oracle.h"

#include <algorithm>
#include <functional>
#include <map>
#include <vector>

/// Worlds small enough to enumerate: what three tokens a rule writes, over every draw and every decision, with exact probabilities.
namespace timberline::test {

/// A target and a draft as tables over the tokens written so far, of which the last two matter.
struct ToyModels {
    using Text = std::vector<TokenId>;
    TokenId vocabulary;
    std::map<Text, std::vector<float>> p;
    std::map<Text, std::vector<float>> q;

    /// Random laws, by a fixed key.
    explicit ToyModels(TokenId size = 3) : vocabulary(size)
    {
        std::uint32_t number = 0;
        const auto law = [&number, size] {
            std::vector<float> row;
            for (TokenId i = 0; i < size; ++i) {
                row.push_back(static_cast<float>(.05 + uniform({9, RandomPurpose::Test, 0, number, static_cast<std::uint32_t>(i)})));
            }
            ++number;
            const float total = std::accumulate(row.begin(), row.end(), 0.0F);
            for (float& x : row) {
                x /= total;
            }
            return row;
        };
        fill(law, law);
    }
    /// The same laws after every text.
    ToyModels(const std::vector<float>& target, const std::vector<float>& draft) : vocabulary(static_cast<TokenId>(target.size()))
    {
        fill([&] { return target; }, [&] { return draft; });
    }

    [[nodiscard]] double joint(const Text& text, std::size_t from) const
    {
        double weight = 1;
        for (std::size_t i = from; i < text.size(); ++i) {
            const Text context(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(i));
            weight *= normalised(p.at(context))[static_cast<std::size_t>(text[i])];
        }
        return weight;
    }
    /// Every text of three tokens.
    [[nodiscard]] std::vector<Text> texts() const
    {
        std::vector<Text> out;
        for (TokenId a = 0; a < vocabulary; ++a) {
            for (TokenId b = 0; b < vocabulary; ++b) {
                for (TokenId c = 0; c < vocabulary; ++c) {
                    out.push_back({a, b, c});
                }
            }
        }
        return out;
    }

private:
    template <typename Target, typename Draft>
    void fill(Target target, Draft draft)
    {
        std::vector<Text> contexts = {{}};
        for (TokenId a = 0; a < vocabulary; ++a) {
            contexts.push_back({a});
            for (TokenId b = 0; b < vocabulary; ++b) {
                contexts.push_back({a, b});
            }
        }
        for (const auto& context : contexts) {
            p[context] = target();
            q[context] = draft();
        }
    }
};

struct Shape {
    record::DrawKind root;
    int root_children;
    record::DrawKind below;
    int below_children;
};

/// Children of a node, decided before any of them is drawn. May draw chance of its own.
using ChildCount = std::function<int(const rules::DraftTree& tree, std::int32_t node, BranchingOracle& chance)>;

struct Joint {
    double error = 0;     ///< largest difference between the law of the written texts and the target's
    double accepted = 0;  ///< mean of the accepted drafts
};

/// @param verify (tree, law, decisions) -> Verdict.  @param count null = as the shape says.
template <typename Verify>
Joint joint_law(const ToyModels& toy, const Shape& shape, Verify verify, const ChildCount& count = nullptr)
{
    const auto texts = toy.texts();
    Law law(texts.size(), 0.0);
    Joint out;
    double total = 0;
    BranchingOracle::enumerate([&](BranchingOracle& oracle) {
        rules::DraftTree tree = rules::DraftTree::with_root(0);
        const auto hang = [&](std::int32_t node, record::DrawKind kind, int children) {
            const int wanted = count ? count(tree, node, oracle) : children;
            if (wanted > 0) {
                const auto& q = toy.q.at(tree.path_tokens(node));
                hang_children(tree, node, kind, q, draw_children(kind, q, wanted, oracle));
            }
        };
        hang(0, shape.root, shape.root_children);
        const auto first_level = static_cast<std::int32_t>(tree.size());
        for (std::int32_t node = 1; node < first_level; ++node) {
            hang(node, shape.below, shape.below_children);
        }
        const auto verdict = verify(
            tree, [&](std::int32_t node) { return std::span<const float>(toy.p.at(tree.path_tokens(node))); }, oracle);
        auto text = tree.path_tokens(verdict.path.back());
        text.push_back(verdict.next);
        total += oracle.weight();
        out.accepted += oracle.weight() * static_cast<double>(verdict.path.size() - 1);
        // The rest of a shorter outcome follows the target: complete it to three tokens.
        for (std::size_t i = 0; i < texts.size(); ++i) {
            if (std::equal(text.begin(), text.end(), texts[i].begin())) {
                law[i] += oracle.weight() * toy.joint(texts[i], text.size());
            }
        }
    });
    out.error = std::abs(total - 1);
    for (std::size_t i = 0; i < texts.size(); ++i) {
        out.error = std::max(out.error, std::abs(law[i] - toy.joint(texts[i], 0)));
    }
    return out;
}

}  // namespace timberline::test
