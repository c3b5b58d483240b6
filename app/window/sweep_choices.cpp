// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/sweep_choices.h"

#include "core/run/sweep_table.h"
#include "widgets/panels/parameter_panel.h"

#include <QStringList>

#include <algorithm>
#include <cmath>

namespace timberline::app {

namespace {

constexpr int kSuggested = 8;  ///< at most so many values to begin with

QString text_of(double value)
{
    return QString::number(value, 'g', 6);
}

QString list_of(const std::vector<double>& values)
{
    QStringList out;
    for (const double value : values) {
        const QString text = text_of(value);
        if (!out.contains(text)) {
            out << text;
        }
    }
    return out.join(QLatin1Char(','));
}

bool sweepable(const Hyperparameter& declaration)
{
    const auto type = declaration.type;
    return type == ParameterType::Int || type == ParameterType::Real || type == ParameterType::Choice || type == ParameterType::Bool;
}

/// Halves and doubles of the value in use.
QString around(const Hyperparameter& declaration, double value)
{
    const double middle = std::clamp(value > 0 ? value : 1.0, declaration.minimum, declaration.maximum);
    std::vector<double> values;
    for (const double factor : {0.25, 0.5, 1.0, 2.0, 4.0}) {
        const double at = std::clamp(middle * factor, declaration.minimum, declaration.maximum);
        values.push_back(declaration.type == ParameterType::Int ? std::round(at) : at);
    }
    return list_of(values);
}

QString whole_numbers(const Hyperparameter& declaration, double value)
{
    // From one where that says something, up to twice what is in use.
    const double low = declaration.minimum > 0 ? declaration.minimum : std::min(1.0, declaration.maximum);
    const double high = std::clamp(std::max(2 * value, low + kSuggested - 1), low, declaration.maximum);
    const double step = std::max(1.0, std::ceil((high - low + 1) / kSuggested));
    return QStringLiteral("%1:%2:%3").arg(text_of(low), text_of(high), text_of(step));
}

QString values_of(const Hyperparameter& declaration, double value)
{
    const double span = declaration.maximum - declaration.minimum;
    if (declaration.scale == Scale::Logarithmic || span > 10000) {
        return around(declaration, value);
    }
    if (declaration.type == ParameterType::Int) {
        return whole_numbers(declaration, value);
    }
    if (span <= 2) {
        return QStringLiteral("%1:%2:%3").arg(text_of(declaration.minimum), text_of(declaration.maximum), text_of(span / 4));
    }
    return around(declaration, value);
}

widgets::SweepAxis axis_of(const run::Vary& vary, const std::vector<SweepChoice>& choices)
{
    widgets::SweepAxis out{.key = QString::fromStdString(vary.key), .label = QString::fromStdString(vary.key), .unit = {}, .values = {}};
    const auto found = std::ranges::find(choices, vary.key, &SweepChoice::key);
    const auto* declaration = found == choices.end() ? nullptr : &found->declaration;
    if (declaration != nullptr) {
        out.label = widgets::coreText(declaration->label);
        out.unit = declaration->unit.empty() ? QString() : widgets::coreText(declaration->unit);
    }
    for (const auto& value : vary.values) {
        QString text = QString::fromStdString(value);
        if (declaration != nullptr) {
            const auto& choices_of = declaration->choices;
            const auto at = std::ranges::find(choices_of, value) - choices_of.begin();
            if (at < static_cast<std::ptrdiff_t>(declaration->choice_labels.size())) {
                text = widgets::coreText(declaration->choice_labels[static_cast<std::size_t>(at)]);
            }
        }
        out.values << text;
    }
    return out;
}

widgets::SweepCell cell_of(const run::SweepPoint& point)
{
    widgets::SweepCell out;
    out.done = true;
    if (point.refused) {
        out.refused = QString::fromStdString(point.refused->message);
        return out;
    }
    const auto rates = run::spread_of(point.rates);
    const auto pairs = run::paired_speed_up(point);
    constexpr double kNone = widgets::SweepCell::kNone;
    out.speedUp = run::speed_up(point);
    out.speedUpLow = pairs.lower_quartile;
    out.speedUpHigh = pairs.upper_quartile;
    out.rate = rates.median;
    out.rateLow = rates.lower_quartile;
    out.rateHigh = rates.upper_quartile;
    out.plainRate = run::spread_of(point.plain_rates).median;
    out.accepted = point.accepted_per_pass.value_or(kNone);
    out.acceptance = point.mean_acceptance.value_or(kNone);
    out.tokens = static_cast<int>(std::min<std::int64_t>(point.tokens, 1 << 30));
    out.rounds = static_cast<int>(std::min<std::int64_t>(point.rounds, 1 << 30));
    out.repeats = static_cast<int>(point.repeats);
    return out;
}

}  // namespace

std::vector<SweepChoice> sweep_choices(const run::Config& config, const MethodRegistry& methods)
{
    std::vector<SweepChoice> out;
    const auto add = [&out](std::string key, const Hyperparameter& declaration) {
        if (sweepable(declaration) && std::ranges::find(out, key, &SweepChoice::key) == out.end()) {
            out.push_back({std::move(key), declaration});
        }
    };
    struct Role {
        const char* name;
        const char* family;
        const run::MethodChoice& choice;
    };
    for (const auto& [name, family, choice] :
         {Role{"drafter", "drafter", config.drafter}, Role{"controller", "decode controller", config.controller},
          Role{"acceptance", "acceptance rule", config.acceptance}}) {
        const auto found = methods.find(family, choice.id);
        if (!found.ok()) {
            continue;
        }
        for (const auto& declaration : (*found)->info.hyperparameters) {
            const bool taken = std::ranges::find(out, declaration.key, &SweepChoice::key) != out.end();
            add(taken ? std::string("method.") + name + ".values." + declaration.key : declaration.key, declaration);
        }
    }
    for (const auto& declaration : run::sampling_declarations()) {
        if (declaration.key == "sampling.temperature") {
            add(declaration.key, declaration);
        }
    }
    for (const auto& declaration : run::run_declarations()) {
        if (declaration.key == "max_new_tokens" || declaration.key == "seed") {
            add(declaration.key, declaration);
        }
    }
    return out;
}

QString suggested_values(const SweepChoice& choice, const run::Config& config)
{
    const auto& declaration = choice.declaration;
    if (declaration.type == ParameterType::Bool) {
        return QStringLiteral("false,true");
    }
    if (declaration.type == ParameterType::Choice) {
        QStringList ids;
        for (const auto& id : declaration.choices) {
            ids << QString::fromStdString(id);
        }
        return ids.join(QLatin1Char(','));
    }
    if (choice.key == "seed") {
        return QStringLiteral("1:5:1");
    }
    if (choice.key == "sampling.temperature") {
        return QStringLiteral("0:1:0.25");
    }
    const auto current = run::get_by_path(config, choice.key);
    return values_of(declaration, current ? QString::fromStdString(*current).toDouble() : 0);
}

widgets::SweepData sweep_data(const run::Sweep& sweep, const MethodRegistry& methods, bool running)
{
    widgets::SweepData out;
    out.running = running;
    const auto choices = sweep_choices(sweep.config, methods);
    for (const auto& vary : sweep.varied) {
        out.axes.push_back(axis_of(vary, choices));
    }
    for (const auto& point : sweep.points) {
        out.cells.push_back(cell_of(point));
    }
    if (const auto drafter = methods.find("drafter", sweep.config.drafter.id); drafter.ok()) {
        out.method = widgets::coreText((*drafter)->info.title);
    }
    return out;
}

}  // namespace timberline::app
