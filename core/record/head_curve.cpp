// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/head_curve.h"

#include "core/base/text.h"
#include "core/record/block_checks.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace timberline::record {

using namespace checks;

namespace {

constexpr std::int64_t kFixedColumns = 5;  ///< step, epoch, loss, learning rate, gradient norm; the parts follow
constexpr std::int64_t kMostParts = 16;

}  // namespace

Block to_block(const HeadSetup& setup)
{
    Block block;
    block.kind = kHeadSetup;
    block.texts = {{"family", setup.family}, {"parts", joined(setup.parts, ",")}};
    if (setup.measure != HeadSetup{}.measure) {
        block.texts["measure"] = setup.measure;
    }
    block.numbers = {{"heads", static_cast<double>(setup.heads)},
                     {"parameters", static_cast<double>(setup.parameters)},
                     {"text_tokens", static_cast<double>(setup.text_tokens)},
                     {"train_sequences", static_cast<double>(setup.train_sequences)},
                     {"held_out_sequences", static_cast<double>(setup.held_out_sequences)},
                     {"steps", static_cast<double>(setup.steps)},
                     {"text_ms", setup.text_ms}};
    return block;
}

Result<HeadSetup> head_setup_from(const Block& block)
{
    TIMBERLINE_TRY(check_kind(block, kHeadSetup));
    HeadSetup out;
    const auto text = [&](const std::string& key) {
        const auto it = block.texts.find(key);
        return it == block.texts.end() ? std::string{} : it->second;
    };
    out.family = text("family");
    out.measure = text("measure").empty() ? out.measure : text("measure");
    const auto parts = text("parts");
    for (std::size_t begin = 0; begin < parts.size();) {
        const auto end = std::min(parts.find(',', begin), parts.size());
        out.parts.push_back(parts.substr(begin, end - begin));
        begin = end + 1;
    }
    if (static_cast<std::int64_t>(out.parts.size()) > kMostParts) {
        return bad_block(block, "it names " + std::to_string(out.parts.size()) + " parts of the loss, expected at most " +
                                    std::to_string(kMostParts));
    }
    TIMBERLINE_ASSIGN(out.heads, count<std::int64_t>(block, "heads"));
    TIMBERLINE_ASSIGN(out.parameters, count<std::int64_t>(block, "parameters"));
    TIMBERLINE_ASSIGN(out.text_tokens, count<std::int64_t>(block, "text_tokens"));
    TIMBERLINE_ASSIGN(out.train_sequences, count<std::int64_t>(block, "train_sequences"));
    TIMBERLINE_ASSIGN(out.held_out_sequences, count<std::int64_t>(block, "held_out_sequences"));
    TIMBERLINE_ASSIGN(out.steps, count<std::int64_t>(block, "steps"));
    TIMBERLINE_ASSIGN(out.text_ms, number(block, "text_ms"));
    return out;
}

Block to_block(const HeadSteps& steps)
{
    Block block;
    block.kind = kHeadSteps;
    block.moment = steps.first_moment;
    std::vector<double> table;
    std::vector<float> elapsed;
    const std::size_t parts = steps.steps.empty() ? 0 : steps.steps.front().parts.size();
    for (const auto& step : steps.steps) {
        for (const double value : {static_cast<double>(step.step), static_cast<double>(step.epoch), static_cast<double>(step.loss),
                                   static_cast<double>(step.learning_rate), static_cast<double>(step.gradient_norm)}) {
            table.push_back(value);
        }
        for (std::size_t i = 0; i < parts; ++i) {
            table.push_back(i < step.parts.size() ? static_cast<double>(step.parts[i]) : std::numeric_limits<double>::quiet_NaN());
        }
        elapsed.push_back(step.elapsed_ms);
    }
    const auto rows = static_cast<std::int64_t>(steps.steps.size());
    block.arrays["steps"] = {.shape = {rows, kFixedColumns + static_cast<std::int64_t>(parts)}, .values = std::move(table)};
    block.arrays["elapsed_ms"] = {.shape = {rows}, .values = std::move(elapsed)};
    return block;
}

