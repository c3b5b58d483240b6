// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/safetensors.h"

#include "core/base/atomic_file.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "core/io/content_hash.h"
#include "core/io/float_convert.h"
#include "core/io/mapped_file.h"
#include "core/io/safetensors_header.h"

#include <cmath>
#include <set>
#include <span>

namespace timberline::io {
namespace {

constexpr std::uintmax_t kLargestIndex = std::uintmax_t{256} << 20;

Error index_error(const std::filesystem::path& index, const std::string& what)
{
    return make_error(ErrorCode::BadFile, index.string() + ": weight_map: " + what, "download the model folder again");
}

/// Tensor name → shard name, with names that can only mean a file of the same folder.
Result<std::map<std::string, std::string>> read_index(const std::filesystem::path& index)
{
    TIMBERLINE_ASSIGN(const Json json, read_json_file(index, kLargestIndex));
    const auto place = json.is_object() ? json.find("weight_map") : json.end();
    if (place == json.end() || !place->is_object()) {
        return index_error(index, "expected an object that names a shard for each tensor");
    }
    std::map<std::string, std::string> out;
    for (const auto& [tensor, shard] : place->items()) {
        if (!shard.is_string()) {
            return index_error(index, "tensor " + in_quotes(tensor) + ": expected the name of a shard as text");
        }
        const auto& name = shard.get_ref<const std::string&>();
        const bool inside = !name.empty() && name != "." && name.find("..") == std::string::npos &&
                            name.find_first_of(std::string_view("/\\\0", 3)) == std::string::npos;
        if (!inside) {
            return index_error(index, "tensor " + in_quotes(tensor) + ": shard " + in_quotes(name) +
                                          " leaves the folder, expected a plain file name");
        }
        out.emplace(tensor, name);
    }
    if (out.empty()) {
        return index_error(index, "it names no tensors");
    }
    return out;
}

Error no_weights(const std::filesystem::path& folder)
{
    std::error_code ignored;
    const bool pickled = std::filesystem::exists(folder / "pytorch_model.bin", ignored) ||
                         std::filesystem::exists(folder / "pytorch_model.bin.index.json", ignored);
    return make_error(ErrorCode::NotFound,
                      folder.string() + ": found no weights, expected model.safetensors or model.safetensors.index.json",
                      pickled ? "pickled weights are never read, because they can run code; convert them to safetensors"
                              : "check that the download of the model is complete");
}

} // namespace

struct SafetensorsFile::State {
    std::vector<std::filesystem::path> files;
    std::vector<MappedFile> mappings; ///< one for each of `files`; tensors point into them
    std::map<std::string, TensorView, std::less<>> tensors;
    std::map<std::string, std::string> metadata;

