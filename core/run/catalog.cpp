// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/catalog.h"

#include "core/attention/attention_variant.h"
#include "core/base/json.h"
#include "core/decoding/decode.h"
#include "core/decoding/round_player.h"
#include "core/decoding/heads/head_training.h"
#include "core/exits/exit_policy.h"
#include "core/probes/probe.h"
#include "core/training/data_set.h"
#include "core/training/loss.h"
#include "core/training/optimizer.h"

namespace timberline::run {

MethodRegistry make_catalog()
{
    MethodRegistry registry;
    decoding::register_drafters(registry);
    decoding::register_draft_heads(registry);
    decoding::register_controllers(registry);
    decoding::register_acceptance_rules(registry);
    decoding::register_sampling_transforms(registry);
    exits::register_exit_policies(registry);
    attention::register_attention_variants(registry);
    training::register_optimizers(registry);
    training::register_schedules(registry);
    training::register_losses(registry);
    training::register_data_sets(registry);
    probes::register_probes(registry);
    return registry;
}

namespace {

bool example_names_draft_model(const MethodInfo& info)
{
    const auto example = parse_json(info.example, info.id);
    return example.ok() && example->is_object() && example->contains("draft_model");
}

}  // namespace

bool needs_draft_model(const MethodInfo& info)
{
    return info.family == "drafter" && example_names_draft_model(info);
}

bool plays_own_rounds(const MethodRegistry::Entry& entry)
{
    return std::any_cast<decoding::PlayerFactory>(&entry.factory) != nullptr;
}

bool plays_with_draft_model(const MethodRegistry::Entry& entry)
{
    return plays_own_rounds(entry) && example_names_draft_model(entry.info);
}

}  // namespace timberline::run
