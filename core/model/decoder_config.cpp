// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/decoder_config.h"

#include "core/base/text.h"
#include "core/model/architectures/architecture.h"
#include "core/model/architectures/common_keys.h"
#include "core/model/architectures/roles.h"

#include <cmath>

namespace timberline::model {
namespace {

[[nodiscard]] std::string supported_hint()
{
    return "Take a model of a supported architecture: " + joined(supported_architectures()) + ".";
}

[[nodiscard]] const Architecture* by_model_type(std::string_view type)
{
    for (const Architecture* architecture : architectures()) {
        if (architecture->model_type == type) {
            return architecture;
        }
    }
    return nullptr;
}

/// The first entry of "architectures", else the one that "model_type" names.
[[nodiscard]] Result<const Architecture*> choose_architecture(ConfigKeys& keys)
{
    const std::vector<std::string> named = keys.texts("architectures");
    const std::string type = keys.text("model_type", "");
    if (keys.error()) {
        return *keys.error();
    }
    if (named.empty() && type.empty()) {
        return make_error(ErrorCode::BadFile,
                          "architectures is missing in " + keys.where() + ": expected one of " + joined(supported_architectures()),
                          "Is this the config.json of a language model in Hugging Face format?");
    }
    const std::string& name = named.empty() ? type : named.front();
    const Architecture* found = named.empty() ? by_model_type(type) : find_architecture(name);
    if (found == nullptr) {
        return make_error(ErrorCode::Unsupported,
                          std::string("unknown ") + (named.empty() ? "model_type" : "architecture") + " \"" + printable(name) + "\" in " +
                              keys.where() + ": expected one of " + joined(supported_architectures()),
                          supported_hint());
    }
    if (!type.empty() && type != found->model_type) {
        return make_error(ErrorCode::Unsupported,
                          "model_type \"" + printable(type) + "\" in " + keys.where() + " contradicts architecture \"" +
                              std::string(found->name) + "\": expected \"" + std::string(found->model_type) + "\"",
                          "Compare config.json with the one published with the model.");
    }
    return found;
}

/// "dtype" (new generation) or "torch_dtype", empty when neither is a text.
[[nodiscard]] std::string stored_type(const Json& config)
{
    for (const char* key : {"dtype", "torch_dtype"}) {
        if (const auto it = config.find(key); it != config.end() && it->is_string()) {
            return it->get<std::string>();
        }
    }
    return {};
}

void check_together(ConfigKeys& keys, const DecoderConfig& config)
{
    if (config.heads % config.kv_heads != 0) {
        keys.fail(make_error(ErrorCode::BadFile,
                             "num_key_value_heads " + std::to_string(config.kv_heads) + " in " + keys.where() +
                                 ": expected a divisor of num_attention_heads = " + std::to_string(config.heads),
                             "Compare config.json with the one published with the model."));
    }
    if (config.heads * config.head_dim > kMaximumIntermediate) {
        keys.fail(make_error(ErrorCode::BadFile,
                             "num_attention_heads * head_dim = " + std::to_string(config.heads * config.head_dim) + " in " + keys.where() +
                                 ": expected at most " + std::to_string(kMaximumIntermediate),
                             "Compare config.json with the one published with the model."));
    }
}

}  // namespace

std::int64_t DecoderConfig::parameters() const noexcept
{
    std::int64_t total = 0;
    for (const Role role : all_roles()) {
        if (has_role(*this, role)) {
            const WeightShape shape = shape_of(*this, role);
            total += shape.rows * shape.columns * (is_layer_role(role) ? layers : 1);
        }
    }
    return total;
}

Result<DecoderConfig> read_decoder_config(const Json& config, const std::string& where)
{
    if (!config.is_object()) {
        return make_error(ErrorCode::BadFile,
                          where + ": found " + shown(config) + ", expected a JSON object with architectures and hidden_size",
                          "Is this the config.json of a language model in Hugging Face format?");
    }
    ConfigKeys keys(config, where);
    TIMBERLINE_ASSIGN(const Architecture* architecture, choose_architecture(keys));
    refuse_foreign_settings(keys);

    DecoderConfig out;
    out.architecture = architecture->name;
    architecture->read(keys, out);
    if (!keys.error()) {
        check_together(keys, out);
    }
    if (keys.error()) {
        return *keys.error();
    }
    if (out.attention_scale == 0) {
        out.attention_scale = 1 / std::sqrt(static_cast<double>(out.head_dim));
    }
    out.window.resize(static_cast<std::size_t>(out.layers), 0);
    out.rope_bfloat16 = stored_type(config) == "bfloat16";
    return out;
}

std::vector<std::string> supported_architectures()
{
    std::vector<std::string> out;
    for (const Architecture* architecture : architectures()) {
        out.emplace_back(architecture->name);
    }
    return out;
}

}  // namespace timberline::model
