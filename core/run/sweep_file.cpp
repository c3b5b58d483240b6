// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/run/sweep_table.h"

#include <cmath>

/// sweep.json, written and read.
namespace timberline::run {
namespace {

constexpr int kSweepVersion = 1;
constexpr std::size_t kMostRepeats = 1000;
constexpr std::int64_t kMostCount = std::int64_t{1} << 53;
constexpr std::uintmax_t kMostBytes = std::uintmax_t{1} << 28;

Error bad(const std::string& where, const std::string& expected)
{
    return make_error(ErrorCode::BadFile, where + ": expected " + expected, "Write the sweep again with `timberline-cli sweep --out DIR`.");
}

Result<std::vector<Vary>> read_varied(const Json& json, const std::string& where)
{
    std::vector<Vary> out;
    if (!json.is_array()) {
        return bad(where, "a list of keys with their values");
    }
    for (std::size_t i = 0; i < json.size(); ++i) {
        const auto place = where + "[" + std::to_string(i) + "]";
        ObjectReader reader(json[i], place);
        TIMBERLINE_TRY(reader.status());
        Vary vary;
        TIMBERLINE_ASSIGN(vary.key, reader.string("key", ""));
        const Json* values = reader.find("values");
        if (vary.key.empty() || values == nullptr || !values->is_array() || values->empty() || values->size() > kMostSweepPoints) {
            return bad(place, "a key and its values");
        }
        for (const auto& value : *values) {
            if (!value.is_string()) {
                return bad(place + ".values", "texts");
            }
            vary.values.push_back(value.get<std::string>());
        }
        TIMBERLINE_TRY(reader.finish());
        out.push_back(std::move(vary));
    }
    return out;
}

/// The member as a number; nothing when it is absent or null.
Result<std::optional<double>> read_real(const Json& row, const char* key, const std::string& where)
{
    const auto found = row.find(key);
    if (found == row.end() || found->is_null()) {
        return std::optional<double>();
    }
    if (!found->is_number() || !std::isfinite(found->get<double>())) {
        return bad(where + "." + key, "a number");
    }
    return std::optional(found->get<double>());
}

constexpr double kMostNumber = 1e9;  ///< tokens a second, or a pass: far more than any machine gives

/// A number from 0 on; nothing when it is absent or null.
Result<std::optional<double>> read_amount(const Json& row, const char* key, const std::string& where, double most)
{
    TIMBERLINE_ASSIGN(const auto value, read_real(row, key, where));
    if (value && (*value < 0 || *value > most)) {
        return bad(where + "." + key, most > 1 ? "a number from 0 to 1,000,000,000" : "a share from 0 to 1");
    }
    return value;
}

Result<std::int64_t> read_count(const Json& row, const char* key, const std::string& where)
{
    TIMBERLINE_ASSIGN(const auto value, read_real(row, key, where));
    if (!value || *value < 0 || *value > static_cast<double>(kMostCount) || *value != std::floor(*value)) {
        return bad(where + "." + key, "a count");
    }
    return static_cast<std::int64_t>(*value);
}

Result<std::vector<double>> read_rates(const Json& timing, const char* key, const std::string& where)
{
    std::vector<double> out;
    const auto found = timing.find(key);
    if (found == timing.end() || !found->is_array() || found->size() > kMostRepeats) {
        return bad(where + "." + key, "a list of at most 1,000 rates");
    }
    for (const auto& value : *found) {
        if (!value.is_number() || !std::isfinite(value.get<double>()) || value.get<double>() < 0 || value.get<double>() > kMostNumber ||
            (value.get<double>() > 0 && value.get<double>() < 1 / kMostNumber)) {
            return bad(where + "." + key, "tokens a second");
        }
        out.push_back(value.get<double>());
    }
    return out;
}

Result<SweepPoint> read_point(const Json& row, const Json& timing, const std::string& where)
{
    if (!row.is_object() || !timing.is_object()) {
        return bad(where, "a row with its timings");
    }
    SweepPoint out;
    if (const auto error = row.find("error"); error != row.end() && error->is_string()) {
        out.refused = make_error(ErrorCode::InvalidArgument, printable(error->get<std::string>(), 2000));
        return out;
    }
    TIMBERLINE_ASSIGN(out.tokens, read_count(row, "tokens", where));
    TIMBERLINE_ASSIGN(out.rounds, read_count(row, "rounds", where));
    TIMBERLINE_ASSIGN(out.repeats, read_count(row, "repeats", where));
    if (out.repeats > static_cast<std::int64_t>(kMostRepeats)) {
        return bad(where + ".repeats", "at most 1,000");
    }
    TIMBERLINE_ASSIGN(out.accepted_per_pass, read_amount(row, "accepted_per_pass", where, kMostNumber));
    TIMBERLINE_ASSIGN(out.mean_acceptance, read_amount(row, "mean_acceptance", where, 1));
    if (const auto hash = row.find("text_hash"); hash != row.end() && hash->is_string()) {
        out.text_hash = printable(hash->get<std::string>(), 32);
    }
    TIMBERLINE_ASSIGN(out.rates, read_rates(timing, "tokens_per_s", where));
    TIMBERLINE_ASSIGN(out.plain_rates, read_rates(timing, "plain_tokens_per_s", where));
    return out;
}

/// Values of the point with this index; the last key varies fastest.
std::vector<std::string> values_at(const std::vector<Vary>& varied, std::size_t index)
{
    std::vector<std::string> out(varied.size());
    for (std::size_t i = varied.size(); i-- > 0;) {
        out[i] = varied[i].values[index % varied[i].values.size()];
        index /= varied[i].values.size();
    }
    return out;
}

Status read_points(const Json& json, std::size_t wanted, const std::string& where, Sweep& out)
{
    const auto rows = json.find("rows");
    const auto timings = json.find("timings");
    if (rows == json.end() || timings == json.end() || !rows->is_array() || !timings->is_array() || rows->size() != timings->size() ||
        rows->size() > wanted) {
        return bad(where, "rows and timings, one of each a point and at most " + std::to_string(wanted));
    }
    for (std::size_t i = 0; i < rows->size(); ++i) {
        TIMBERLINE_ASSIGN(auto point, read_point((*rows)[i], (*timings)[i], where + ": rows[" + std::to_string(i) + "]"));
        point.values = values_at(out.varied, i);
        out.points.push_back(std::move(point));
    }
    return {};
}

std::string member(const Json& object, const char* key)
{
    const auto found = object.is_object() ? object.find(key) : object.end();
    return object.is_object() && found != object.end() && found->is_string() ? printable(found->get<std::string>()) : std::string();
}

}  // namespace

OrderedJson to_json(const Sweep& sweep)
{
    OrderedJson out;
    out["timberline_sweep"] = kSweepVersion;
    out["versions"] = {{"timberline", sweep.version.empty() ? std::string(version()) : sweep.version},
                       {"model_hash", sweep.model_hash},
                       {"draft_hash", sweep.draft_hash}};
    out["threads"] = sweep.threads;
    out["device"] = sweep.device;
    out["repeats"] = sweep.options.repeats;
    out["warm_up"] = sweep.options.warm_up;
    out["plain"] = sweep.options.plain;
    out["varied"] = OrderedJson::array();
    for (const auto& vary : sweep.varied) {
        out["varied"].push_back({{"key", vary.key}, {"values", vary.values}});
    }
    out["config"] = to_json(sweep.config);
    out["rows"] = sweep_rows(sweep);
    out["timings"] = OrderedJson::array();
    for (const auto& point : sweep.points) {
        out["timings"].push_back({{"tokens_per_s", point.rates}, {"plain_tokens_per_s", point.plain_rates}});
    }
    return out;
}

Result<Sweep> parse_sweep(const Json& json, const MethodRegistry& methods, const std::string& where)
{
    if (!json.is_object() || !json.contains("timberline_sweep")) {
        return bad(where, "a sweep written by `timberline-cli sweep --out`");
    }
    if (json["timberline_sweep"] != kSweepVersion) {
        return make_error(ErrorCode::Unsupported, where + ": this is a sweep of another version of the program",
                          "Open it with that version, or run the sweep again.");
    }
    Sweep out;
    const auto config = json.find("config");
    const auto varied = json.find("varied");
    if (config == json.end() || varied == json.end()) {
        return bad(where, "config and varied");
    }
    TIMBERLINE_ASSIGN(out.config, parse_config(*config, methods, where + ": config"));
    if (out.config.bench != "draft") {
        return make_error(ErrorCode::Unsupported, where + ": this is a sweep of the bench " + out.config.bench + "; expected draft",
                          "Read its table in sweep.csv.");
    }
    TIMBERLINE_ASSIGN(out.varied, read_varied(*varied, where + ": varied"));
    TIMBERLINE_ASSIGN(const auto wanted, count_points(out.varied));
    TIMBERLINE_ASSIGN(const auto repeats, read_count(json, "repeats", where));
    TIMBERLINE_ASSIGN(const auto warm_up, read_count(json, "warm_up", where));
    TIMBERLINE_ASSIGN(const auto threads, read_count(json, "threads", where));
    constexpr std::int64_t kMostThreads = 4096;
    if (repeats < 1 || repeats > static_cast<std::int64_t>(kMostRepeats) || warm_up > 100 || threads > kMostThreads) {
        return bad(where, "1 to 1,000 repeats, at most 100 warm-up runs and 4,096 threads");
    }
    const auto plain = json.find("plain");
    out.options = {.repeats = static_cast<int>(repeats),
                   .warm_up = static_cast<int>(warm_up),
                   .plain = plain != json.end() && plain->is_boolean() && plain->get<bool>()};
    out.threads = static_cast<std::int32_t>(threads);
    out.device = member(json, "device");
    const auto versions = json.find("versions");
    if (versions != json.end()) {
        out.version = member(*versions, "timberline");
        out.model_hash = member(*versions, "model_hash");
        out.draft_hash = member(*versions, "draft_hash");
    }
    TIMBERLINE_TRY(read_points(json, wanted, where, out));
    return out;
}

Result<Sweep> read_sweep(const std::filesystem::path& path, const MethodRegistry& methods)
{
    TIMBERLINE_ASSIGN(const auto json, read_json_file(path, kMostBytes));
    return parse_sweep(json, methods, path.filename().string());
}

}  // namespace timberline::run
