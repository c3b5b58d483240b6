// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/language_model.h"

#include "core/base/files.h"
#include "core/base/hyperparameter.h"
#include "core/base/text.h"
#include "core/model/architectures/roles.h"
#include "core/model/architectures/tensor_plan.h"

#include <algorithm>
#include <fstream>
#include <string_view>

namespace timberline::model {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kConfigLimit = std::uintmax_t{4} << 20;
constexpr const char* kFolderHint = "Give the folder that holds config.json, model.safetensors and tokenizer.json.";
constexpr const char* kConvertHint = "Convert the model to safetensors (Hugging Face's save_pretrained does it) and open that folder.";

[[nodiscard]] bool is_there(const fs::path& path)
{
    std::error_code ignored;
    return fs::exists(path, ignored);
}

[[nodiscard]] std::vector<std::string> bundled_models()
{
    std::vector<std::string> out;
    std::error_code code;
    for (fs::directory_iterator it(resource_folder() / "models", code), end; !code && it != end; it.increment(code)) {
        if (is_there(it->path() / "config.json")) {
            out.push_back(it->path().filename().string());
        }
    }
    std::sort(out.begin(), out.end());
    return out;
}

[[nodiscard]] Error no_bundled_model(std::string_view name)
{
    const std::vector<std::string> valid = bundled_models();
    std::string hint = "Bundled models: " + (valid.empty() ? "none were found in " + resource_folder().string() : joined(valid)) + ".";
    if (const auto nearest = nearest_spelling(name, valid)) {
        hint = "Did you mean bundled:" + *nearest + "? " + hint;
    }
    return make_error(ErrorCode::NotFound, "there is no bundled model \"" + printable(name) + "\": expected one of " + joined(valid),
                      std::move(hint));
}

[[nodiscard]] Error not_a_folder(const fs::path& path)
{
    std::string magic(4, '\0');
    std::ifstream stream(path, std::ios::binary);
    stream.read(magic.data(), 4);
    if (path.extension() == ".gguf" || magic == "GGUF") {
        return make_error(ErrorCode::Unsupported,
                          path.string() + " is a GGUF file: expected a Hugging Face folder with safetensors weights",
                          "Take the model in its original Hugging Face format; GGUF models are not opened here.");
    }
    return make_error(ErrorCode::InvalidArgument, path.string() + " is not a folder: expected a Hugging Face model folder", kFolderHint);
}

/// The folder of a name, checked to be one.
[[nodiscard]] Result<fs::path> locate(const std::string& name)
{
    constexpr std::string_view kBundled = "bundled:";
    const bool bundled = name.starts_with(kBundled);
    if (name.empty()) {
        return make_error(ErrorCode::InvalidArgument, "the model's path is empty: expected a folder or bundled:NAME", kFolderHint);
    }
    if (bundled) {
        const std::string inner = name.substr(kBundled.size());
        const fs::path relative(inner);
        const bool climbs = std::any_of(relative.begin(), relative.end(), [](const fs::path& part) { return part == ".."; });
        if (inner.empty() || climbs || relative.is_absolute() || !is_there(resolve_model_path(name))) {
            return no_bundled_model(inner);
        }
    }
    fs::path path = resolve_model_path(name).lexically_normal();
    if (!path.has_filename()) {
        path = path.parent_path();
    }
    std::error_code code;
    const fs::file_status status = fs::status(path, code);
    if (status.type() == fs::file_type::not_found || status.type() == fs::file_type::none) {
        return make_error(ErrorCode::NotFound,
                          "there is no model folder " + printable(path.string()) + ": expected a folder or bundled:NAME",
                          "Check the spelling of the path; the bundled models are bundled:" + joined(bundled_models(), ", bundled:") + ".");
    }
    return status.type() == fs::file_type::directory ? Result<fs::path>(path) : not_a_folder(path);
}

/// Why a folder without safetensors cannot be read.
[[nodiscard]] Error no_weights(const fs::path& folder)
{
    const std::string label = folder.filename().string();
    std::error_code code;
    for (fs::directory_iterator it(folder, code), end; !code && it != end; it.increment(code)) {
        const std::string file = it->path().filename().string();
        const std::string extension = it->path().extension().string();
        if (file.starts_with("pytorch_model") || extension == ".pt" || extension == ".pth" || extension == ".ckpt") {
            return make_error(ErrorCode::Unsupported,
                              label + " holds pickled weights (" + file + "), which are never read: expected model.safetensors",
                              kConvertHint);
        }
        if (file == "tf_model.h5" || file == "flax_model.msgpack") {
            return make_error(ErrorCode::Unsupported,
                              label + " holds weights of another framework (" + file + "): expected model.safetensors", kConvertHint);
        }
        if (extension == ".gguf") {
            return make_error(ErrorCode::Unsupported, label + " holds a GGUF file (" + file + "): expected model.safetensors",
                              "Take the model in its original Hugging Face format; GGUF models are not opened here.");
        }
    }
    return make_error(ErrorCode::NotFound, label + " holds no model.safetensors and no model.safetensors.index.json: expected one of them",
                      kFolderHint);
}

/// A JSON object beside the weights; an absent file is an empty object.
[[nodiscard]] Result<Json> optional_object(const fs::path& path)
{
    if (!is_there(path)) {
        return Json::object();
    }
    TIMBERLINE_ASSIGN(Json json, read_json_file(path, kConfigLimit));
    if (!json.is_object()) {
        return make_error(ErrorCode::BadFile, path.string() + ": expected a JSON object",
                          "Restore the file from the model's source, or remove it.");
    }
    return json;
}

/// Collects the ids of KEY, an integer or a list of integers; ids outside the vocabulary become diagnostics.
[[nodiscard]] Status read_ids(const Json& object, const char* key, const std::string& where, ModelFolder& folder, std::vector<TokenId>& out)
{
    const auto it = object.find(key);
    if (it == object.end() || it->is_null()) {
        return {};
    }
    const Json list = it->is_array() ? *it : Json::array({*it});
    for (const Json& item : list) {
        if (!item.is_number_integer()) {
            return make_error(ErrorCode::BadFile,
                              std::string(key) + " in " + where + " is not a token id: expected an integer or a list of integers",
                              "Compare the file with the one published with the model.");
        }
        const bool huge = item.is_number_unsigned() && item.get<std::uint64_t>() >= static_cast<std::uint64_t>(folder.config.vocabulary);
        const std::int64_t id = huge ? folder.config.vocabulary : item.get<std::int64_t>();
        if (id >= 0 && id < folder.config.vocabulary) {
            out.push_back(static_cast<TokenId>(id));
        } else {
            folder.diagnostics.push_back(std::string(key) + " " + item.dump() + " in " + where + " lies outside the vocabulary of " +
                                         std::to_string(folder.config.vocabulary) + " tokens and is ignored");
        }
    }
    return {};
}

[[nodiscard]] bool says_something(const Json& object, const char* key)
{
    const auto it = object.find(key);
    return it != object.end() && !it->is_null();
}

[[nodiscard]] Status read_special_ids(ModelFolder& folder, const std::string& label)
{
    TIMBERLINE_ASSIGN(const Json generation, optional_object(folder.path / "generation_config.json"));
    const auto read = [&](const char* key, std::vector<TokenId>& out) {
        return says_something(generation, key) ? read_ids(generation, key, label + "/generation_config.json", folder, out)
                                               : read_ids(folder.raw_config, key, label + "/config.json", folder, out);
    };
    TIMBERLINE_TRY(read("eos_token_id", folder.stop_ids));
    std::vector<TokenId> bos;
    TIMBERLINE_TRY(read("bos_token_id", bos));
    if (!bos.empty()) {
        folder.bos_id = bos.front();
    }
    return {};
}

/// bos_token of tokenizer_config.json as an id: a text, or an object with its "content".
[[nodiscard]] std::optional<TokenId> tokenizer_bos(const Json& settings, const ModelFolder& folder)
{
    const auto it = settings.find("bos_token");
    if (it == settings.end() || !folder.tokenizer) {
        return std::nullopt;
    }
    const Json* text = &*it;
    if (text->is_object() && text->contains("content")) {
        text = &(*text)["content"];
    }
    if (!text->is_string()) {
        return std::nullopt;
    }
    const std::optional<TokenId> id = folder.tokenizer->id_of(text->get<std::string>());
    return id && *id >= 0 && *id < folder.config.vocabulary ? id : std::nullopt;
}

[[nodiscard]] Status check_tokenizer_ids(ModelFolder& folder, const std::string& label)
{
    const std::int64_t vocabulary = folder.config.vocabulary;
    if (folder.tokenizer->size() <= vocabulary) {
        return {};
    }
    for (const auto& [piece, id] : folder.tokenizer->vocabulary()) {
        if (id < vocabulary) {
            continue;
        }
        const std::string token = "token \"" + printable(piece, 60) + "\" of " + label + "/tokenizer.json has id " + std::to_string(id);
        if (!folder.tokenizer->is_special(id)) {
            return make_error(ErrorCode::BadFile,
                              token + ": expected ids below vocab_size " + std::to_string(vocabulary) +
                                  " of config.json (the tokenizer has " + std::to_string(folder.tokenizer->size()) + " ids)",
                              "The tokenizer belongs to another model; take tokenizer.json and config.json from the same source.");
        }
        folder.diagnostics.push_back(token + ", outside the vocabulary of " + std::to_string(vocabulary) + " tokens");
    }
    return {};
}

[[nodiscard]] Status read_tokenizer(ModelFolder& folder, const std::string& label)
{
    const fs::path file = folder.path / "tokenizer.json";
    if (!is_there(file)) {
        folder.diagnostics.push_back(label + " has no tokenizer.json: prompts must be given as token ids");
    } else {
        TIMBERLINE_ASSIGN(folder.tokenizer, io::Tokenizer::load(file));
        TIMBERLINE_TRY(check_tokenizer_ids(folder, label));
    }
    TIMBERLINE_ASSIGN(const Json settings, optional_object(folder.path / "tokenizer_config.json"));
    if (const auto it = settings.find("add_bos_token"); it != settings.end() && !it->is_null()) {
        if (!it->is_boolean()) {
            return make_error(ErrorCode::BadFile,
                              "add_bos_token in " + label + "/tokenizer_config.json is not a flag: expected true or false",
                              "Compare the file with the one published with the model.");
        }
        folder.add_bos_token = it->get<bool>();
    }
    const std::optional<TokenId> own = tokenizer_bos(settings, folder);
    // The tokenizer prepends its own BOS, so its word counts where it is asked to; elsewhere it fills a gap.
    if (own && (folder.add_bos_token || !folder.bos_id)) {
        if (folder.bos_id && *folder.bos_id != *own) {
            folder.diagnostics.push_back("bos_token of " + label + "/tokenizer_config.json has id " + std::to_string(*own) +
                                         ", bos_token_id says " + std::to_string(*folder.bos_id) + "; the tokenizer's is used");
        }
        folder.bos_id = own;
    }
    return {};
}

[[nodiscard]] Status read_weights(ModelFolder& folder, const std::string& label, const CancelToken& cancel)
{
    if (!is_there(folder.path / "model.safetensors") && !is_there(folder.path / "model.safetensors.index.json")) {
        return no_weights(folder.path);
    }
    TIMBERLINE_ASSIGN(io::SafetensorsFile file, io::SafetensorsFile::open_folder(folder.path, cancel));
    folder.weights = std::make_shared<const io::SafetensorsFile>(std::move(file));
    if (holds_separate_head(folder.config, *folder.weights)) {
        folder.config.tied_head = false;
        folder.diagnostics.push_back("tie_word_embeddings in " + label +
                                     "/config.json is true, but the weights hold another head; the file's head is used");
    }
    TIMBERLINE_ASSIGN(const TensorPlan plan, plan_tensors(folder.config, *folder.weights, cancel));
    constexpr std::size_t kListed = 8;
    for (std::size_t i = 0; i < std::min(plan.unused.size(), kListed); ++i) {
        folder.diagnostics.push_back("tensor \"" + printable(plan.unused[i]) + "\" in " + label_of(*folder.weights) +
                                     " is not used by this architecture");
    }
    if (plan.unused.size() > kListed) {
        folder.diagnostics.push_back("and " + std::to_string(plan.unused.size() - kListed) + " more unused tensors");
    }
    return {};
}

/// What the decoder's own copy of the weights takes: matrices in their stored type, in one piece of memory a layer and one for embeddings
/// and head; vectors and positions as float32. Pieces from 1 MiB on lie on huge pages, so they take whole ones.
[[nodiscard]] std::int64_t packed_bytes(const DecoderConfig& config, const TensorPlan& plan)
{
    constexpr std::int64_t kHugePage = std::int64_t{2} << 20;
    constexpr std::int64_t kPage = 4096;
    std::vector<std::int64_t> pieces(static_cast<std::size_t>(config.layers) + 1, 0);
    std::int64_t total = 0;
    for (const PlannedTensor& tensor : plan.tensors) {
        const WeightShape shape = shape_of(config, tensor.role);
        const std::int64_t elements = shape.rows * shape.columns;
        if (shape.matrix && tensor.role != Role::PositionEmbedding) {
            pieces[static_cast<std::size_t>(tensor.layer + 1)] += elements * static_cast<std::int64_t>(io::size_of(tensor.view.type));
        } else {
            total += elements * static_cast<std::int64_t>(sizeof(float));
        }
    }
    for (const std::int64_t bytes : pieces) {
        const std::int64_t unit = bytes >= kHugePage / 2 ? kHugePage : kPage;
        total += (bytes + unit - 1) / unit * unit;
    }
    return total;
}

}  // namespace

