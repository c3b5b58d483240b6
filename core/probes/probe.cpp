// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/probes/probe.h"

#include "core/base/text.h"

#include <any>
#include <cmath>

namespace timberline::probes {
namespace {

Error refused(const std::string& what, std::string hint)
{
    return make_error(ErrorCode::InvalidArgument, "probe: " + what, std::move(hint));
}

Status check_labels(std::span<const std::int32_t> labels, std::int64_t outputs, const std::string& where)
{
    for (std::size_t i = 0; i < labels.size(); ++i) {
        if (labels[i] < 0 || labels[i] >= outputs) {
            return refused(where + " label " + std::to_string(labels[i]) + " of row " + std::to_string(i) + ", expected 0 to " +
                               std::to_string(outputs - 1),
                           "Choose a data set with classes.");
        }
    }
    return {};
}

Status check_side(const ProbeSide& side, std::int64_t outputs, const std::string& where)
{
    const auto expected = static_cast<std::size_t>(side.rows() * outputs);
    if (side.logits.size() != expected || (!side.true_labels.empty() && side.true_labels.size() != side.labels.size())) {
        return refused(where + " has " + std::to_string(side.logits.size()) + " logits, expected " + std::to_string(expected),
                       "Please report this.");
    }
    TIMBERLINE_TRY(check_labels(side.labels, outputs, where));
    TIMBERLINE_TRY(check_labels(side.true_labels, outputs, where));
    for (std::size_t i = 0; i < side.logits.size(); ++i) {
        if (!std::isfinite(side.logits[i])) {
            return refused("the network's output for " + where + " row " + std::to_string(i / static_cast<std::size_t>(outputs)) + " is " +
                               number_text(static_cast<double>(side.logits[i])) + ", expected finite numbers",
                           "The training diverged: try a smaller learning rate.");
        }
    }
    return {};
}

}  // namespace

Status check_probe_input(const ProbeInput& input)
{
    if (input.outputs < 2) {
        return refused("the network has " + std::to_string(input.outputs) + " outputs, expected at least 2 classes",
                       "Choose a data set with classes.");
    }
    if (input.train.rows() < 1) {
        return refused("there are no training samples to look at", "Choose a data set with classes.");
    }
    if (!input.transition.empty() && static_cast<std::int64_t>(input.transition.size()) != input.outputs * input.outputs) {
        return refused("the matrix of the label noise has " + std::to_string(input.transition.size()) + " entries", "Please report this.");
    }
    TIMBERLINE_TRY(check_side(input.train, input.outputs, "training"));
    return check_side(input.validation, input.outputs, "validation");
}

Result<record::Block> run_probe(const MethodRegistry& methods, std::string_view id, const Values& values, const ProbeInput& input,
                                const CancelToken& cancel)
{
    TIMBERLINE_ASSIGN(const auto* entry, methods.find("probe", id));
    const auto* probe = std::any_cast<ProbeFunction>(&entry->factory);
    if (probe == nullptr) {
        return make_error(ErrorCode::Internal, "probe " + std::string(id) + " has another kind of factory", "Please report this.");
    }
    TIMBERLINE_TRY(check_probe_input(input));
    TIMBERLINE_ASSIGN(record::Block out, (*probe)(input, values, cancel));
    out.kind = kProbeBlock;
    out.texts["probe"] = entry->info.id;
    return out;
}

record::BlockArray column_of(std::vector<double> values)
{
    return {.shape = {static_cast<std::int64_t>(values.size())}, .values = std::move(values)};
}

record::BlockArray column_of(std::vector<std::int32_t> values)
{
    return {.shape = {static_cast<std::int64_t>(values.size())}, .values = std::move(values)};
}

record::BlockArray matrix_of(std::vector<double> values, std::int64_t rows)
{
    const auto columns = rows > 0 ? static_cast<std::int64_t>(values.size()) / rows : 0;
    return {.shape = {rows, columns}, .values = std::move(values)};
}

}  // namespace timberline::probes
