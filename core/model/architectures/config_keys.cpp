// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/architectures/config_keys.h"

#include <cmath>

namespace timberline::model {
namespace {

constexpr const char* kDamagedHint =
    "Compare config.json with the one published with the model; it may have been edited by hand or cut short.";

}  // namespace

std::string shown(const Json& value)
{
    constexpr std::size_t kLongest = 60;
    std::string text = value.dump(-1, ' ', /*ensure_ascii=*/true, Json::error_handler_t::replace);
    if (text.size() > kLongest) {
        text.resize(kLongest - 3);
        text += "...";
    }
    return text;
}

const Json* ConfigKeys::find(std::string_view key) const
{
    const auto it = object_.find(std::string(key));
    return it == object_.end() || it->is_null() ? nullptr : &*it;
}

bool ConfigKeys::mentioned(std::string_view key) const
{
    return object_.contains(std::string(key));
}

void ConfigKeys::fail(Error error)
{
    if (!error_) {
        error_ = std::move(error);
    }
}

void ConfigKeys::refuse(std::string_view key, std::string_view expected, std::string hint, ErrorCode code)
{
    const Json* found = find(key);
    std::string message(key);
    message += found != nullptr ? " " + shown(*found) + " in " + where_ : " is missing in " + where_;
    message += ": expected ";
    message += expected;
    fail(make_error(code, std::move(message), std::move(hint)));
}

void ConfigKeys::unsupported(std::string_view key, std::string_view expected)
{
    refuse(key, expected, "This setting changes the numbers and cannot be computed here; take a model without it.", ErrorCode::Unsupported);
}

std::int64_t ConfigKeys::size(std::string_view key, std::int64_t maximum)
{
    if (find(key) == nullptr) {
        refuse(key, "an integer from 1 to " + std::to_string(maximum), kDamagedHint);
        return 1;
    }
    return size_or(key, 1, maximum);
}

std::int64_t ConfigKeys::size_or(std::string_view key, std::int64_t fallback, std::int64_t maximum)
{
    const Json* value = find(key);
    if (value == nullptr) {
        return fallback;
    }
    // Unsigned numbers above the signed range would wrap, so they are compared as what they are.
    const bool in_range = value->is_number_unsigned()
                              ? value->get<std::uint64_t>() >= 1 && value->get<std::uint64_t>() <= static_cast<std::uint64_t>(maximum)
                              : value->is_number_integer() && value->get<std::int64_t>() >= 1 && value->get<std::int64_t>() <= maximum;
    if (!in_range) {
        refuse(key, "an integer from 1 to " + std::to_string(maximum), kDamagedHint);
        return fallback;
    }
    return value->get<std::int64_t>();
}

double ConfigKeys::positive(std::string_view key, double fallback)
{
    const Json* value = find(key);
    if (value == nullptr) {
        return fallback;
    }
    if (!value->is_number() || !std::isfinite(value->get<double>()) || value->get<double>() <= 0) {
        refuse(key, "a number above 0", kDamagedHint);
        return fallback;
    }
    return value->get<double>();
}

double ConfigKeys::softcap(std::string_view key, double fallback)
{
    return mentioned(key) && find(key) == nullptr ? 0 : positive(key, fallback);
}

bool ConfigKeys::boolean(std::string_view key, bool fallback)
{
    const Json* value = find(key);
    if (value == nullptr) {
        return fallback;
    }
    if (!value->is_boolean()) {
        refuse(key, "true or false", kDamagedHint);
        return fallback;
    }
    return value->get<bool>();
}

std::string ConfigKeys::text(std::string_view key, std::string_view fallback)
{
    const Json* value = find(key);
    if (value == nullptr) {
        return std::string(fallback);
    }
    if (!value->is_string()) {
        refuse(key, "a text", kDamagedHint);
        return std::string(fallback);
    }
    return value->get<std::string>();
}

std::vector<std::string> ConfigKeys::texts(std::string_view key)
{
    std::vector<std::string> out;
    const Json* value = find(key);
    if (value == nullptr) {
        return out;
    }
    if (!value->is_array()) {
        refuse(key, "a list of texts", kDamagedHint);
        return out;
    }
    for (const Json& item : *value) {
        if (!item.is_string()) {
            refuse(key, "a list of texts", kDamagedHint);
            return {};
        }
        out.push_back(item.get<std::string>());
    }
    return out;
}

}  // namespace timberline::model
