// SPDX-License-Identifier: GPL-3.0-or-later
// Rounds that a controller plays itself (round_player.h).
#include "core/decoding/factory.h"
#include "core/decoding/round_loop.h"
#include "core/decoding/stopwatch.h"

#include <algorithm>
#include <any>

namespace timberline::decoding {

Status RoundLoop::install_controller(const RoundSettings& settings)
{
    const bool first = controller_ == nullptr && player_ == nullptr;
    const Values& values = settings.controller.values;
    if (first || settings.controller.id != settings_.controller.id) {
        controller_.reset();
        player_.reset();
        TIMBERLINE_ASSIGN(const MethodRegistry::Entry* entry, job_.methods->find("decode controller", settings.controller.id));
        if (const auto* plays = std::any_cast<PlayerFactory>(&entry->factory)) {
            TIMBERLINE_ASSIGN(
                player_,
                (*plays)({.target = job_.target, .draft = job_.draft, .heads = job_.heads, .trained = job_.trained, .context = context_},
                         values));
            drafter_.reset();  // its caches would fall behind; it starts over when it
                               // is asked again
            acceptance_.reset();
            TIMBERLINE_TRY(player_->begin(committed_, cancel_));
        } else {
            TIMBERLINE_ASSIGN(const auto factory,
                              factory_of<ControllerFactory>(*job_.methods, "decode controller", settings.controller.id));
            controller_ = factory(values);
            controller_->set_seed(job_.seed);
        }
    } else if (values != settings_.controller.values) {
        if (player_ != nullptr) {
            player_->set_values(values);
        } else {
            controller_->set_values(values);
        }
    }
    return player_ != nullptr ? player_->fits(settings) : catch_up();
}

Status RoundLoop::catch_up()
{
    const auto wanted = static_cast<std::int64_t>(committed_.size()) - 1;
    const std::int64_t held = store_->length(0);
    if (held >= wanted) {
        return {};
    }
    model::ForwardInput input;
    input.tokens = std::span(committed_).subspan(static_cast<std::size_t>(held), static_cast<std::size_t>(wanted - held));
    input.logits = model::ForwardInput::Logits::None;
    TIMBERLINE_TRY(decoder_.forward(input, *store_, output_, cancel_));
    hidden_ = output_.hidden;
    return {};
}

Status RoundLoop::play_own(std::int32_t force_node)
{
    const Stopwatch watch;
    if (force_node >= 0) {
        const std::string text = "round " + std::to_string(round_) + ": no node can be forced while the controller " +
                                 settings_.controller.id + " plays the rounds; the round was decided as usual";
        append(record::Note{text});
        sink_.on_note(text);
    }
    const RoundContext context{.committed = committed_,
                               .round = static_cast<std::uint32_t>(round_),
                               .seed = job_.seed,
                               .sampling = &settings_.sampling,
                               .target_hidden = {},
                               .target_taps = {},
                               .room = context_ - static_cast<std::int64_t>(committed_.size()),
                               .stop_ids = job_.stop_ids,
                               .target_store = store_.get(),
                               .cancel = cancel_,
                               .prompt = job_.prompt.size(),
                               .keep_laws = job_.instrumented || settings_.sampling.temperature != 0};
    TIMBERLINE_ASSIGN(PlayedRound played, player_->play(context, total_ms_));
    rules::DraftTree& tree = played.tree;
    RoundOutcome& outcome = played.outcome;
    const std::vector<std::int32_t> depths = tree.depths();
    const auto vocabulary = static_cast<std::size_t>(decoder_.config().vocabulary);
    if (tree.token[0] != committed_.back() || outcome.verdict.path.empty() || outcome.verdict.path[0] != 0 ||
        outcome.verdict.nodes.size() != tree.size() || (outcome.verdict.path.size() == 1 && !outcome.has_next)) {
        return make_error(ErrorCode::Internal, "controller " + settings_.controller.id + ": its round has another root or commits nothing");
    }
    laws_.begin(tree, committed_, settings_.sampling, played.target_logits, vocabulary);

    record::Round round;
    round.index = round_;
    round.committed_before = static_cast<std::int32_t>(committed_.size());
    round.drafter = settings_.drafter.id;
    round.controller = settings_.controller.id;
    round.acceptance = settings_.acceptance.id;
    round.draft_passes = tree.draft_passes;
    round.target_tokens = played.target_tokens;
    round.lossless = played.lossless;
    round.statistics = std::move(played.statistics);
    settle(tree, outcome, round);
    if (job_.instrumented && settings_.sampling.temperature == 0) {
        const auto& path = outcome.verdict.path;
        const std::size_t deciding = path.size() - (outcome.has_next ? 0 : 1);
        round.tie = std::any_of(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(deciding),
                                [this](std::int32_t node) { return laws_.has_row(node) && laws_.tied(node); });
    }
    recorder_.fill(round, tree, depths, outcome, laws_);
    commit_tokens(round, tree, outcome);
    store_->crop(static_cast<std::int64_t>(committed_.size()) - 1);
    hidden_.clear();  // rows of earlier rounds must not pass for this one's
    tap_rows_.clear();

    round.started_ms = total_ms_;
    round.draft_ms = played.draft_ms;
    round.verify_ms = played.verify_ms;
    const double wall_ms = watch.elapsed_ms();
    round.overhead_ms = std::max(wall_ms - round.draft_ms - round.verify_ms, 0.0);
    total_ms_ += wall_ms;
    append(std::move(round));
    sink_.on_progress(limit_ > 0 ? static_cast<double>(generated()) / static_cast<double>(limit_) : 1.0, "decoding");
    return {};
}

void RoundLoop::commit_tokens(const record::Round& round, const rules::DraftTree& tree, const RoundOutcome& outcome)
{
    const auto& path = outcome.verdict.path;
    for (std::int32_t i = 0; i < round.kept; ++i) {
        const auto step = static_cast<std::size_t>(i) + 1;
        committed_.push_back(step < path.size() ? tree.token[static_cast<std::size_t>(path[step])] : outcome.verdict.next);
    }
}

}  // namespace timberline::decoding
