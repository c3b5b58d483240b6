// SPDX-License-Identifier: GPL-3.0-or-later
// Reading a `.tlrun`. Everything in the file is untrusted: nothing is used as a size, an index or a parent before it was checked.
#include "core/base/json.h"
#include "core/base/text.h"
#include "core/io/archive.h"
#include "core/record/codec.h"
#include "core/record/codec_block.h"
#include "core/record/codec_layout.h"
#include "core/record/fields.h"
#include "core/record/round_check.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstring>
#include <utility>

namespace timberline::record {

namespace {

using namespace layout;

Error damaged(const std::string& what)
{
    return make_error(ErrorCode::BadFile, what, "The file is damaged; open another copy, or run its config again.");
}

std::string shown(const Json& json)
{
    return printable(json.dump(-1, ' ', false, Json::error_handler_t::replace), 60);
}

Error wrong(const std::string& where, const Json& got, const std::string& expected)
{
    return damaged(where + ": got " + shown(got) + ", expected " + expected);
}

std::string range_text(const fields::Limits& limits, double lowest, double highest)
{
    return number_text(std::max(limits.minimum, lowest)) + " to " + number_text(std::min(limits.maximum, highest));
}

// --- Values ---------------------------------------------------------------------------------------------------------------------------

Status read_value(const Json& json, const std::string& where, const fields::Limits&, bool& out)
{
    if (!json.is_boolean()) {
        return wrong(where, json, "true or false");
    }
    out = json.get<bool>();
    return {};
}

template <std::integral T>
Status read_value(const Json& json, const std::string& where, const fields::Limits& limits, T& out)
{
    const auto error = [&] {
        const auto lowest = static_cast<double>(std::numeric_limits<T>::min());
        const auto highest = static_cast<double>(std::numeric_limits<T>::max());
        return wrong(where, json, "a whole number from " + range_text(limits, lowest, highest));
    };
    if (!json.is_number_integer()) {
        return error();
    }
    const bool fits = json.is_number_unsigned() ? std::in_range<T>(json.get<std::uint64_t>()) : std::in_range<T>(json.get<std::int64_t>());
    if (!fits) {
        return error();
    }
    const T value = json.get<T>();
    if (static_cast<double>(value) < limits.minimum || static_cast<double>(value) > limits.maximum) {
        return error();
    }
    out = value;
    return {};
}

Status read_value(const Json& json, const std::string& where, const fields::Limits& limits, double& out)
{
    double value = 0;
    if (json.is_number()) {
        value = json.get<double>();
    } else if (json == "nan") {
        value = std::numeric_limits<double>::quiet_NaN();
    } else if (json == "inf" || json == "-inf") {
        value = json == "inf" ? fields::kNoLimit : -fields::kNoLimit;
    } else {
        return wrong(where, json, "a number");
    }
    if (value < limits.minimum || value > limits.maximum) {
        return wrong(where, json, "a number from " + range_text(limits, -fields::kNoLimit, fields::kNoLimit));
    }
    out = value;
    return {};
}

Status read_value(const Json& json, const std::string& where, const fields::Limits&, std::string& out)
{
    if (!json.is_string()) {
        return wrong(where, json, "a text");
    }
    out = json.get<std::string>();
    return {};
}

Status read_value(const Json& json, const std::string& where, const fields::Limits& limits, std::vector<std::int32_t>& out)
{
    if (!json.is_array()) {
        return wrong(where, json, "a list of whole numbers");
    }
    out.clear();
    out.reserve(json.size());
    for (const Json& entry : json) {
        std::int32_t value = 0;
        TIMBERLINE_TRY(read_value(entry, where + "[" + std::to_string(out.size()) + "]", limits, value));
        out.push_back(value);
    }
    return {};
}

Status read_value(const Json& json, const std::string& where, const fields::Limits& limits, std::map<std::string, double>& out)
{
    if (!json.is_object()) {
        return wrong(where, json, "an object of numbers");
    }
    out.clear();
    for (const auto& [key, entry] : json.items()) {
        TIMBERLINE_TRY(read_value(entry, where + "[" + in_quotes(key) + "]", limits, out[key]));
    }
    return {};
}

template <typename Struct, typename List>
Status read_struct(const Json& json, const std::string& where, const List& list, Struct& out)
{
    if (!json.is_object()) {
        return wrong(where, json, "an object");
    }
    Status status;
    fields::for_each(list, [&](const auto& field) {
        if (!status.ok()) {
            return;
        }
        const std::string place = where + "." + std::string(field.key);
        const auto found = json.find(field.key);
        if (found == json.end()) {
            status = field.optional ? Status{} : damaged(place + " is missing");
        } else {
            status = read_value(*found, place, field.limits, out.*(field.member));
        }
    });
    return status;
}

template <typename Enum, std::size_t N>
Status read_word(const Json& json, const std::string& where, const std::array<std::string_view, N>& words, Enum& out)
{
    if (json.is_string()) {
        const auto found = std::find(words.begin(), words.end(), json.get_ref<const std::string&>());
        if (found != words.end()) {
            out = static_cast<Enum>(found - words.begin());
            return {};
        }
    }
    return wrong(where, json, "one of " + joined(std::vector<std::string>(words.begin(), words.end())));
}

// --- Arrays ---------------------------------------------------------------------------------------------------------------------------

template <typename T>
constexpr io::Array::Type kArrayType = std::same_as<T, float> ? io::Array::Type::F32 : io::Array::Type::I32;

std::string shape_text(const std::vector<std::int64_t>& shape)
{
    std::vector<std::string> sizes;
    for (const std::int64_t size : shape) {
        sizes.push_back(std::to_string(size));
    }
    std::string out = "[";
    out += joined(sizes);
    return out + "]";
}

class ArraysReader
{
public:
    explicit ArraysReader(io::ArchiveEntries entries) : entries_(std::move(entries)) {}

