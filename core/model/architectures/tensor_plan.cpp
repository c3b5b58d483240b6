// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/architectures/tensor_plan.h"

#include "core/base/hyperparameter.h"
#include "core/model/architectures/roles.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <set>
#include <string_view>

namespace timberline::model {
namespace {

/// Buffers that older versions saved with the weights; they hold masks and tables that follow from the configuration.
constexpr std::array<std::string_view, 5> kBuffers{"rotary_emb.inv_freq", ".attn.bias", ".masked_bias", ".attention.bias",
                                                   ".attn.attention.bias"};

[[nodiscard]] std::string with_layer(std::string_view pattern, std::int64_t layer)
{
    std::string out(pattern);
    if (const std::size_t at = out.find("{}"); at != std::string::npos) {
        out.replace(at, 2, std::to_string(layer));
    }
    return out;
}

[[nodiscard]] const TensorRule* rule_of(const Architecture& architecture, Role role)
{
    for (const TensorRule& rule : architecture.tensors) {
        if (rule.role == role) {
            return &rule;
        }
    }
    return nullptr;
}

[[nodiscard]] std::string shape_text(const std::vector<std::int64_t>& shape)
{
    std::string out = "[";
    for (std::size_t i = 0; i < shape.size(); ++i) {
        out += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
    }
    return out + "]";
}

/// What the file's tensor must look like for the weight to have its shape.
[[nodiscard]] std::vector<std::int64_t> file_shape(const WeightShape& weight, Layout layout)
{
    const bool fused = layout == Layout::FusedColumns || layout == Layout::HeadwiseFused;
    const std::int64_t rows = fused ? 3 * weight.rows : weight.rows;
    if (!weight.matrix) {
        return {rows};
    }
    const bool input_first = layout == Layout::Transposed || layout == Layout::FusedColumns;
    return input_first ? std::vector{weight.columns, rows} : std::vector{rows, weight.columns};
}

class Planner
{
public:
    Planner(const DecoderConfig& config, const Architecture& architecture, const io::SafetensorsFile& file)
        : config_(config), architecture_(architecture), file_(file)
    {
        const TensorRule* embedding = rule_of(architecture, Role::TokenEmbedding);
        stripped_ = !file.contains(embedding->name) && file.contains(without_prefix(embedding->name));
    }

    [[nodiscard]] std::string name_of(const TensorRule& rule, std::int64_t layer) const
    {
        return with_layer(stripped_ ? without_prefix(rule.name) : rule.name, layer);
    }

    [[nodiscard]] Status add(Role role, std::int64_t layer)
    {
        const TensorRule* rule = rule_of(architecture_, role);
        if (rule == nullptr) {
            return make_error(ErrorCode::Internal,
                              std::string(architecture_.name) + ": no tensor name for weight " + std::to_string(static_cast<int>(role)));
        }
        std::string name = name_of(*rule, layer);
        if (role == Role::TokenEmbedding && config_.tied_head && !file_.contains(name)) {
            // Tied weights are one matrix, and a file may hold it under either name.
            if (const TensorRule* head = rule_of(architecture_, Role::Head); head != nullptr && file_.contains(name_of(*head, -1))) {
                name = name_of(*head, -1);
            }
        }
        const std::vector<std::int64_t> expected = file_shape(shape_of(config_, role), rule->layout);
        const auto it = file_.tensors().find(name);
        if (it == file_.tensors().end()) {
            return missing(name, role, expected);
        }
        const io::TensorView& view = it->second;
        if (view.type != io::DataType::F32 && view.type != io::DataType::F16 && view.type != io::DataType::BF16) {
            return make_error(ErrorCode::Unsupported,
                              "tensor \"" + name + "\" in " + label_of(file_) + " has type " + std::string(io::name_of(view.type)) +
                                  ": expected F32, F16 or BF16",
                              "Save the model's weights in one of these types.");
        }
        if (view.shape != expected) {
            return make_error(ErrorCode::BadFile,
                              "tensor \"" + name + "\" in " + label_of(file_) + " has shape " + shape_text(view.shape) + ": expected " +
                                  shape_text(expected) + " from config.json",
                              "config.json and the weights do not belong together; take both from the same source.");
        }
        used_.insert(name);
        plan.tensors.push_back({role, layer, rule->layout, rule->part, view});
        return {};
    }