Result<HeadSteps> head_steps_from(const Block& block)
{
    TIMBERLINE_TRY(check_kind(block, kHeadSteps));
    const auto* table = find_array<double>(block, "steps", {-1, -1});
    const auto columns = table == nullptr ? 0 : block.arrays.at("steps").shape[1];
    const auto rows = table == nullptr ? 0 : block.arrays.at("steps").shape[0];
    if (table == nullptr || block.moment < 0 || columns < kFixedColumns || columns > kFixedColumns + kMostParts ||
        element_count(block.arrays.at("steps").shape) != static_cast<std::int64_t>(table->size())) {
        return bad_block(block, "expected a table steps of " + std::to_string(kFixedColumns) + " columns or more, and a moment");
    }
    TIMBERLINE_ASSIGN(const auto elapsed, list<float>(block, "elapsed_ms"));
    if (!elapsed.empty() && static_cast<std::int64_t>(elapsed.size()) != rows) {
        return bad_block(block, "elapsed_ms has another length than the table");
    }
    HeadSteps out;
    out.first_moment = block.moment;
    for (std::int64_t row = 0; row < rows; ++row) {
        const double* values = table->data() + row * columns;
        HeadTrainingStep step;
        for (const std::int64_t i : {0, 1}) {
            if (!(values[i] >= 0 && values[i] <= std::numeric_limits<std::int32_t>::max())) {
                return bad_block(block, "row " + std::to_string(row) + " holds " + std::to_string(values[i]) + ", expected a count");
            }
        }
        step.step = static_cast<std::int32_t>(values[0]);
        step.epoch = static_cast<std::int32_t>(values[1]);
        step.loss = static_cast<float>(values[2]);
        step.learning_rate = static_cast<float>(values[3]);
        step.gradient_norm = static_cast<float>(values[4]);
        for (std::int64_t i = kFixedColumns; i < columns; ++i) {
            step.parts.push_back(static_cast<float>(values[i]));
        }
        step.elapsed_ms = elapsed.empty() ? 0 : elapsed[static_cast<std::size_t>(row)];
        out.steps.push_back(std::move(step));
    }
    return out;
}

Block to_block(const HeadLook& look)
{
    Block block;
    block.kind = kHeadLook;
    block.moment = look.moment;
    block.numbers = {{"step", look.step}, {"loss", look.loss}};
    put(block, "accuracy", look.accuracy);
    return block;
}

Result<HeadLook> head_look_from(const Block& block)
{
    TIMBERLINE_TRY(check_kind(block, kHeadLook));
    HeadLook out;
    out.moment = block.moment;
    TIMBERLINE_ASSIGN(out.step, count<std::int32_t>(block, "step"));
    TIMBERLINE_ASSIGN(out.loss, number(block, "loss"));
    TIMBERLINE_ASSIGN(out.accuracy, list<float>(block, "accuracy"));
    return out;
}

Block to_block(const HeadAcceptance& acceptance)
{
    Block block;
    block.kind = kHeadAcceptance;
    block.moment = acceptance.moment;
    block.numbers = {{"step", acceptance.step},
                     {"accepted_per_pass", acceptance.accepted_per_pass},
                     {"nodes", acceptance.nodes},
                     {"tokens", acceptance.tokens},
                     {"kept", acceptance.kept ? 1 : 0}};
    put(block, "prompt_accepted", acceptance.prompt_accepted);
    return block;
}

Result<HeadAcceptance> head_acceptance_from(const Block& block)
{
    TIMBERLINE_TRY(check_kind(block, kHeadAcceptance));
    HeadAcceptance out;
    out.moment = block.moment;
    TIMBERLINE_ASSIGN(out.step, count<std::int32_t>(block, "step"));
    TIMBERLINE_ASSIGN(out.accepted_per_pass, number(block, "accepted_per_pass"));
    TIMBERLINE_ASSIGN(out.nodes, count<std::int32_t>(block, "nodes"));
    TIMBERLINE_ASSIGN(out.tokens, count<std::int32_t>(block, "tokens"));
    TIMBERLINE_ASSIGN(const auto kept, count<std::int32_t>(block, "kept"));
    out.kept = kept != 0;
    TIMBERLINE_ASSIGN(out.prompt_accepted, list<float>(block, "prompt_accepted"));
    return out;
}

HeadCurve head_curve(const Record& record)
{
    HeadCurve out;
    for (const auto& event : record.events) {
        const auto* block = std::get_if<Block>(&event.payload);
        if (block == nullptr) {
            continue;
        }
        if (auto setup = head_setup_from(*block); setup.ok()) {
            out.setup = std::move(setup).value();
        } else if (auto steps = head_steps_from(*block); steps.ok()) {
            std::ranges::move(steps->steps, std::back_inserter(out.steps));
        } else if (auto look = head_look_from(*block); look.ok()) {
            out.looks.push_back(std::move(look).value());
        } else if (auto acceptance = head_acceptance_from(*block); acceptance.ok()) {
            out.acceptances.push_back(std::move(acceptance).value());
        }
    }
    return out;
}

std::string head_curve_csv(const Record& record)
{
    const auto curve = head_curve(record);
    const auto cell = [](double value) { return std::isfinite(value) ? number_text(value) : std::string{}; };
    std::string out = "step,train_loss,val_loss,lr,accepted_per_pass\n";
    for (const auto& step : curve.steps) {
        // A look after step n says n + 1 steps done.
        const auto look = std::ranges::find(curve.looks, step.step + 1, &HeadLook::step);
        const auto accepted = std::ranges::find(curve.acceptances, step.step + 1, &HeadAcceptance::step);
        out +=
            std::to_string(step.step) + ',' + cell(static_cast<double>(step.loss)) + ',' +
            (look == curve.looks.end() ? std::string{} : cell(look->loss)) + ',' + cell(static_cast<double>(step.learning_rate)) + ',' +
            (accepted == curve.acceptances.end() || curve.setup.measure != "accuracy" ? std::string{} : cell(accepted->accepted_per_pass)) +
            '\n';
    }
    return out;
}

}  // namespace timberline::record
