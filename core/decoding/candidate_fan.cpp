// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/candidate_fan.h"

#include "core/base/random.h"
#include "core/rules/sampling.h"

#include <algorithm>
#include <cmath>

namespace timberline::decoding {

namespace {

double log_probability(std::span<const float> row, TokenId token)
{
    const double largest = static_cast<double>(*std::ranges::max_element(row));
    double total = 0;
    for (const float logit : row) {
        total += std::exp(static_cast<double>(logit) - largest);
    }
    return static_cast<double>(row[static_cast<std::size_t>(token)]) - largest - std::log(total);
}

}  // namespace

CandidateFan::CandidateFan(DraftModelRunner& runner, const RoundContext& context, std::int32_t branches, std::int32_t levels)
    : runner_(runner), context_(context), levels_(levels), tokens_(static_cast<std::size_t>(branches)), proposed_(tokens_.size()),
      log_ratio_(tokens_.size(), 0.0), fed_(tokens_.size(), -1)
{}

Status CandidateFan::feed_level()
{
    std::vector<TokenId> newest;
    for (const auto& branch : tokens_) {
        newest.push_back(branch.back());
    }
    TIMBERLINE_ASSIGN(newest_, runner_.feed_nodes(newest, fed_, context_.cancel));
    for (std::size_t branch = 0; branch < fed_.size(); ++branch) {
        fed_[branch] = fed_[branch] < 0 ? static_cast<std::int32_t>(branch) : fed_[branch] + branches();
    }
    return {};
}

void CandidateFan::draw_level(std::int32_t level, const record::Sampling& proposal, bool other)
{
    const auto width = static_cast<std::size_t>(runner_.vocabulary());
    std::vector<TokenId> history(context_.committed.begin(), context_.committed.end());
    std::vector<float> law;
    std::vector<float> tilted;
    for (std::size_t branch = 0; branch < tokens_.size(); ++branch) {
        history.resize(context_.committed.size());
        history.insert(history.end(), tokens_[branch].begin(), tokens_[branch].end());
        if (level > 0 || branch == 0) {  // the root's law is the same for all
            const auto row = level == 0 ? newest_ : newest_.subspan(branch * width, width);
            law.assign(row.begin(), row.end());
            rules::apply_sampling(*context_.sampling, history, law);
            if (other) {
                tilted.assign(row.begin(), row.end());
                rules::apply_sampling(proposal, history, tilted);
            }
        }
        const auto& from = other ? tilted : law;
        const TokenId token = rules::sample(from, uniform({.seed = context_.seed,
                                                           .purpose = RandomPurpose::DraftSample,
                                                           .round = context_.round,
                                                           .position = static_cast<std::uint32_t>(history.size()),
                                                           .sibling = static_cast<std::uint32_t>(branch)}));
        const auto id = static_cast<std::size_t>(token);
        log_ratio_[branch] += other ? std::log(static_cast<double>(law[id])) - std::log(static_cast<double>(from[id])) : 0.0;
        tokens_[branch].push_back(token);
        proposed_[branch].push_back(from[id]);
    }
}

Status CandidateFan::draw(double proposal_temperature)
{
    record::Sampling proposal = *context_.sampling;
    const bool other = proposal.temperature != 0 && proposal_temperature > 0;
    if (other) {
        proposal.temperature = proposal_temperature;
    }
    TIMBERLINE_ASSIGN(newest_, runner_.feed_root(context_.committed, context_.cancel));
    for (std::int32_t level = 0; level < levels_; ++level) {
        logits_.insert(logits_.end(), newest_.begin(), newest_.end());
        rows_ += level == 0 ? 1 : branches();
        draw_level(level, proposal, other);
        if (level + 1 < levels_) {
            TIMBERLINE_TRY(feed_level());
        }
    }
    return {};
}

Result<std::span<const float>> CandidateFan::read_ends()
{
    TIMBERLINE_TRY(feed_level());
    logits_.insert(logits_.end(), newest_.begin(), newest_.end());
    rows_ += branches();
    return runner_.hidden();
}

Status CandidateFan::complete(std::int32_t tokens)
{
    const auto width = static_cast<std::size_t>(runner_.vocabulary());
    for (std::int32_t step = 0; step < tokens; ++step) {
        TIMBERLINE_TRY(feed_level());
        if (step == 0) {
            logits_.insert(logits_.end(), newest_.begin(), newest_.end());
            rows_ += branches();
        }
        for (std::size_t branch = 0; branch < tokens_.size(); ++branch) {
            tokens_[branch].push_back(rules::argmax(newest_.subspan(branch * width, width)));
        }
    }
    return {};
}

rules::DraftTree CandidateFan::tree() const
{
    rules::DraftTree out = rules::DraftTree::with_root(context_.committed.back());
    for (std::size_t level = 0; level < static_cast<std::size_t>(levels_); ++level) {
        for (std::size_t branch = 0; branch < tokens_.size(); ++branch) {
            const std::int32_t parent = level == 0 ? 0 : static_cast<std::int32_t>(out.size()) - branches();
            out.child_kind[static_cast<std::size_t>(parent)] = record::DrawKind::WithReplacement;
            out.add(parent, tokens_[branch][level], proposed_[branch][level]);
        }
    }
    return out;
}

std::vector<std::int32_t> CandidateFan::fed_path(std::int32_t branch) const
{
    std::vector<std::int32_t> out;
    for (std::int32_t level = 0; level + 1 < levels_; ++level) {
        out.push_back(level * branches() + branch);
    }
    return out;
}

Result<std::vector<double>> log_probabilities(DraftModelRunner& runner, const RoundContext& context,
                                              const std::vector<std::vector<TokenId>>& continuations)
{
    std::vector<double> out(continuations.size(), 0.0);
    if (continuations.empty() || runner.depth_limit(context.committed.size()) < static_cast<std::int32_t>(continuations[0].size())) {
        return out;
    }
    std::vector<std::span<const TokenId>> judged;  // what follows an end token is not text
    for (const auto& continuation : continuations) {
        const auto end = std::ranges::find_first_of(continuation, context.stop_ids);
        const auto length = std::min(static_cast<std::size_t>(end - continuation.begin()) + 1, continuation.size());
        judged.push_back(std::span(continuation).first(length));
    }
    TIMBERLINE_ASSIGN(const std::span<const float> root, runner.feed_root(context.committed, context.cancel));
    std::vector<TokenId> tokens;
    std::vector<std::int32_t> parents;
    for (std::size_t i = 0; i < judged.size(); ++i) {
        out[i] = log_probability(root, judged[i][0]);
        for (std::size_t step = 0; step + 1 < judged[i].size(); ++step) {
            parents.push_back(step == 0 ? -1 : static_cast<std::int32_t>(tokens.size()) - 1);
            tokens.push_back(judged[i][step]);
        }
    }
    if (!tokens.empty()) {
        const auto width = static_cast<std::size_t>(runner.vocabulary());
        TIMBERLINE_ASSIGN(const std::span<const float> rows, runner.feed_nodes(tokens, parents, context.cancel));
        std::size_t row = 0;
        for (std::size_t i = 0; i < judged.size(); ++i) {
            for (std::size_t step = 1; step < judged[i].size(); ++step, ++row) {
                out[i] += log_probability(rows.subspan(row * width, width), judged[i][step]);
            }
        }
    }
    runner.keep({});
    return out;
}

}  // namespace timberline::decoding
