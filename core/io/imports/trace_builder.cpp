// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/imports/trace_builder.h"

#include "core/record/unknown_drafts.h"

#include <algorithm>

namespace timberline::io {

namespace {

constexpr std::int64_t kMostSteps = 1'000'000;
constexpr std::int64_t kLongestDraft = 1024;  // depth is a 16-bit number and no program drafts further
constexpr std::int64_t kMostNodes = 4'000'000;

// Tokens are unknown, but not everything about them: what was refused is not what the target wrote instead.
constexpr TokenId kWritten = 0, kCorrected = 1, kRefused = 2;

TokenId token_of(record::NodeState state)
{
    switch (state) {
    case record::NodeState::Correction:
        return kCorrected;
    case record::NodeState::Rejected:
    case record::NodeState::NeverVerified:
        return kRefused;
    default:
        return kWritten;
    }
}

record::Node node_at(std::int32_t parent, int depth, record::NodeState state)
{
    record::Node node;
    node.token = token_of(state);
    node.parent = parent;
    node.depth = static_cast<std::int16_t>(depth);
    node.state = state;
    return node;
}

}  // namespace

TraceBuilder::TraceBuilder(TraceFormat format, const std::string& where, const std::string& model)
    : record_(std::make_shared<record::Record>())
{
    record::RunStarted started;
    started.program_version = TIMBERLINE_VERSION;
    started.bench = "draft";
    started.model_name = model.empty() ? where : model;
    started.device = "elsewhere";
    started.prompt = {kWritten};
    started.token_text = {{kWritten, "·"}, {kCorrected, "·"}, {kRefused, "×"}};
    record_->events.push_back({std::move(started)});
    note("Imported from " + where + " (" + std::string(name_of(format)) +
         "). The log holds no tokens and no laws: views that need them stay empty, and it cannot be run again from here.");
}

void TraceBuilder::next_request(const std::string& name)
{
    ++requests_;
    if (!name.empty()) {
        note("Request " + std::to_string(requests_) + ": " + name + ", from round " + std::to_string(steps_) + " on.");
    }
}

void TraceBuilder::note(const std::string& text)
{
    record_->events.push_back({record::Note{text}});
}

Result<record::Round*> TraceBuilder::append(const std::string& where)
{
    if (steps_ >= kMostSteps) {
        return make_error(ErrorCode::BadFile, where + ": more than " + std::to_string(kMostSteps) + " decoding steps in one file",
                          "Split the log and import its parts.");
    }
    record::Round round;
    round.index = static_cast<std::int32_t>(steps_);
    round.committed_before = static_cast<std::int32_t>(committed_);
    round.drafter = "imported";
    round.controller = "imported";
    round.acceptance = "imported";
    round.path = {0};
    round.nodes.push_back(node_at(-1, 0, record::NodeState::Root));
    round.statistics["request"] = static_cast<double>(std::max<std::int64_t>(requests_, 1));
    record_->events.push_back({std::move(round)});
    ++steps_;
    return &std::get<record::Round>(record_->events.back().payload);
}

Status TraceBuilder::step(std::int64_t drafted, std::int64_t accepted, const std::string& where)
{
    if (accepted < 0 || accepted > kLongestDraft || drafted > kLongestDraft || (drafted >= 0 && accepted > drafted)) {
        return make_error(ErrorCode::BadFile,
                          where + ": " + std::to_string(accepted) + " accepted of " + std::to_string(drafted) +
                              " drafted tokens, expected 0 <= accepted <= drafted <= " + std::to_string(kLongestDraft),
                          "The log is damaged or of another kind.");
    }
    const std::int64_t shown = std::max(drafted, accepted);
    nodes_ += shown + 2;
    if (nodes_ > kMostNodes) {
        return make_error(ErrorCode::BadFile, where + ": more than " + std::to_string(kMostNodes) + " drafted tokens in one file",
                          "Split the log and import its parts.");
    }
    TIMBERLINE_ASSIGN(record::Round* const round, append(where));
    for (std::int64_t i = 1; i <= shown; ++i) {
        const auto state = i <= accepted       ? record::NodeState::Accepted
                           : i == accepted + 1 ? record::NodeState::Rejected
                                               : record::NodeState::NeverVerified;
        round->nodes.push_back(node_at(static_cast<std::int32_t>(i) - 1, static_cast<int>(i), state));
        round->nodes.back().test_order = i <= accepted + 1 ? static_cast<std::int16_t>(i - 1) : std::int16_t{-1};
        if (i <= accepted) {
            round->path.push_back(static_cast<std::int32_t>(i));
        }
    }
    const auto end = static_cast<std::int32_t>(accepted);
    const bool corrects = shown > accepted;
    round->next_node = static_cast<std::int32_t>(round->nodes.size());
    round->nodes.push_back(node_at(end, end + 1, corrects ? record::NodeState::Correction : record::NodeState::Bonus));
    round->next = round->nodes.back().token;
    round->kept = end + 1;
    // What was drafted is what the target read beside the root; a log without drafts does not say.
    round->target_tokens = drafted >= 0 ? static_cast<std::int32_t>(drafted) + 1 : 0;
    if (drafted < 0) {
        round->statistics[record::kDraftsUnknown] = 1;
    }
    committed_ += accepted + 1;
    return {};
}

Status TraceBuilder::empty_step(const std::string& where)
{
    TIMBERLINE_ASSIGN([[maybe_unused]] record::Round* const round, append(where));
    return {};
}

record::RecordPtr TraceBuilder::finish(double total_ms)
{
    record_->events.push_back({record::RunFinished{.reason = "imported", .message = {}, .total_ms = total_ms, .prefill_ms = 0}});
    return record_;
}

}  // namespace timberline::io