    /// @param shape expected; a first entry of -1 takes any number of rows.
    template <typename T>
    Status read(const std::string& member, const std::vector<std::int64_t>& shape, std::vector<T>& out)
    {
        const std::string where = std::string(kArraysMember) + ": " + member;
        const auto found = entries_.find(member);
        if (found == entries_.end()) {
            return damaged(where + " is missing");
        }
        TIMBERLINE_ASSIGN(const io::Array array, io::parse_npy(found->second, where));
        const bool any_rows = shape.size() == 1 && shape[0] < 0 && array.shape.size() == 1;
        if (array.type != kArrayType<T> || (!any_rows && array.shape != shape)) {
            return damaged(where + ": got shape " + shape_text(array.shape) + ", expected " +
                           (kArrayType<T> == io::Array::Type::F32 ? "float32 " : "int32 ") + shape_text(shape));
        }
        out.resize(array.bytes.size() / sizeof(T));
        if (!out.empty()) {
            std::memcpy(out.data(), array.bytes.data(), out.size() * sizeof(T));
        }
        return {};
    }

    [[nodiscard]] const io::ArchiveEntries& entries() const noexcept { return entries_; }

private:
    io::ArchiveEntries entries_;
};

/// The columns of all nodes; rounds take their rows from the front.
class NodeColumns
{
public:
    Status open(ArraysReader& arrays)
    {
        Status status;
        const auto load = [&](std::string_view key, auto& columns) {
            if (status.ok()) {
                auto& column = columns[std::string(key)];
                status = arrays.read(node_member(key), {count_}, column);
                count_ = static_cast<std::int64_t>(column.size());  // the first column decides how many there are
            }
        };
        fields::for_each(fields::kNodeIntegers, [&](const auto& field) { load(field.key, integers_); });
        fields::for_each(fields::kNodeNumbers, [&](const auto& field) { load(field.key, numbers_); });
        return status;
    }

    Status take(std::size_t count, const std::string& where, std::vector<Node>& out)
    {
        if (static_cast<std::size_t>(count_) - taken_ < count) {
            return damaged(where + ".states: got " + std::to_string(count) + " nodes, expected at most the " +
                           std::to_string(static_cast<std::size_t>(count_) - taken_) + " that " + std::string(kArraysMember) +
                           " still has");
        }
        out.assign(count, Node{});
        Status status;
        fields::for_each(fields::kNodeIntegers, [&](const auto& field) {
            const auto& column = integers_.at(std::string(field.key));
            for (std::size_t i = 0; i < count && status.ok(); ++i) {
                const std::int32_t value = column[taken_ + i];
                if (value < field.limits.minimum || value > field.limits.maximum) {
                    status = damaged(where + ".nodes[" + std::to_string(i) + "]." + std::string(field.key) + ": got " +
                                     std::to_string(value) + ", expected " + range_text(field.limits, -fields::kNoLimit, fields::kNoLimit));
                    return;
                }
                using Member = std::decay_t<decltype(out[i].*(field.member))>;
                out[i].*(field.member) = static_cast<Member>(value);
            }
        });
        fields::for_each(fields::kNodeNumbers, [&](const auto& field) {
            const auto& column = numbers_.at(std::string(field.key));
            for (std::size_t i = 0; i < count; ++i) {
                out[i].*(field.member) = column[taken_ + i];
            }
        });
        taken_ += count;
        return status;
    }