    void list_unused()
    {
        const TensorRule* head = rule_of(architecture_, Role::Head);
        for (const auto& [name, view] : file_.tensors()) {
            const bool buffer =
                std::any_of(kBuffers.begin(), kBuffers.end(), [&](std::string_view suffix) { return name.ends_with(suffix); });
            const bool tied_copy = config_.tied_head && head != nullptr && name == name_of(*head, -1);
            if (!used_.contains(name) && !buffer && !tied_copy) {
                plan.unused.push_back(name);
            }
        }
    }

    TensorPlan plan;

private:
    [[nodiscard]] std::string_view without_prefix(std::string_view name) const
    {
        return name.starts_with(architecture_.prefix) ? name.substr(architecture_.prefix.size()) : name;
    }

    [[nodiscard]] Error missing(const std::string& name, Role role, const std::vector<std::int64_t>& expected) const
    {
        std::string hint = "The file is incomplete or belongs to another model; download it again.";
        if (role == Role::Head) {
            hint = "config.json says that the head is not tied to the embeddings (tie_word_embeddings); is that right for this model?";
        } else {
            std::vector<std::string> names;
            for (const auto& [present, view] : file_.tensors()) {
                names.push_back(present);
            }
            if (const auto nearest = nearest_spelling(name, names)) {
                hint = "The nearest name in the file is \"" + *nearest + "\"; the file may be incomplete or belong to another model.";
            }
        }
        return make_error(ErrorCode::BadFile,
                          "tensor \"" + name + "\" is missing in " + label_of(file_) + ": expected shape " + shape_text(expected),
                          std::move(hint));
    }

    const DecoderConfig& config_;
    const Architecture& architecture_;
    const io::SafetensorsFile& file_;
    std::set<std::string, std::less<>> used_;
    bool stripped_ = false;
};

[[nodiscard]] Error unknown(const DecoderConfig& config)
{
    return make_error(ErrorCode::Internal, "architecture \"" + config.architecture + "\" has no tensor table",
                      "Build the configuration with read_decoder_config.");
}

}  // namespace

std::string label_of(const io::SafetensorsFile& file)
{
    if (file.files().empty()) {
        return "model.safetensors";
    }
    const std::filesystem::path& first = file.files().front();
    const std::filesystem::path name = file.files().size() == 1 ? first.filename() : std::filesystem::path("model.safetensors.index.json");
    return (first.parent_path().filename() / name).string();
}

Result<TensorPlan> plan_tensors(const DecoderConfig& config, const io::SafetensorsFile& file, const CancelToken& cancel)
{
    const Architecture* architecture = find_architecture(config.architecture);
    if (architecture == nullptr) {
        return unknown(config);
    }
    Planner planner(config, *architecture, file);
    for (const Role role : all_roles()) {
        if (!has_role(config, role)) {
            continue;
        }
        const bool layered = is_layer_role(role);
        for (std::int64_t layer = layered ? 0 : -1; layer < (layered ? config.layers : 0); ++layer) {
            if (cancel.cancelled()) {
                return make_error(ErrorCode::Cancelled, "opening " + label_of(file) + " was cancelled");
            }
            TIMBERLINE_TRY(planner.add(role, layer));
        }
    }
    planner.list_unused();
    return std::move(planner.plan);
}

bool holds_separate_head(const DecoderConfig& config, const io::SafetensorsFile& file)
{
    const Architecture* architecture = find_architecture(config.architecture);
    if (architecture == nullptr || !config.tied_head) {
        return false;
    }
    const Planner planner(config, *architecture, file);
    const auto find = [&](Role role) { return file.tensors().find(planner.name_of(*rule_of(*architecture, role), -1)); };
    const auto embedding = find(Role::TokenEmbedding);
    const auto head = find(Role::Head);
    if (embedding == file.tensors().end() || head == file.tensors().end()) {
        return false;
    }
    const io::TensorView& a = embedding->second;
    const io::TensorView& b = head->second;
    return a.type != b.type || a.shape != b.shape || std::memcmp(a.data, b.data, a.bytes) != 0;
}

std::string tensor_name(const DecoderConfig& config, Role role, std::int64_t layer)
{
    const Architecture* architecture = find_architecture(config.architecture);
    const TensorRule* rule = architecture == nullptr ? nullptr : rule_of(*architecture, role);
    return rule == nullptr ? "weight " + std::to_string(static_cast<int>(role)) : with_layer(rule->name, layer);
}

}  // namespace timberline::model
