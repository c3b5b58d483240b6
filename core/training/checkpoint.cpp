// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/checkpoint.h"

#include "core/io/safetensors.h"

#include <charconv>
#include <limits>

namespace timberline::training {
namespace {

constexpr std::string_view kModel = "model.", kBuffers = "buffers.", kOptimizer = "optimizer.", kExtra = "extra.", kText = "text.";
constexpr std::string_view kKind = "training-checkpoint";
constexpr std::int64_t kVersion = 1;

Error damaged(const std::string& where, const std::string& what)
{
    return make_error(ErrorCode::BadFile, where + ": " + what,
                      "The checkpoint is damaged or of another program: take another one, or train from the start.");
}

/// Metadata as typed values, with errors that name file and key.
class Metadata
{
public:
    Metadata(const std::map<std::string, std::string>& entries, std::string where) : entries_(entries), where_(std::move(where)) {}

    [[nodiscard]] Result<std::string> text(const std::string& key) const
    {
        const auto it = entries_.find(key);
        if (it == entries_.end()) {
            return damaged(where_, "'" + key + "' is missing in the metadata");
        }
        return it->second;
    }

    template <typename T>
    [[nodiscard]] Result<T> integer(const std::string& key, T largest) const
    {
        TIMBERLINE_ASSIGN(const auto found, text(key));
        T out = 0;
        const auto [end, code] = std::from_chars(found.data(), found.data() + found.size(), out);
        if (code != std::errc{} || end != found.data() + found.size() || out < 0 || out > largest) {
            return damaged(where_,
                           "'" + key + "' is \"" + found.substr(0, 40) + "\", expected an integer from 0 to " + std::to_string(largest));
        }
        return out;
    }

private:
    const std::map<std::string, std::string>& entries_;
    std::string where_;
};

Result<std::vector<float>> floats(const io::SafetensorsFile& file, const std::string& where, const std::string& name,
                                  const std::vector<std::int64_t>& shape)
{
    const auto found = file.tensors().find(name);
    if (found == file.tensors().end()) {
        return damaged(where, "tensor " + name + " is missing");
    }
    const auto& view = found->second;
    if (view.type != io::DataType::F32 || (!shape.empty() && view.shape != shape)) {
        const auto listed = [](const std::vector<std::int64_t>& sizes) {
            std::string out = "[";
            for (const auto size : sizes) {
                out += (out.size() > 1 ? ", " : "") + std::to_string(size);
            }
            return out + "]";
        };
        return damaged(where, "tensor " + name + " is " + std::string(io::name_of(view.type)) + " " + listed(view.shape) +
                                  ", expected F32 " + (shape.empty() ? "" : listed(shape)));
    }
    std::vector<float> out(static_cast<std::size_t>(view.elements()));
    io::to_float32(view, out.data());
    return out;
}

Status read_slots(const io::SafetensorsFile& file, const std::string& where, std::string_view prefix,
                  const std::vector<ParameterSlot>& slots, std::vector<float>& flat)
{
    for (const auto& slot : slots) {
        TIMBERLINE_ASSIGN(const auto values, floats(file, where, std::string(prefix) + slot.name, slot.shape));
        flat.insert(flat.end(), values.begin(), values.end());
    }
    return {};
}

Status read_state(const Metadata& metadata, TrainerState& state)
{
    constexpr auto kMost = std::int64_t{1} << 40;
    TIMBERLINE_ASSIGN(state.step, metadata.integer("step", kMost));
    TIMBERLINE_ASSIGN(state.epoch, metadata.integer("epoch", kMost));
    TIMBERLINE_ASSIGN(state.cursor, metadata.integer("cursor", kMost));
    TIMBERLINE_ASSIGN(state.batch_size, metadata.integer("batch_size", kMost));
    TIMBERLINE_ASSIGN(state.passes, metadata.integer("passes", kMost));
    return {};
}

}  // namespace

Status save_checkpoint(const std::filesystem::path& file, const Checkpoint& checkpoint)
{
    TIMBERLINE_ASSIGN(const auto layout, layout_of(checkpoint.spec));
    std::vector<io::TensorToWrite> tensors;
    const auto add_slots = [&](std::string_view prefix, const std::vector<ParameterSlot>& slots, const std::vector<float>& flat) {
        for (const auto& slot : slots) {
            tensors.push_back({.name = std::string(prefix) + slot.name, .shape = slot.shape, .data = flat.data() + slot.offset});
        }
    };
    add_slots(kModel, layout.parameters, checkpoint.state.parameters);
    add_slots(kBuffers, layout.buffers, checkpoint.state.buffers);
    for (const auto& [name, values] : checkpoint.state.optimizer) {
        tensors.push_back(
            {.name = std::string(kOptimizer) + name, .shape = {static_cast<std::int64_t>(values.size())}, .data = values.data()});
    }
    for (const auto& [name, table] : checkpoint.extra) {
        tensors.push_back({.name = std::string(kExtra) + name, .shape = {table.rows, table.columns}, .data = table.values.data()});
    }
    std::map<std::string, std::string> metadata = {{"kind", std::string(kKind)},
                                                   {"version", std::to_string(kVersion)},
                                                   {"net", to_text(checkpoint.spec)},
                                                   {"seed", std::to_string(checkpoint.seed)},
                                                   {"step", std::to_string(checkpoint.state.step)},
                                                   {"epoch", std::to_string(checkpoint.state.epoch)},
                                                   {"cursor", std::to_string(checkpoint.state.cursor)},
                                                   {"batch_size", std::to_string(checkpoint.state.batch_size)},
                                                   {"passes", std::to_string(checkpoint.state.passes)}};
    for (const auto& [key, text] : checkpoint.texts) {
        metadata[std::string(kText) + key] = text;
    }
    return io::write_safetensors(file, tensors, metadata);
}

Result<Checkpoint> load_checkpoint(const std::filesystem::path& file)
{
    TIMBERLINE_ASSIGN(const auto tensors, io::SafetensorsFile::open_file(file));
    const auto where = file.string();
    const Metadata metadata(tensors.metadata(), where);
    TIMBERLINE_ASSIGN(const auto kind, metadata.text("kind"));
    if (kind != kKind) {
        return damaged(where, "kind is \"" + kind.substr(0, 40) + "\", expected " + std::string(kKind));
    }
    TIMBERLINE_ASSIGN(const auto version, metadata.integer("version", std::int64_t{1} << 20));
    if (version > kVersion) {
        return make_error(ErrorCode::Unsupported, where + ": it was written by a newer version of Timberline",
                          "Open it with the version that wrote it.");
    }
    Checkpoint out;
    TIMBERLINE_ASSIGN(const auto net, metadata.text("net"));
    TIMBERLINE_ASSIGN(out.spec, net_spec_from_text(net, where + ": net"));
    TIMBERLINE_ASSIGN(const auto layout, layout_of(out.spec));
    TIMBERLINE_ASSIGN(out.seed, metadata.integer("seed", std::numeric_limits<std::uint64_t>::max()));
    TIMBERLINE_TRY(read_state(metadata, out.state));
    TIMBERLINE_TRY(read_slots(tensors, where, kModel, layout.parameters, out.state.parameters));
    TIMBERLINE_TRY(read_slots(tensors, where, kBuffers, layout.buffers, out.state.buffers));
    for (const auto& [name, view] : tensors.tensors()) {
        if (name.starts_with(kOptimizer)) {
            TIMBERLINE_ASSIGN(out.state.optimizer[name.substr(kOptimizer.size())], floats(tensors, where, name, {}));
        } else if (name.starts_with(kExtra)) {
            if (view.shape.size() != 2) {
                return damaged(where, "tensor " + name + " is no table");
            }
            TIMBERLINE_ASSIGN(auto values, floats(tensors, where, name, {}));
            out.extra[name.substr(kExtra.size())] = {.rows = view.shape[0], .columns = view.shape[1], .values = std::move(values)};
        }
    }
    for (const auto& [key, text] : tensors.metadata()) {
        if (key.starts_with(kText)) {
            out.texts[key.substr(kText.size())] = text;
        }
    }
    return out;
}

}  // namespace timberline::training
