// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/training/net_spec.h"

#include <algorithm>
#include <type_traits>

namespace timberline::training {
namespace {

template <typename T>
Result<std::vector<T>> numbers(ObjectReader& reader, const std::string& key)
{
    const auto* json = reader.find(key);
    std::vector<T> out;
    if (json == nullptr) {
        return out;
    }
    constexpr bool whole = std::is_integral_v<T>;
    bool good = json->is_array() && json->size() <= 65'536;
    for (std::size_t i = 0; good && i < json->size(); ++i) {
        good = whole ? (*json)[i].is_number_integer() : (*json)[i].is_number();
        if (good) {
            out.push_back((*json)[i].template get<T>());
        }
    }
    if (!good) {
        return make_error(ErrorCode::BadFile, reader.where() + ": " + key + " is no list of " + (whole ? "integers" : "numbers"),
                          "The file is damaged or was written by another program.");
    }
    return out;
}

}  // namespace

std::string to_text(const NetSpec& spec)
{
    OrderedJson json;
    json["kind"] = name_of(spec.kind);
    if (spec.kind == NetKind::Quadratic) {
        json["curvature"] = spec.curvature;
        return json.dump();
    }
    json["input"] = spec.input;
    json["hidden"] = spec.hidden;
    json["outputs"] = spec.outputs;
    json["activation"] = name_of(spec.activation);
    json["batch_norm"] = spec.batch_norm;
    json["exits"] = spec.exits;
    json["layer_norm"] = spec.layer_norm;
    json["entropy_guided"] = spec.entropy_guided;
    return json.dump();
}

Result<NetSpec> net_spec_from_text(std::string_view text, const std::string& where)
{
    TIMBERLINE_ASSIGN(const auto json, parse_json(text, where));
    ObjectReader reader(json, where);
    TIMBERLINE_TRY(reader.status());
    const std::vector<std::string> kinds = {"quadratic", "mlp", "cnn", "transformer"};
    const std::vector<std::string> activations = {"relu", "tanh", "gelu", "identity"};
    const auto place = [](const std::vector<std::string>& names, const std::string& name) {
        return static_cast<std::uint8_t>(std::find(names.begin(), names.end(), name) - names.begin());
    };
    NetSpec spec;
    TIMBERLINE_ASSIGN(const auto kind, reader.choice("kind", "mlp", kinds));
    spec.kind = static_cast<NetKind>(place(kinds, kind));
    TIMBERLINE_ASSIGN(spec.curvature, numbers<double>(reader, "curvature"));
    if (spec.kind == NetKind::Quadratic) {
        spec.input = {};
        spec.hidden = {};
        spec.outputs = 1;
    } else {
        TIMBERLINE_ASSIGN(spec.input, numbers<std::int64_t>(reader, "input"));
        TIMBERLINE_ASSIGN(spec.hidden, numbers<std::int64_t>(reader, "hidden"));
        TIMBERLINE_ASSIGN(spec.outputs, reader.integer("outputs", 2, 1, 65'536));
        TIMBERLINE_ASSIGN(const auto activation, reader.choice("activation", "relu", activations));
        spec.activation = static_cast<NetActivation>(place(activations, activation));
        TIMBERLINE_ASSIGN(spec.batch_norm, reader.boolean("batch_norm", false));
        TIMBERLINE_ASSIGN(spec.exits, reader.boolean("exits", false));
        TIMBERLINE_ASSIGN(spec.layer_norm, reader.boolean("layer_norm", true));
        TIMBERLINE_ASSIGN(spec.entropy_guided, reader.boolean("entropy_guided", false));
    }
    TIMBERLINE_TRY(reader.finish());
    if (const auto layout = layout_of(spec); !layout.ok()) {
        return layout.error().with(where);
    }
    return spec;
}

}  // namespace timberline::training
