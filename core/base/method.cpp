// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"

#include "core/base/text.h"

#include <algorithm>
#include <iterator>
#include <stdexcept>

namespace timberline {
namespace {

bool is_family(std::string_view family)
{
    return std::find(std::begin(kFamilies), std::end(kFamilies), family) != std::end(kFamilies);
}

} // namespace

void MethodRegistry::add(MethodInfo info, std::any factory)
{
    // A wrong registration is our own mistake; it must not wait for someone to select the method.
    if (!is_family(info.family)) {
        throw std::logic_error("method " + info.id + ": no family " + info.family);
    }
    const auto same = [&](const Entry& entry) { return entry.info.family == info.family && entry.info.id == info.id; };
    if (std::any_of(entries_.begin(), entries_.end(), same)) {
        throw std::logic_error("method " + info.family + " " + info.id + " is registered twice");
    }
    entries_.push_back({std::move(info), std::move(factory)});
}

Result<const MethodRegistry::Entry*> MethodRegistry::find(std::string_view family, std::string_view id) const
{
    if (!is_family(family)) {
        const std::vector<std::string> families(std::begin(kFamilies), std::end(kFamilies));
        return make_error(ErrorCode::NotFound, "method family " + in_quotes(family) + " does not exist", spelling_hint(family, families));
    }
    std::vector<std::string> ids;
    std::string_view elsewhere;
    for (const Entry& entry : entries_) {
        if (entry.info.family != family) {
            elsewhere = entry.info.id == id ? std::string_view(entry.info.family) : elsewhere;
            continue;
        }
        if (entry.info.id == id) {
            return &entry;
        }
        ids.push_back(entry.info.id);
    }
    std::string hint = elsewhere.empty() ? spelling_hint(id, ids) : in_quotes(id) + " belongs to the family " + std::string(elsewhere);
    return make_error(ErrorCode::NotFound, std::string(family) + " " + in_quotes(id) + " does not exist", std::move(hint));
}

std::vector<const MethodRegistry::Entry*> MethodRegistry::family(std::string_view family) const
{
    std::vector<const Entry*> out;
    for (const Entry& entry : entries_) {
        if (entry.info.family == family) {
            out.push_back(&entry);
        }
    }
    return out;
}

} // namespace timberline