    Status finish() const
    {
        if (taken_ != static_cast<std::size_t>(count_)) {
            return damaged(std::string(kArraysMember) + ": got " + std::to_string(count_) + " nodes, expected the " +
                           std::to_string(taken_) + " of the rounds");
        }
        return {};
    }

private:
    std::map<std::string, std::vector<std::int32_t>> integers_;
    std::map<std::string, std::vector<float>> numbers_;
    std::int64_t count_ = -1;
    std::size_t taken_ = 0;
};

// --- Events ---------------------------------------------------------------------------------------------------------------------------

class Reader
{
public:
    explicit Reader(io::ArchiveEntries arrays) : arrays_(std::move(arrays)) {}

    Result<RecordPtr> read(const Json& events)
    {
        TIMBERLINE_TRY(nodes_.open(arrays_));
        for (std::size_t i = 0; i < events.size(); ++i) {
            TIMBERLINE_TRY(read_event(events[i], std::string(kJsonMember) + ": events[" + std::to_string(i) + "]"));
        }
        TIMBERLINE_TRY(nodes_.finish());
        return RecordPtr(std::make_shared<const Record>(std::move(record_)));
    }

private:
    Status read_event(const Json& json, const std::string& where)
    {
        const auto type = json.is_object() ? json.find("type") : json.end();
        if (!json.is_object() || type == json.end() || !type->is_string()) {
            return wrong(where, json, "an object with a \"type\"");
        }
        const auto name = type->get<std::string>();
        const bool is_start = name == fields::kEventNames[0];
        if (is_start == !record_.events.empty()) {
            return damaged(where + ".type: got " + in_quotes(name) + ", expected one run-started, first of all events");
        }
        if (is_start) {
            return read_start(json, where);
        }
        if (name == fields::kEventNames[1]) {
            return read_round(json, where);
        }
        if (name == fields::kEventNames[2]) {
            return read_plain<ParameterChanged>(json, where, fields::kParameterChanged);
        }
        if (name == fields::kEventNames[3]) {
            BaselineMeasured baseline;
            TIMBERLINE_TRY(read_struct(json, where, fields::kBaselineMeasured, baseline));
            TIMBERLINE_TRY(check_tokens(baseline.ids, vocabulary_, where + ".ids"));
            record_.events.push_back({std::move(baseline)});
            return {};
        }
        if (name == fields::kEventNames[4]) {
            return read_plain<RunFinished>(json, where, fields::kRunFinished);
        }
        if (name == fields::kEventNames[5]) {
            return read_plain<Note>(json, where, fields::kNote);
        }
        if (name == fields::kEventNames[6]) {
            TIMBERLINE_ASSIGN(Block block, read_block(json, where, blocks_++, arrays_.entries()));
            record_.events.push_back({std::move(block)});
            return {};
        }
        return {};  // a kind of event that this program does not know adds nothing that its views could draw
    }

    template <typename Payload, typename List>
    Status read_plain(const Json& json, const std::string& where, const List& list)
    {
        Payload payload;
        TIMBERLINE_TRY(read_struct(json, where, list, payload));
        record_.events.push_back({std::move(payload)});
        return {};
    }

    Status read_start(const Json& json, const std::string& where)
    {
        RunStarted started;
        TIMBERLINE_TRY(read_struct(json, where, fields::kRunStarted, started));
        const auto sampling = json.find("sampling");
        if (sampling == json.end()) {
            return damaged(where + ".sampling is missing");
        }
        TIMBERLINE_TRY(read_struct(*sampling, where + ".sampling", fields::kSampling, started.sampling));
        vocabulary_ = started.vocabulary;
        TIMBERLINE_TRY(check_tokens(started.prompt, vocabulary_, where + ".prompt"));
        const auto texts = json.find("token_text");
        if (texts == json.end() || !texts->is_object()) {
            return wrong(where + ".token_text", texts == json.end() ? Json() : *texts, "an object of texts");
        }
        for (const auto& [key, text] : texts->items()) {
            TokenId token = -1;
            const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), token);
            const std::string place = where + ".token_text[" + in_quotes(key) + "]";
            if (error != std::errc{} || end != key.data() + key.size() || token < 0) {
                return damaged(place + ": expected a token id as key");
            }
            const auto bytes = text.is_string() ? bytes_of_text(text.get_ref<const std::string&>()) : std::nullopt;
            if (!bytes) {
                return wrong(place, text, "a text of characters up to U+00FF, one a byte");
            }
            started.token_text[token] = *bytes;
        }
        record_.events.push_back({std::move(started)});
        return {};
    }

