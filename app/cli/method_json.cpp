// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/method_json.h"

namespace timberline::cli {
namespace {

OrderedJson source_json(const Source& source)
{
    return {{"title", source.title}, {"authors", source.authors}, {"year", source.year}, {"arxiv", source.arxiv}};
}

bool has_range(ParameterType type)
{
    return type == ParameterType::Int || type == ParameterType::Real || type == ParameterType::IntList || type == ParameterType::RealList;
}

/// A bound as a whole number where the hyperparameter is one.
OrderedJson bound(const Hyperparameter& h, double value)
{
    if (!has_range(h.type)) {
        return nullptr;
    }
    if (h.type == ParameterType::Int || h.type == ParameterType::IntList) {
        return static_cast<std::int64_t>(value);
    }
    return value;
}

OrderedJson hyperparameter_json(const Hyperparameter& h)
{
    OrderedJson out;
    out["key"] = h.key;
    out["type"] = name_of(h.type);
    out["unit"] = h.unit;
    out["min"] = bound(h, h.minimum);
    out["max"] = bound(h, h.maximum);
    out["default"] = OrderedJson(to_json(h.default_value));
    out["effect"] = name_of(h.effect);
    out["help"] = h.help;
    out["label"] = h.label;
    if (!h.choices.empty()) {
        out["choices"] = h.choices;
    }
    if (h.scale == Scale::Logarithmic) {
        out["scale"] = "log";
    }
    return out;
}

}  // namespace

OrderedJson method_json(const MethodInfo& info)
{
    OrderedJson out;
    out["id"] = info.id;
    out["family"] = info.family;
    out["title"] = info.title;
    out["summary"] = info.summary;
    out["source"] = info.sources.empty() ? OrderedJson(nullptr) : source_json(info.sources.front());
    out["sources"] = OrderedJson::array();
    for (const auto& source : info.sources) {
        out["sources"].push_back(source_json(source));
    }
    out["lossless"] = info.lossless == Lossless::NotApplicable ? OrderedJson(nullptr) : OrderedJson(info.lossless == Lossless::Yes);
    out["lossy_when"] = info.lossy_when;
    out["requires"] = info.requires_text;
    out["partners"] = info.partners;
    out["hyperparameters"] = OrderedJson::array();
    for (const auto& h : info.hyperparameters) {
        out["hyperparameters"].push_back(hyperparameter_json(h));
    }
    return out;
}

}  // namespace timberline::cli
