// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/codec.h"

#include "core/base/json.h"
#include "core/base/text.h"
#include "core/io/archive.h"
#include "core/record/codec_block.h"
#include "core/record/codec_layout.h"
#include "core/record/fields.h"

#include <cmath>
#include <concepts>

namespace timberline::record {

namespace {

using namespace layout;

/// JSON has no word for what is not finite; such numbers are written as text.
Json number_json(double value)
{
    return std::isfinite(value) ? Json(value) : Json(number_text(value));
}

template <typename T>
Json value_json(const T& value)
{
    if constexpr (std::floating_point<T>) {
        return number_json(static_cast<double>(value));
    } else if constexpr (std::same_as<T, std::map<std::string, double>>) {
        Json out = Json::object();
        for (const auto& [key, number] : value) {
            out[key] = number_json(number);
        }
        return out;
    } else {
        return value;
    }
}

template <typename Struct, typename List>
Json struct_json(const Struct& object, const List& list)
{
    Json out = Json::object();
    fields::for_each(list, [&](const auto& field) { out[std::string(field.key)] = value_json(object.*(field.member)); });
    return out;
}

/// Columns of all rounds' nodes, one below the other: a few arrays instead of a few for each round.
class NodeColumns
{
public:
    void add(const Round& round)
    {
        for (const Node& node : round.nodes) {
            fields::for_each(fields::kNodeIntegers,
                             [&](const auto& field) { integers_[std::string(field.key)].push_back(node.*(field.member)); });
            fields::for_each(fields::kNodeNumbers,
                             [&](const auto& field) { numbers_[std::string(field.key)].push_back(node.*(field.member)); });
            ++count_;
        }
    }

    void write(io::ArchiveEntries& out) const
    {
        const auto put = [&](std::string_view key, const auto& columns) {
            const auto found = columns.find(std::string(key));
            using Column = std::decay_t<decltype(columns.begin()->second)>;
            const Column& column = found != columns.end() ? found->second : Column{};
            out[node_member(key)] = io::npy_bytes(io::make_array({count_}, column.data()));
        };
        fields::for_each(fields::kNodeIntegers, [&](const auto& field) { put(field.key, integers_); });
        fields::for_each(fields::kNodeNumbers, [&](const auto& field) { put(field.key, numbers_); });
    }

private:
    std::map<std::string, std::vector<std::int32_t>> integers_;
    std::map<std::string, std::vector<float>> numbers_;
    std::int64_t count_ = 0;
};

class Writer
{
public:
    Status add(const Event& event)
    {
        Json json = Json::object();
        TIMBERLINE_TRY(std::visit([&](const auto& payload) { return write(payload, json); }, event.payload));
        json["type"] = fields::kEventNames[event.payload.index()];
        events_.push_back(std::move(json));
        return {};
    }

    Result<io::ArchiveEntries> finish()
    {
        nodes_.write(arrays_);
        const Json document = {{"format", kFormatName}, {"version", kFormatVersion}, {"events", std::move(events_)}};
        std::uint64_t bytes = 0;
        for (const auto& [name, content] : arrays_) {
            bytes += content.size();
        }
        // Laws barely shrink and cost a second per 30 MB to pack; records without them shrink to a third.
        large_ = bytes > kLargestPacked;
        TIMBERLINE_ASSIGN(std::string packed, io::zip_to_memory(arrays_, /*compress=*/false));
        io::ArchiveEntries out;
        out[std::string(kArraysMember)] = std::move(packed);
        out[std::string(kJsonMember)] = document.dump(-1, ' ', false, Json::error_handler_t::replace);
        return out;
    }
    [[nodiscard]] bool large() const { return large_; }

private:
    static Status write(const RunStarted& started, Json& json)
    {
        json = struct_json(started, fields::kRunStarted);
        json["sampling"] = struct_json(started.sampling, fields::kSampling);
        Json texts = Json::object();
        for (const auto& [token, text] : started.token_text) {
            texts[std::to_string(token)] = text_of_bytes(text);
        }
        json["token_text"] = std::move(texts);
        return {};
    }

    Status write(const Round& round, Json& json)
    {
        json = struct_json(round, fields::kRound);
        Json states = Json::array();
        Json kinds = Json::array();
        for (const Node& node : round.nodes) {
            states.push_back(name_of(node.state));
            kinds.push_back(name_of(node.child_kind));
        }
        json["states"] = std::move(states);
        json["child_kinds"] = std::move(kinds);
        nodes_.add(round);
        TIMBERLINE_TRY(write_laws(round, "target_laws", round.target_laws, json));
        return write_laws(round, "draft_laws", round.draft_laws, json);
    }

    static Status write(const ParameterChanged& change, Json& json) { return plain(json, struct_json(change, fields::kParameterChanged)); }
    static Status write(const BaselineMeasured& baseline, Json& json)
    {
        return plain(json, struct_json(baseline, fields::kBaselineMeasured));
    }
    static Status write(const RunFinished& finished, Json& json) { return plain(json, struct_json(finished, fields::kRunFinished)); }
    static Status write(const Note& note, Json& json) { return plain(json, struct_json(note, fields::kNote)); }
    Status write(const Block& block, Json& json) { return write_block(block, blocks_++, json, arrays_); }
    static Status plain(Json& out, Json json)
    {
        out = std::move(json);
        return {};
    }

    Status write_laws(const Round& round, std::string_view which, const LawRows& laws, Json& json)
    {
        Json sizes = struct_json(laws, fields::kLawSizes);
        sizes["kind"] = fields::kLawKindNames[static_cast<std::size_t>(laws.kind)];
        json[std::string(which)] = std::move(sizes);
        Status status;
        fields::for_each(fields::kLawArrays, [&](const auto& field) {
            const auto& data = laws.*(field.member);
            const auto shape = law_shape(laws, field.key);
            if (static_cast<std::int64_t>(data.size()) != elements(shape)) {
                status = make_error(ErrorCode::Internal,
                                    "round " + std::to_string(round.index) + ": " + std::string(which) + "." + std::string(field.key) +
                                        " holds " + std::to_string(data.size()) + " numbers, expected " + std::to_string(elements(shape)),
                                    "This is a mistake of the program; please report it.");
            } else if (!shape.empty()) {
                arrays_[law_member(round.index, which, field.key)] = io::npy_bytes(io::make_array(shape, data.data()));
            }
        });
        return status;
    }

    Json events_ = Json::array();
    NodeColumns nodes_;
    std::size_t blocks_ = 0;
    io::ArchiveEntries arrays_;
    bool large_ = false;
};

} // namespace

Status save(const Record& record, const std::filesystem::path& path)
{
    Writer writer;
    for (const Event& event : record.events) {
        if (const Status status = writer.add(event); !status.ok()) {
            return status.error().with(path.string());
        }
    }
    const auto entries = writer.finish();
    if (!entries.ok()) {
        return entries.error().with(path.string());
    }
    return io::write_zip(path, *entries, /*compress=*/!writer.large());
}

} // namespace timberline::record
