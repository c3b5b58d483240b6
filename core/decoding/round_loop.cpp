// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/round_loop.h"

#include "core/decoding/factory.h"
#include "core/decoding/keyed_decisions.h"
#include "core/decoding/stopwatch.h"
#include "core/decoding/target_pass.h"

#include <algorithm>

namespace timberline::decoding {

namespace {

constexpr std::int32_t kMostNodes = 256;   ///< drafted nodes of one round
constexpr std::int64_t kDraftSlack = 256;  ///< positions past the token limit that a draft may reach

/// Positions that the run can need: what may be written, and room for drafts beyond it.
std::int64_t usable_context(const DecodeJob& job)
{
    const std::int64_t context = job.target->decoder->config().context;
    const std::int64_t room = std::max<std::int64_t>(context - static_cast<std::int64_t>(job.prompt.size()), 0);
    const std::int64_t wanted = std::min(std::max<std::int64_t>(job.max_new_tokens, 0), room) + kDraftSlack;
    return std::min(context, static_cast<std::int64_t>(job.prompt.size()) + wanted);
}

}  // namespace

RoundLoop::RoundLoop(const DecodeJob& job, RoundDirector& director, const CancelToken& cancel, ProgressSink& sink)
    : job_(job), director_(director), cancel_(cancel), sink_(sink), record_(std::make_shared<record::Record>()),
      decoder_(*job.target->decoder), context_(usable_context(job)), committed_(job.prompt), recorder_(job)
{
    const std::int64_t room = std::max<std::int64_t>(decoder_.config().context - static_cast<std::int64_t>(job.prompt.size()), 0);
    limit_ = std::min(std::max<std::int64_t>(job.max_new_tokens, 0), room);
    limit_reason_ = limit_ == job.max_new_tokens ? "length" : "context";
}

void RoundLoop::append(decltype(record::Event::payload) payload)
{
    record_->events.push_back({std::move(payload)});
    sink_.on_event(record_->events.back());
}

Status RoundLoop::prepare()
{
    const Stopwatch watch;
    store_ = decoder_.make_store(context_ + kMostNodes + 1);
    if (committed_.size() > 1) {
        model::ForwardInput input;
        input.tokens = std::span(committed_).first(committed_.size() - 1);
        input.logits = model::ForwardInput::Logits::None;
        TIMBERLINE_TRY(decoder_.forward(input, *store_, output_, cancel_));
        hidden_ = output_.hidden;
    }
    prefill_ms_ = watch.elapsed_ms();
    return {};
}

Status RoundLoop::run()
{
    Status failure;
    if (limit_ == 0) {
        reason_ = limit_reason_;
    }
    while (reason_.empty()) {
        auto decision = director_.before_round(round_, cancel_);
        if (!decision.ok()) {
            failure = decision.error();
            break;
        }
        if (cancel_.cancelled()) {
            failure = make_error(ErrorCode::Cancelled, "decoding was cancelled");
            break;
        }
        for (const record::ParameterChanged& change : decision->changes) {
            append(change);
        }
        failure = install(decision->settings);
        if (!failure.ok()) {
            break;
        }
        failure = player_ != nullptr ? play_own(decision->force_node) : play(decision->force_node);
        if (!failure.ok()) {
            break;
        }
        ++round_;
    }
    if (!failure.ok() && round_ == 0) {
        return failure;
    }
    record::RunFinished finished{.reason = reason_, .message = {}, .total_ms = total_ms_, .prefill_ms = prefill_ms_};
    if (!failure.ok()) {
        const bool stopped = failure.error().code == ErrorCode::Cancelled;
        finished.reason = stopped ? "cancelled" : "error";
        finished.message = stopped ? std::string() : failure.error().message;
    }
    append(std::move(finished));
    return {};
}

Status RoundLoop::install(const RoundSettings& settings)
{
    const Stopwatch watch;
    TIMBERLINE_TRY(install_controller(settings));
    if (player_ != nullptr) {
        settings_ = settings;
        prefill_ms_ += watch.elapsed_ms();
        return {};
    }
    const bool first = drafter_ == nullptr;
    if (first || settings.acceptance.id != settings_.acceptance.id) {
        TIMBERLINE_ASSIGN(const auto factory, factory_of<AcceptanceFactory>(*job_.methods, "acceptance rule", settings.acceptance.id));
        acceptance_ = factory(settings.acceptance.values);
    } else if (settings.acceptance.values != settings_.acceptance.values) {
        acceptance_->set_values(settings.acceptance.values);
    }
    if (first || settings.drafter.id != settings_.drafter.id) {
        TIMBERLINE_ASSIGN(const auto factory, factory_of<DrafterFactory>(*job_.methods, "drafter", settings.drafter.id));
        TIMBERLINE_ASSIGN(
            drafter_,
            factory({.target = job_.target, .draft = job_.draft, .heads = job_.heads, .trained = job_.trained, .context = context_},
                    settings.drafter.values));
        TIMBERLINE_TRY(drafter_->begin(committed_, cancel_));
        taps_ = drafter_->target_layers();
        tap_rows_.clear();
    } else if (settings.drafter.values != settings_.drafter.values) {
        drafter_->set_values(settings.drafter.values);
    }
    if (drafter_->chooses_tokens(settings.sampling, controller_->plans_shapes())) {
        TIMBERLINE_TRY(acceptance_->fits_chosen(settings.sampling.temperature == 0));
    }
    settings_ = settings;
    prefill_ms_ += watch.elapsed_ms();
    return {};
}

Result<rules::DraftTree> RoundLoop::draft()
{
    DraftPlan plan = controller_->plan(round_, drafter_->depth_limit());
    const std::int64_t room = context_ - static_cast<std::int64_t>(committed_.size());  // the deepest node stands at committed - 1 + depth
    plan.max_depth = static_cast<std::int32_t>(std::clamp<std::int64_t>(plan.max_depth, 0, room));
    plan.max_nodes = std::clamp(plan.max_nodes, 0, kMostNodes);
    const RoundContext context{.committed = committed_,
                               .round = static_cast<std::uint32_t>(round_),
                               .seed = job_.seed,
                               .sampling = &settings_.sampling,
                               .target_hidden =
                                   drafter_->wants_target_hidden() ? std::span<const float>(hidden_) : std::span<const float>(),
                               .target_taps = tap_rows_,
                               .room = room,
                               .stop_ids = job_.stop_ids,
                               .target_store = store_.get(),
                               .cancel = cancel_,
                               .prompt = job_.prompt.size(),
                               .keep_laws = job_.instrumented || settings_.sampling.temperature != 0};
    return drafter_->propose(context, plan, *controller_);
}

Status RoundLoop::check_tree(const rules::DraftTree& tree, const std::vector<std::int32_t>& depths) const
{
    bool good = tree.token[0] == committed_.back() && tree.drafted() <= static_cast<std::size_t>(kMostNodes);
    for (std::size_t i = 0; good && i < tree.size(); ++i) {
        good = tree.token[i] >= 0 && tree.token[i] < decoder_.config().vocabulary &&
               static_cast<std::int64_t>(committed_.size()) + depths[i] <= context_;
    }
    if (!good) {
        return make_error(ErrorCode::Internal, "drafter " + settings_.drafter.id +
                                                   ": its tree has another root, too many nodes, unknown tokens or leaves the context");
    }
    return {};
}

std::int32_t RoundLoop::checked_force(std::int32_t force_node, const rules::DraftTree& tree)
{
    if (force_node < 0) {
        return -1;
    }
    if (force_node == 0 || static_cast<std::size_t>(force_node) >= tree.first_window()) {
        const std::string text = "round " + std::to_string(round_) + ": node " + std::to_string(force_node) +
                                 " cannot be forced, expected a drafted node from 1 to " + std::to_string(tree.first_window() - 1) +
                                 "; the round was decided as usual";
        append(record::Note{text});
        sink_.on_note(text);
        return -1;
    }
    return force_node;
}

Status RoundLoop::verify(const rules::DraftTree& tree, const std::vector<std::int32_t>& depths, std::int32_t forced, RoundOutcome& outcome)
{
    laws_.begin(tree, committed_, settings_.sampling, output_.logits, static_cast<std::size_t>(decoder_.config().vocabulary));
    if (!job_.instrumented && forced < 0 && settings_.sampling.temperature == 0 && acceptance_->matches_when_greedy()) {
        outcome.verdict = rules::verify_greedy(tree, [this](std::int32_t node) { return laws_.best(node); });
        return {};
    }
    KeyedDecisions decisions(job_.seed, static_cast<std::uint32_t>(round_), committed_.size(), depths, settings_.sampling.temperature == 0);
    outcome.verdict = acceptance_->verify(
        tree, [this](std::int32_t node) { return laws_.law(node); }, decisions, forced);
    outcome.emitted_probability = decisions.emitted_probability();
    if (outcome.verdict.path.empty() || outcome.verdict.path[0] != 0 || outcome.verdict.nodes.size() != tree.size()) {
        return make_error(ErrorCode::Internal, "acceptance rule " + settings_.acceptance.id + ": its verdict does not fit the tree");
    }
    return {};
}

void RoundLoop::settle(const rules::DraftTree& tree, RoundOutcome& outcome, record::Round& round)
{
    const auto ends = [this](TokenId token) { return std::find(job_.stop_ids.begin(), job_.stop_ids.end(), token) != job_.stop_ids.end(); };
    auto& path = outcome.verdict.path;
    bool ended = false;
    for (std::size_t i = 1; i < path.size() && !ended; ++i) {
        ended = ends(tree.token[static_cast<std::size_t>(path[i])]);
        if (ended) {
            // What was decided below the end token has no say: the text is over.
            const auto is_below = [&tree, end = path[i]](std::int32_t node) {
                while (node > end) {
                    node = tree.parent[static_cast<std::size_t>(node)];
                }
                return node == end;
            };
            for (std::size_t node = static_cast<std::size_t>(path[i]) + 1; node < tree.size(); ++node) {
                if (is_below(static_cast<std::int32_t>(node))) {
                    outcome.verdict.nodes[node] = {};
                }
            }
            path.resize(i + 1);
            outcome.has_next = false;
        }
    }
    const std::int64_t left = limit_ - generated();
    const auto written = static_cast<std::int64_t>(path.size()) - 1 + (outcome.has_next ? 1 : 0);
    round.kept = static_cast<std::int32_t>(std::min(written, left));
    if (written <= left && (ended || (outcome.has_next && ends(outcome.verdict.next)))) {
        reason_ = "stop-token";
    } else if (written >= left) {
        reason_ = limit_reason_;
    }
}

void RoundLoop::gather_hidden(const std::vector<std::int32_t>& path)
{
    const auto width = static_cast<std::size_t>(decoder_.config().hidden);
    const auto append_row = [width](std::vector<float>& to, const std::vector<float>& rows, std::int32_t node) {
        const auto row = std::span(rows).subspan(static_cast<std::size_t>(node) * width, width);
        to.insert(to.end(), row.begin(), row.end());
    };
    hidden_.clear();  // also when nobody reads them: rows of earlier rounds must not pass for this one's
    tap_rows_.clear();
    for (const std::int32_t node : path) {
        if (drafter_->wants_target_hidden()) {
            append_row(hidden_, output_.hidden, node);
        }
        for (const std::int64_t layer : taps_) {
            append_row(tap_rows_, output_.captures.hidden[static_cast<std::size_t>(layer)], node);
        }
    }
}

Status RoundLoop::play(std::int32_t force_node)
{
    const Stopwatch watch;
    TIMBERLINE_ASSIGN(rules::DraftTree tree, draft());
    const double draft_ms = watch.elapsed_ms();
    const std::vector<std::int32_t> depths = tree.depths();
    TIMBERLINE_TRY(check_tree(tree, depths));
    TIMBERLINE_TRY(acceptance_->fits(tree, settings_.sampling.temperature == 0));

    const double verify_start = watch.elapsed_ms();
    TIMBERLINE_TRY(target_pass(decoder_, tree, drafter_->shared_rows(), *store_, output_, cancel_, !taps_.empty()));
    const double verify_ms = watch.elapsed_ms() - verify_start;
    drafter_->read_target(tree, output_.logits);

    record::Round round;
    round.index = round_;
    round.committed_before = static_cast<std::int32_t>(committed_.size());
    round.drafter = settings_.drafter.id;
    round.controller = settings_.controller.id;
    round.acceptance = settings_.acceptance.id;
    round.forced_node = checked_force(force_node, tree);
    round.draft_passes = tree.draft_passes;
    round.target_tokens = static_cast<std::int32_t>(tree.size());
    RoundOutcome outcome;
    TIMBERLINE_TRY(verify(tree, depths, round.forced_node, outcome));
    settle(tree, outcome, round);
    round.lossless = round.forced_node < 0 && std::all_of(tree.child_kind.begin(), tree.child_kind.end(), [this](record::DrawKind kind) {
                         return acceptance_->lossless_for(kind);  // also where nothing was drafted: the rule draws the extra token
                     });
    const auto& path = outcome.verdict.path;
    if (job_.instrumented && settings_.sampling.temperature == 0) {
        // Every node on the path decided about a child or the extra token; an end token inside the tree decided about nothing.
        const std::size_t deciding = path.size() - (outcome.has_next ? 0 : 1);
        round.tie = std::any_of(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(deciding),
                                [this](std::int32_t node) { return laws_.tied(node); });
    }
    store_->compact(static_cast<std::int64_t>(committed_.size()) - 1, path);
    gather_hidden(path);
    if (reason_.empty()) {
        drafter_->commit(tree, path, outcome.verdict.next);
    }
    recorder_.fill(round, tree, depths, outcome, laws_);

    commit_tokens(round, tree, outcome);
    round.started_ms = total_ms_;
    round.draft_ms = draft_ms;
    round.verify_ms = verify_ms;
    const double wall_ms = watch.elapsed_ms();
    round.overhead_ms = wall_ms - draft_ms - verify_ms;
    total_ms_ += wall_ms;
    if (job_.instrumented) {
        controller_->describe(round.statistics);
    }
    controller_->observe(round);
    append(std::move(round));
    sink_.on_progress(limit_ > 0 ? static_cast<double>(generated()) / static_cast<double>(limit_) : 1.0, "decoding");
    return {};
}

}  // namespace timberline::decoding
