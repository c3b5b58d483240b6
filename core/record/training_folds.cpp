// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/training_curve.h"

#include <array>
#include <charconv>
#include <cmath>
#include <map>

namespace timberline::record {
namespace {

template <typename Visit>
void for_blocks(const Record& record, std::string_view kind, const Visit& visit)
{
    for (const auto& event : record.events) {
        if (const auto* block = std::get_if<Block>(&event.payload); block != nullptr && block->kind == kind) {
            visit(*block);
        }
    }
}

/// Nine significant digits, which tell any two float32 apart. Infinity and NaN are written as such: a loss that diverged is an observation.
std::string cell(double value)
{
    std::array<char, 32> buffer{};
    const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::general, 9);
    return error == std::errc{} ? std::string(buffer.data(), end) : std::string{};
}

}  // namespace

std::vector<TrainingStep> training_steps(const Record& record)
{
    std::vector<TrainingStep> out;
    for_blocks(record, kTrainingSteps, [&](const Block& block) {
        if (const auto read = training_steps_from(block); read.ok()) {
            out.insert(out.end(), read->steps.begin(), read->steps.end());
        }
    });
    return out;
}

std::vector<TrainingValidation> training_validations(const Record& record)
{
    std::vector<TrainingValidation> out;
    for_blocks(record, kTrainingValidation, [&](const Block& block) {
        if (auto read = training_validation_from(block); read.ok()) {
            out.push_back(std::move(read).value());
        }
    });
    return out;
}

std::vector<const Block*> training_snapshots(const Record& record)
{
    std::vector<const Block*> out;
    for_blocks(record, kTrainingSnapshot, [&](const Block& block) { out.push_back(&block); });
    return out;
}

std::string curve_csv(const Record& record)
{
    std::map<std::int32_t, double> looked;
    for (const auto& validation : training_validations(record)) {
        looked[validation.moment] = validation.loss;
    }
    std::string out = "step,train_loss,val_loss,lr\n";
    for_blocks(record, kTrainingSteps, [&](const Block& block) {
        const auto read = training_steps_from(block);
        if (!read.ok()) {
            return;
        }
        auto moment = read->first_moment;
        for (const auto& step : read->steps) {
            const auto look = looked.find(moment++);
            out += std::to_string(step.step) + "," + cell(step.loss) + "," + (look == looked.end() ? "" : cell(look->second)) + "," +
                   cell(step.learning_rate) + "\n";
        }
    });
    return out;
}

bool thin_snapshots(std::vector<std::size_t>& indices, std::size_t most)
{
    if (indices.size() <= most || indices.size() < 3) {
        return false;
    }
    const auto half = indices.size() / 2;
    std::vector<std::size_t> kept;
    for (std::size_t i = 0; i < indices.size(); ++i) {
        if (i == 0 || i >= half || i % 2 == 0 || i + 1 == indices.size()) {
            kept.push_back(indices[i]);
        }
    }
    const bool dropped = kept.size() < indices.size();
    indices = std::move(kept);
    return dropped;
}

}  // namespace timberline::record