    /// Maps a file and reads its header; its tensors are not yet in the table.
    Result<SafetensorsHeader> add(const std::filesystem::path& path)
    {
        TIMBERLINE_ASSIGN(MappedFile mapping, MappedFile::open(path));
        TIMBERLINE_ASSIGN(SafetensorsHeader header, read_safetensors_header({mapping.data(), mapping.size()}, path.string()));
        files.push_back(path);
        mappings.push_back(std::move(mapping));
        metadata.insert(header.metadata.begin(), header.metadata.end());
        return header;
    }
};

std::int64_t TensorView::elements() const noexcept
{
    return static_cast<std::int64_t>(bytes / size_of(type));
}

SafetensorsFile::SafetensorsFile(std::unique_ptr<State> state) : state_(std::move(state)) {}
SafetensorsFile::SafetensorsFile(SafetensorsFile&&) noexcept = default;
SafetensorsFile& SafetensorsFile::operator=(SafetensorsFile&&) noexcept = default;
SafetensorsFile::~SafetensorsFile() = default;

Result<SafetensorsFile> SafetensorsFile::open_file(const std::filesystem::path& file)
{
    auto state = std::make_unique<State>();
    TIMBERLINE_ASSIGN(SafetensorsHeader header, state->add(file));
    for (TensorView& view : header.tensors) {
        std::string name = view.name;
        state->tensors.emplace(std::move(name), std::move(view));
    }
    return SafetensorsFile(std::move(state));
}

Result<SafetensorsFile> SafetensorsFile::open_folder(const std::filesystem::path& folder, const CancelToken& cancel)
{
    std::error_code ignored;
    if (!std::filesystem::is_directory(folder, ignored)) {
        return make_error(ErrorCode::NotFound, folder.string() + ": no such folder", "check the spelling of the path");
    }
    if (std::filesystem::exists(folder / "model.safetensors", ignored)) {
        return open_file(folder / "model.safetensors");
    }
    const auto index = folder / "model.safetensors.index.json";
    if (!std::filesystem::exists(index, ignored)) {
        return no_weights(folder);
    }
    TIMBERLINE_ASSIGN(const auto shard_of, read_index(index));
    std::set<std::string> shards;
    for (const auto& [tensor, shard] : shard_of) {
        shards.insert(shard);
    }
    auto state = std::make_unique<State>();
    for (const std::string& shard : shards) {
        if (cancel.cancelled()) {
            return make_error(ErrorCode::Cancelled, "opening " + folder.string() + " was cancelled");
        }
        auto header = state->add(folder / shard);
        if (!header) {
            return header.error().with("shard named in " + index.string());
        }
        for (TensorView& view : header->tensors) {
            const auto wanted = shard_of.find(view.name);
            if (wanted != shard_of.end() && wanted->second == shard) {
                state->tensors.emplace(wanted->first, std::move(view));
            }
        }
    }
    for (const auto& [tensor, shard] : shard_of) {
        if (!state->tensors.contains(tensor)) {
            return index_error(index, "tensor " + in_quotes(tensor) + " is not in the shard " + in_quotes(shard) + " that is named for it");
        }
    }
    return SafetensorsFile(std::move(state));
}

const std::map<std::string, TensorView, std::less<>>& SafetensorsFile::tensors() const noexcept
{
    return state_->tensors;
}

Result<TensorView> SafetensorsFile::tensor(std::string_view name) const
{
    if (const auto place = state_->tensors.find(name); place != state_->tensors.end()) {
        return place->second;
    }
    std::vector<std::string> names;
    for (const auto& [known, view] : state_->tensors) {
        names.push_back(known);
    }
    const auto nearest = nearest_spelling(name, names);
    const std::string file = state_->files.size() == 1 ? state_->files.front().string() : state_->files.front().parent_path().string();
    return make_error(ErrorCode::BadFile, file + ": tensor " + in_quotes(name) + " is missing",
                      nearest ? "the nearest name in the file is " + in_quotes(*nearest)
                              : "the file holds " + std::to_string(names.size()) + " other tensors");
}

bool SafetensorsFile::contains(std::string_view name) const noexcept
{
    return state_->tensors.find(name) != state_->tensors.end();
}

const std::vector<std::filesystem::path>& SafetensorsFile::files() const noexcept
{
    return state_->files;
}

const std::map<std::string, std::string>& SafetensorsFile::metadata() const noexcept
{
    return state_->metadata;
}

std::string SafetensorsFile::content_hash() const
{
    ContentHash hash;
    for (const MappedFile& mapping : state_->mappings) {
        hash.add(mapping.data(), mapping.size());
    }
    return hash.text();
}

Status write_safetensors(const std::filesystem::path& file, const std::vector<TensorToWrite>& tensors,
                         const std::map<std::string, std::string>& metadata)
{
    OrderedJson header = OrderedJson::object();
    if (!metadata.empty()) {
        header["__metadata__"] = metadata;
    }
    std::uint64_t offset = 0;
    for (const TensorToWrite& tensor : tensors) {
        const auto elements = element_count(tensor.shape);
        std::uint64_t bytes = 0;
        std::uint64_t end = 0;
        if (tensor.type != DataType::F32 && tensor.type != DataType::F16) {
            return make_error(ErrorCode::InvalidArgument, file.string() + ": tensor " + in_quotes(tensor.name) + " cannot be written as " +
                                                              std::string(name_of(tensor.type)) + ": expected F32 or F16");
        }
        const bool fits = elements && !__builtin_mul_overflow(static_cast<std::uint64_t>(*elements), size_of(tensor.type), &bytes) &&
                          !__builtin_add_overflow(offset, bytes, &end);
        if (!fits || tensor.name == "__metadata__" || header.contains(tensor.name)) {
            return make_error(ErrorCode::InvalidArgument, file.string() + ": tensor " + in_quotes(tensor.name) +
                                                              " cannot be written: expected a name used once and sizes of at least 0");
        }
        header[tensor.name] = {{"dtype", name_of(tensor.type)}, {"shape", tensor.shape}, {"data_offsets", {offset, end}}};
        offset = end;
    }
    // Names may come from a damaged model: bytes that are no UTF-8 are replaced instead of thrown about.
    std::string text = header.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
    text.resize((text.size() + 7) / 8 * 8, ' '); // data that is aligned can be used in place
    const std::uint64_t length = text.size();

    TIMBERLINE_ASSIGN(AtomicFile out, AtomicFile::create(file));
    TIMBERLINE_TRY(out.write(&length, sizeof length));
    TIMBERLINE_TRY(out.write(text.data(), text.size()));
    std::vector<std::uint16_t> halves;
    for (const TensorToWrite& tensor : tensors) {
        const auto count = static_cast<std::size_t>(*element_count(tensor.shape));
        if (tensor.type == DataType::F32) {
            TIMBERLINE_TRY(out.write(tensor.data, count * sizeof(float)));
            continue;
        }
        halves.resize(count);
        for (std::size_t i = 0; i < count; ++i) {
            halves[i] = float_to_half(tensor.data[i]);
            if (std::isfinite(tensor.data[i]) && !std::isfinite(half_to_float(halves[i]))) {
                return make_error(ErrorCode::InvalidArgument,
                                  file.string() + ": tensor " + in_quotes(tensor.name) + " holds " + std::to_string(tensor.data[i]) +
                                      ", which F16 cannot hold: expected at most 65504",
                                  "Write it as F32.");
            }
        }
        TIMBERLINE_TRY(out.write(halves.data(), count * sizeof(std::uint16_t)));
    }
    return out.commit();
}

} // namespace timberline::io
