// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/catalog.h"

#include "core/base/json.h"
#include "core/decoding/decode.h"

namespace timberline::run {

MethodRegistry make_catalog()
{
    MethodRegistry registry;
    decoding::register_drafters(registry);
    decoding::register_controllers(registry);
    decoding::register_acceptance_rules(registry);
    decoding::register_sampling_transforms(registry);
    return registry;
}

bool needs_draft_model(const MethodInfo& info)
{
    const auto example = parse_json(info.example, info.id);
    return info.family == "drafter" && example.ok() && example->is_object() && example->contains("draft_model");
}

}  // namespace timberline::run