    Status read_round(const Json& json, const std::string& where)
    {
        Round round;
        TIMBERLINE_TRY(read_struct(json, where, fields::kRound, round));
        if (round.index != rounds_) {
            return damaged(where + ".index: got " + std::to_string(round.index) + ", expected " + std::to_string(rounds_));
        }
        const auto states = json.find("states");
        const auto kinds = json.find("child_kinds");
        if (states == json.end() || !states->is_array() || kinds == json.end() || !kinds->is_array() || states->size() != kinds->size()) {
            return damaged(where + ": expected the lists states and child_kinds, one word a node each");
        }
        TIMBERLINE_TRY(nodes_.take(states->size(), where, round.nodes));
        for (std::size_t i = 0; i < round.nodes.size(); ++i) {
            const std::string at = "[" + std::to_string(i) + "]";
            TIMBERLINE_TRY(read_word((*states)[i], where + ".states" + at, fields::kStateNames, round.nodes[i].state));
            TIMBERLINE_TRY(read_word((*kinds)[i], where + ".child_kinds" + at, fields::kDrawKindNames, round.nodes[i].child_kind));
        }
        TIMBERLINE_TRY(read_laws(json, where, "target_laws", round.index, round.target_laws));
        TIMBERLINE_TRY(read_laws(json, where, "draft_laws", round.index, round.draft_laws));
        TIMBERLINE_TRY(check_round(round, vocabulary_, where));
        ++rounds_;
        record_.events.push_back({std::move(round)});
        return {};
    }

    Status read_laws(const Json& json, const std::string& where, std::string_view which, std::int32_t round, LawRows& out)
    {
        const std::string place = where + "." + std::string(which);
        const auto found = json.find(which);
        if (found == json.end()) {
            return damaged(place + " is missing");
        }
        TIMBERLINE_TRY(read_struct(*found, place, fields::kLawSizes, out));
        TIMBERLINE_TRY(read_word(found->value("kind", Json()), place + ".kind", fields::kLawKindNames, out.kind));
        Status status;
        fields::for_each(fields::kLawArrays, [&](const auto& field) {
            const auto shape = law_shape(out, field.key);
            if (status.ok() && !shape.empty()) {
                status = arrays_.read(law_member(round, which, field.key), shape, out.*(field.member));
            }
        });
        return status;
    }

    ArraysReader arrays_;
    NodeColumns nodes_;
    Record record_;
    std::int32_t vocabulary_ = 0;
    std::int32_t rounds_ = 0;
    std::size_t blocks_ = 0;
};

Result<RecordPtr> read_entries(const io::ArchiveEntries& entries)
{
    const auto text = entries.find(std::string(kJsonMember));
    if (text == entries.end()) {
        return damaged(std::string(kJsonMember) + " is missing in the archive");
    }
    TIMBERLINE_ASSIGN(const Json document, parse_json(text->second, kJsonMember));
    if (!document.is_object() || document.value("format", Json()) != kFormatName) {
        return damaged(std::string(kJsonMember) + ".format: got " +
                       shown(document.is_object() ? document.value("format", Json()) : document) + ", expected \"" +
                       std::string(kFormatName) + "\"");
    }
    int version = 0;
    TIMBERLINE_TRY(read_value(document.value("version", Json()), std::string(kJsonMember) + ".version", {1, 1e6}, version));
    if (version > kFormatVersion) {
        return make_error(ErrorCode::Unsupported,
                          "the record has format version " + std::to_string(version) + ", this program reads versions up to " +
                              std::to_string(kFormatVersion),
                          "Open it with a newer Timberline.");
    }
    const auto events = document.find("events");
    if (events == document.end() || !events->is_array()) {
        return damaged(std::string(kJsonMember) + ".events: expected a list");
    }
    const auto arrays = entries.find(std::string(kArraysMember));
    if (arrays == entries.end()) {
        return damaged(std::string(kArraysMember) + " is missing in the archive");
    }
    TIMBERLINE_ASSIGN(io::ArchiveEntries members, io::read_zip_memory(arrays->second, std::string(kArraysMember)));
    return Reader(std::move(members)).read(*events);
}

}  // namespace

Result<RecordPtr> load(const std::filesystem::path& path)
{
    TIMBERLINE_ASSIGN(const io::ArchiveEntries entries, io::read_zip(path));
    auto record = read_entries(entries);
    if (!record.ok()) {
        return record.error().with(path.string());
    }
    return record;
}

}  // namespace timberline::record
