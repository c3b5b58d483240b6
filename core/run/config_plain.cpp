// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/config_plain.h"

namespace timberline::run {

Result<Config> plain_decoding(Config config, const MethodRegistry& methods)
{
    config.draft_model.clear();
    config.heads.clear();
    config.costs = Json();
    config.drafter = {"plain", {}};
    config.controller = config.acceptance = {};
    for (auto& event : config.events) {
        event.choose.clear();
        event.force_node.reset();
        std::erase_if(event.set, [](const auto& item) { return !item.first.starts_with("sampling."); });
    }
    std::erase_if(config.events, [](const ConfigEvent& event) { return event.set.empty(); });
    return complete(std::move(config), methods);
}

}  // namespace timberline::run
