// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/heads/head_folder.h"

#include "core/base/files.h"
#include "core/base/text.h"
#include "core/decoding/drafter.h"
#include "core/io/float_convert.h"
#include "core/io/safetensors.h"

#include <algorithm>
#include <cmath>
#include <mutex>

namespace timberline::decoding {
namespace {

constexpr std::string_view kFormat = "timberline-draft-heads";
constexpr std::uintmax_t kLargestConfig = std::uintmax_t{16} << 20;
constexpr std::int64_t kMostElements = std::int64_t{1} << 31;  ///< of one tensor
constexpr std::string_view kTrainHint =
    "Take the heads' own target, or train heads for this one: timberline-cli train CONFIG.json with \"bench\": \"heads\".";

Error damaged(const std::string& where, const std::string& what)
{
    return make_error(ErrorCode::BadFile, where + ": " + what, "The folder is damaged or of another program: train the heads again.");
}

std::string listed(const std::vector<std::int64_t>& sizes)
{
    std::string out = "[";
    for (const auto size : sizes) {
        out += (out.size() > 1 ? ", " : "") + std::to_string(size);
    }
    return out + "]";
}

Result<TargetFingerprint> read_target(const Json& json, const std::string& where)
{
    ObjectReader reader(json, where);
    TIMBERLINE_TRY(reader.status());
    constexpr std::int64_t kMost = std::int64_t{1} << 31;
    TargetFingerprint out;
    TIMBERLINE_ASSIGN(out.weights, reader.string("weights", ""));
    TIMBERLINE_ASSIGN(out.hidden, reader.integer("hidden", 0, 0, kMost));
    TIMBERLINE_ASSIGN(out.vocabulary, reader.integer("vocabulary", 0, 0, kMost));
    TIMBERLINE_ASSIGN(out.layers, reader.integer("layers", 0, 0, kMost));
    return out;
}

Result<Json> object_at(ObjectReader& reader, std::string_view key)
{
    const Json* found = reader.find(key);
    if (found == nullptr) {
        return Json(Json::object());
    }
    if (!found->is_object()) {
        return damaged(reader.where(), std::string(key) + " is no object");
    }
    return *found;
}

Result<HeadFolder> read_config(const std::filesystem::path& folder, const std::string& name)
{
    const std::string where = name + ": config.json";
    TIMBERLINE_ASSIGN(const auto json, read_json_file(folder / "config.json", kLargestConfig));
    ObjectReader reader(json, where);
    TIMBERLINE_TRY(reader.status());
    HeadFolder out;
    out.name = name;
    TIMBERLINE_ASSIGN(const auto format, reader.string("format", ""));
    if (format != kFormat) {
        return make_error(ErrorCode::BadFile, where + ": format is " + in_quotes(format) + ", expected " + in_quotes(std::string(kFormat)),
                          "This is no folder of draft heads; name one that `timberline-cli train` wrote.");
    }
    TIMBERLINE_ASSIGN(const auto heads_version, reader.integer("version", 0, 0, 1'000'000));
    if (heads_version < 1 || heads_version > kHeadFormatVersion) {
        return make_error(ErrorCode::BadFile,
                          where + ": version is " + std::to_string(heads_version) + ", this program reads 1 to " +
                              std::to_string(kHeadFormatVersion),
                          "Update Timberline, or train the heads again.");
    }
    TIMBERLINE_ASSIGN(out.family, reader.string("family", ""));
    TIMBERLINE_ASSIGN(out.shape, object_at(reader, "shape"));
    TIMBERLINE_ASSIGN(out.extra, object_at(reader, "extra"));
    TIMBERLINE_ASSIGN(out.training, object_at(reader, "training"));
    TIMBERLINE_ASSIGN(const auto target, object_at(reader, "target"));
    TIMBERLINE_ASSIGN(out.target, read_target(target, where + ": target"));
    if (const Json* seed = reader.find("seed"); seed != nullptr && seed->is_number_unsigned()) {
        out.seed = seed->get<std::uint64_t>();
    }
    TIMBERLINE_ASSIGN(out.text_tokens, reader.integer("text_tokens", 0, 0, std::int64_t{1} << 50));
    TIMBERLINE_ASSIGN(out.accepted_per_pass, reader.number("accepted_per_pass", 0, 0, 1e6));
    return out;
}

Status read_tensors(const std::filesystem::path& folder, HeadFolder& heads)
{
    auto opened = io::SafetensorsFile::open_file(folder / "model.safetensors");
    if (!opened.ok()) {
        return opened.error();
    }
    for (const auto& [name, view] : opened->tensors()) {
        const std::string where = heads.name + ": tensor " + name;
        if ((view.type != io::DataType::F32 && view.type != io::DataType::F16) || view.elements() > kMostElements) {
            return damaged(where, "it is " + std::string(io::name_of(view.type)) + " " + listed(view.shape) + ", expected F32 or F16");
        }
        HeadTensor tensor{.shape = view.shape, .values = std::vector<float>(static_cast<std::size_t>(view.elements()))};
        io::to_float32(view, tensor.values.data());
        heads.tensors.emplace(name, std::move(tensor));
    }
    return {};
}

}  // namespace

TargetFingerprint fingerprint_of(const model::ModelFolder& target)
{
    struct Known {
        std::weak_ptr<const io::SafetensorsFile> file;
        std::string hash;
    };
    static std::mutex mutex;
    static std::vector<Known> known;
    TargetFingerprint out{
        .weights = {}, .hidden = target.config.hidden, .vocabulary = target.config.vocabulary, .layers = target.config.layers};
    if (target.weights == nullptr) {
        return out;
    }
    const std::scoped_lock lock(mutex);
    std::erase_if(known, [](const Known& entry) { return entry.file.expired(); });
    const auto it = std::ranges::find_if(known, [&](const Known& entry) { return entry.file.lock() == target.weights; });
    if (it != known.end()) {
        out.weights = it->hash;
    } else {
        out.weights = target.weights->content_hash();
        known.push_back({target.weights, out.weights});
    }
    return out;
}

Result<const HeadTensor*> HeadFolder::tensor(const std::string& tensor_name, const std::vector<std::int64_t>& expected) const
{
    const auto it = tensors.find(tensor_name);
    if (it == tensors.end()) {
        return damaged(name, "tensor " + tensor_name + " is missing; expected " + listed(expected));
    }
    if (it->second.shape != expected) {
        return damaged(name, "tensor " + tensor_name + " is " + listed(it->second.shape) + ", expected " + listed(expected));
    }
    return &it->second;
}

Result<std::int64_t> HeadFolder::size(const std::string& key, std::int64_t minimum, std::int64_t maximum) const
{
    const auto it = shape.find(key);
    const bool whole = it != shape.end() && it->is_number_integer();
    if (!whole || it->get<std::int64_t>() < minimum || it->get<std::int64_t>() > maximum) {
        return damaged(name + ": config.json: shape",
                       key + " is " + (it == shape.end() ? std::string("missing") : it->dump().substr(0, 40)) +
                           ", expected an integer from " + std::to_string(minimum) + " to " + std::to_string(maximum));
    }
    return it->get<std::int64_t>();
}

Result<bool> HeadFolder::flag(const std::string& key) const
{
    const auto it = shape.find(key);
    if (it == shape.end() || !it->is_boolean()) {
        return damaged(name + ": config.json: shape", key + " is missing or no truth value");
    }
    return it->get<bool>();
}

Status check_heads(const HeadFolder& heads, const std::vector<std::string>& families, const model::ModelFolder& target)
{
    if (std::ranges::find(families, heads.family) == families.end()) {
        return make_error(ErrorCode::InvalidArgument,
                          heads.name + ": the heads are of the family " + in_quotes(heads.family) + ", the drafter takes " +
                              joined(families),
                          "Choose the drafter of that name, or name heads of this drafter's own family.");
    }
    const auto wanted = fingerprint_of(target);
    const auto differs = [&](const std::string& what, std::int64_t got, std::int64_t expected) -> Status {
        return make_error(ErrorCode::InvalidArgument,
                          heads.name + ": the heads were trained for a model of " + what + " " + std::to_string(got) + ", " + target.name +
                              " has " + std::to_string(expected),
                          std::string(kTrainHint));
    };
    if (heads.target.hidden != wanted.hidden) {
        return differs("width", heads.target.hidden, wanted.hidden);
    }
    if (heads.target.vocabulary != wanted.vocabulary) {
        return differs("vocabulary", heads.target.vocabulary, wanted.vocabulary);
    }
    if (heads.target.layers != wanted.layers) {
        return differs("layers", heads.target.layers, wanted.layers);
    }
    if (heads.target.weights != wanted.weights) {
        return make_error(ErrorCode::InvalidArgument,
                          heads.name + ": the heads were trained for a model with other weights (hash " + heads.target.weights + ") than " +
                              target.name + " (" + wanted.weights + ")",
                          std::string(kTrainHint));
    }
    for (const auto& [tensor_name, tensor] : heads.tensors) {
        const auto bad = std::ranges::find_if(tensor.values, [](float value) { return !std::isfinite(value); });
        if (bad != tensor.values.end()) {
            return make_error(ErrorCode::BadFile,
                              heads.name + ": tensor " + tensor_name + " holds " + (std::isnan(*bad) ? "NaN" : "an infinite number") +
                                  " at " + std::to_string(bad - tensor.values.begin()) + ", expected finite numbers",
                              "Training diverged or the file is damaged: train the heads again, with a smaller learning rate.");
        }
    }
    return {};
}

Result<HeadFolderPtr> open_head_folder(const std::string& name, const std::vector<std::string>& families, const model::ModelFolder& target)
{
    const auto folder = resolve_model_path(name);
    std::error_code code;
    if (!std::filesystem::is_directory(folder, code)) {
        return make_error(ErrorCode::NotFound, "there is no folder of draft heads " + printable(folder.string()),
                          "Check the spelling; bundled heads are named like bundled:tale-heads/medusa, others are made by `timberline-cli "
                          "train` with \"bench\": \"heads\".");
    }
    TIMBERLINE_ASSIGN(auto heads, read_config(folder, name));
    TIMBERLINE_TRY(read_tensors(folder, heads));
    TIMBERLINE_TRY(check_heads(heads, families, target));
    return HeadFolderPtr(std::make_shared<const HeadFolder>(std::move(heads)));
}

Status write_head_folder(const std::filesystem::path& folder, const HeadFolder& heads, bool half)
{
    std::error_code code;
    std::filesystem::create_directories(folder, code);
    if (code) {
        return make_error(ErrorCode::InvalidArgument, folder.string() + ": the folder cannot be made: " + code.message(),
                          "Name a folder that may be written.");
    }
    std::vector<io::TensorToWrite> tensors;
    for (const auto& [name, tensor] : heads.tensors) {
        if (!std::ranges::all_of(tensor.values, [](float value) { return std::isfinite(value); })) {
            return make_error(ErrorCode::InvalidArgument, folder.string() + ": tensor " + name + " holds numbers that are not finite",
                              "Training diverged: take a smaller learning rate.");
        }
        const bool rounded = half && name != kDraftVocabularyTensor;
        tensors.push_back(
            {.name = name, .shape = tensor.shape, .data = tensor.values.data(), .type = rounded ? io::DataType::F16 : io::DataType::F32});
    }
    OrderedJson json = {{"format", kFormat},
                        {"version", kHeadFormatVersion},
                        {"family", heads.family},
                        {"shape", heads.shape},
                        {"target",
                         {{"weights", heads.target.weights},
                          {"hidden", heads.target.hidden},
                          {"vocabulary", heads.target.vocabulary},
                          {"layers", heads.target.layers}}},
                        {"seed", heads.seed},
                        {"text_tokens", heads.text_tokens},
                        {"accepted_per_pass", heads.accepted_per_pass},
                        {"extra", heads.extra},
                        {"training", heads.training}};
    TIMBERLINE_TRY(io::write_safetensors(folder / "model.safetensors", tensors, {{"format", std::string(kFormat)}}));
    return write_file(folder / "config.json", json.dump(1) + "\n");
}

void round_to_half(HeadFolder& heads)
{
    for (auto& [name, tensor] : heads.tensors) {
        if (name == kDraftVocabularyTensor) {
            continue;
        }
        for (float& value : tensor.values) {
            value = io::half_to_float(io::float_to_half(value));
        }
    }
}

Result<HeadFolderPtr> heads_of(const DrafterResources& resources, const std::string& drafter, const std::vector<std::string>& families)
{
    return heads_for(resources, "drafter " + drafter, families);
}

Result<HeadFolderPtr> heads_for(const DrafterResources& resources, const std::string& owner, const std::vector<std::string>& families)
{
    if (resources.trained != nullptr) {
        TIMBERLINE_TRY(check_heads(*resources.trained, families, resources.target->folder));
        return resources.trained;
    }
    if (resources.heads.empty()) {
        return make_error(ErrorCode::InvalidArgument, owner + ": no trained heads are given, expected a folder of heads for this target",
                          "Set heads under method in the config (--heads on the command line): bundled:tale-heads/" + families.front() +
                              " for bundled:tale; for another target train some: `timberline-cli train` with \"bench\": \"heads\".");
    }
    auto heads = open_head_folder(resources.heads, families, resources.target->folder);
    if (!heads.ok()) {
        return heads.error().with(owner);
    }
    return heads;
}

}  // namespace timberline::decoding
