// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/method.h"
#include "core/base/result.h"

#include <any>
#include <string>
#include <string_view>

namespace timberline::decoding {

/// The factory of one method of a decode family. Errors: no such method; Internal when the entry holds another type.
template <typename Factory>
[[nodiscard]] Result<Factory> factory_of(const MethodRegistry& methods, std::string_view family, const std::string& id)
{
    TIMBERLINE_ASSIGN(const MethodRegistry::Entry* entry, methods.find(family, id));
    const auto* factory = std::any_cast<Factory>(&entry->factory);
    if (factory == nullptr) {
        return make_error(ErrorCode::Internal, std::string(family) + ' ' + id + ": its factory has another type than its family's");
    }
    return *factory;
}

}  // namespace timberline::decoding