Result<ModelFolder> open_model_folder(const std::string& name, const CancelToken& cancel)
{
    ModelFolder folder;
    TIMBERLINE_ASSIGN(folder.path, locate(name));
    folder.name = folder.path.filename().string();
    const std::string label = printable(folder.name);
    const fs::path config = folder.path / "config.json";
    if (!is_there(config)) {
        return make_error(ErrorCode::NotFound, folder.path.string() + " holds no config.json: expected a Hugging Face model folder",
                          kFolderHint);
    }
    TIMBERLINE_ASSIGN(folder.raw_config, read_json_file(config, kConfigLimit));
    TIMBERLINE_ASSIGN(folder.config, read_decoder_config(folder.raw_config, label + "/config.json"));
    TIMBERLINE_TRY(read_weights(folder, label, cancel));
    TIMBERLINE_TRY(read_special_ids(folder, label));
    TIMBERLINE_TRY(read_tokenizer(folder, label));
    if (cancel.cancelled()) {
        return make_error(ErrorCode::Cancelled, "opening " + label + " was cancelled");
    }
    return folder;
}

MemoryEstimate estimate_memory(const ModelFolder& folder, std::int64_t context)
{
    const DecoderConfig& config = folder.config;
    MemoryEstimate out;
    if (folder.weights != nullptr) {
        if (const auto plan = plan_tensors(config, *folder.weights)) {
            out.weights = packed_bytes(config, *plan);
        }
    }
    const std::int64_t slots = std::clamp<std::int64_t>(context, 0, config.context);
    constexpr std::int64_t kFloat = 4;
    out.kv_cache = config.layers * 2 * config.kv_heads * config.head_dim * slots * kFloat;
    // A forward runs in chunks of 64 rows: residual, normed and output rows, q, k, v, the MLP's two inner rows, logits, and one score row a
    // head.
    constexpr std::int64_t kChunk = 64;
    const std::int64_t row =
        4 * config.hidden + (2 * config.heads + 2 * config.kv_heads) * config.head_dim + 2 * config.intermediate + config.vocabulary;
    out.workspace = (kChunk * row + config.heads * slots) * kFloat;
    return out;
}

}  // namespace timberline::model
