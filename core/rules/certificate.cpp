// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rules/certificate.h"

#include "core/base/random.h"
#include "core/rules/branching_decisions.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace timberline::rules {

namespace {

using record::DrawKind;
using Law = std::vector<double>;

constexpr double kExact = 1e-6;

/// Numbers keyed by (seed, round), for certify_by_sampling.
class KeyedRound final : public DecisionSource
{
public:
    KeyedRound(std::uint64_t seed, std::uint32_t round) : seed_(seed), round_(round) {}
    bool accept(std::int32_t node, double ratio, float& draw) override
    {
        const double u = uniform({seed_, RandomPurpose::AcceptDraw, round_, 0, static_cast<std::uint32_t>(node)});
        draw = static_cast<float>(u);
        return u < ratio;
    }
    TokenId emit(std::int32_t node, std::span<const double> law) override
    {
        return static_cast<TokenId>(pick(law, uniform({seed_, RandomPurpose::TargetSample, round_, 0, static_cast<std::uint32_t>(node)})));
    }
    std::size_t choose(std::span<const double> weights)
    {
        return pick(weights, uniform({seed_, RandomPurpose::DraftSample, round_, 0, drafts_++}));
    }

private:
    static std::size_t pick(std::span<const double> weights, double u)
    {
        double left = u * std::accumulate(weights.begin(), weights.end(), 0.0);
        std::size_t last = 0;
        for (std::size_t i = 0; i < weights.size(); ++i) {
            if (weights[i] > 0) {
                last = i;
                left -= weights[i];
                if (left < 0) {
                    break;
                }
            }
        }
        return last;
    }
    std::uint64_t seed_;
    std::uint32_t round_;
    std::uint32_t drafts_ = 0;
};

template <typename Chance>
std::vector<TokenId> draw_children(const CertificateCase& world, std::int32_t count, Chance& chance)
{
    Law left(world.draft.begin(), world.draft.end());
    std::vector<TokenId> out;
    for (std::int32_t i = 0; i < count && std::accumulate(left.begin(), left.end(), 0.0) > 0; ++i) {
        const std::size_t token = world.kind == DrawKind::PointMass
                                      ? static_cast<std::size_t>(std::max_element(left.begin(), left.end()) - left.begin())
                                      : chance.choose(left);
        if (world.kind != DrawKind::WithReplacement) {
            left[token] = 0;
        }
        out.push_back(static_cast<TokenId>(token));
    }
    return out;
}

template <typename Chance>
DraftTree draw_tree(const CertificateCase& world, Chance& chance)
{
    DraftTree tree = DraftTree::with_root(0);
    tree.vocabulary = static_cast<std::int32_t>(world.draft.size());
    tree.draft_laws.assign(world.draft.begin(), world.draft.end());
    std::vector<std::int32_t> level{0};
    for (const std::int32_t count : world.children) {
        std::vector<std::int32_t> next;
        for (const std::int32_t node : level) {
            tree.child_kind[static_cast<std::size_t>(node)] = world.kind;
            if (world.kind != DrawKind::PointMass) {
                tree.draft_row[static_cast<std::size_t>(node)] = 0;
            }
            for (const TokenId token : draw_children(world, count, chance)) {
                next.push_back(tree.add(node, token, world.draft[static_cast<std::size_t>(token)]));
            }
        }
        level = std::move(next);
    }
    return tree;
}

/// The first tokens that a verdict writes, at most `most`.
std::vector<std::size_t> written(const DraftTree& tree, const Verdict& verdict, std::size_t most)
{
    std::vector<std::size_t> out;
    for (std::size_t i = 1; i < verdict.path.size() && out.size() < most; ++i) {
        out.push_back(static_cast<std::size_t>(tree.token[static_cast<std::size_t>(verdict.path[i])]));
    }
    if (out.size() < most) {
        out.push_back(static_cast<std::size_t>(verdict.next));
    }
    return out;
}

Law expected_law(const CertificateCase& world)
{
    const Law p(world.target.begin(), world.target.end());
    if (world.children.size() < 2) {
        return p;
    }
    Law out;
    for (const double first : p) {
        for (const double second : p) {
            out.push_back(first * second);
        }
    }
    return out;
}

}  // namespace

std::vector<CertificateCase> certificate_cases(record::DrawKind kind)
{
    const std::vector<std::pair<std::vector<float>, std::vector<float>>> laws = {{{.4F, .3F, .2F, .1F}, {.1F, .2F, .3F, .4F}},
                                                                                 {{.5F, .3F, .2F}, {.2F, .6F, .2F}},
                                                                                 {{.5F, .5F, 0, 0}, {0, 0, .5F, .5F}},
                                                                                 {{.7F, .2F, .1F}, {.7F, .2F, .1F}},
                                                                                 {{0, 1, 0}, {.2F, .3F, .5F}}};
    std::vector<CertificateCase> out;
    for (const auto& [target, draft] : laws) {
        for (const auto& children : std::vector<std::vector<std::int32_t>>{{1}, {2}, {1, 1}, {2, 1}}) {
            out.push_back({target, draft, kind, children});
        }
    }
    return out;
}

CertificateResult certify(const VerifyFunction& verify, const CertificateCase& world)
{
    CertificateResult out;
    out.expected = expected_law(world);
    out.emitted.assign(out.expected.size(), 0);
    const std::size_t tokens = world.children.size() < 2 ? 1 : 2;
    const std::size_t width = world.target.size();
    BranchingDecisions::enumerate([&](BranchingDecisions& chance) {
        const DraftTree tree = draw_tree(world, chance);
        const Verdict verdict = verify(
            tree, [&world](std::int32_t) { return std::span<const float>(world.target); }, chance);
        const auto text = written(tree, verdict, tokens);
        out.expected_tokens += chance.weight() * static_cast<double>(verdict.path.size());
        if (text.size() == tokens) {
            out.emitted[tokens == 1 ? text[0] : text[0] * width + text[1]] += chance.weight();
            return;
        }
        // The round wrote one token; the next round begins with a token of the target's law whatever it drafts.
        for (std::size_t second = 0; second < width; ++second) {
            out.emitted[text[0] * width + second] += chance.weight() * static_cast<double>(world.target[second]);
        }
    });
    double worst = 0;
    for (std::size_t i = 0; i < out.expected.size(); ++i) {
        const double difference = std::abs(out.expected[i] - out.emitted[i]);
        worst = std::max(worst, difference);
        out.total_variation += difference / 2;
    }
    out.exact = worst <= kExact;
    return out;
}

SampledCertificate certify_by_sampling(const VerifyFunction& verify, const CertificateCase& world, std::int64_t draws, std::uint64_t seed)
{
    SampledCertificate out;
    out.counts.assign(world.target.size(), 0);
    for (std::int64_t round = 0; round < draws; ++round) {
        KeyedRound chance(seed, static_cast<std::uint32_t>(round));
        const DraftTree tree = draw_tree(world, chance);
        const Verdict verdict = verify(
            tree, [&world](std::int32_t) { return std::span<const float>(world.target); }, chance);
        ++out.counts[written(tree, verdict, 1)[0]];
    }
    out.test = chi_square_test(out.counts, Law(world.target.begin(), world.target.end()));
    return out;
}

}  // namespace timberline::rules
