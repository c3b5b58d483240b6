// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/decoding/decode.h"
#include "core/decoding/heads/head_training.h"

// One line a method: METHOD(name) stands for the function `MethodRegistry::Entry name()` that the method's own file defines.
// The order is the order in which menus and `methods` list them.

#define TIMBERLINE_DRAFTERS(METHOD)                                                                                                        \
    METHOD(plain_drafter)                                                                                                                  \
    METHOD(draft_model_chain)                                                                                                              \
    METHOD(draft_model_tree)                                                                                                               \
    METHOD(prompt_lookup)                                                                                                                  \
    METHOD(ngram_cache)                                                                                                                    \
    METHOD(self_speculation)                                                                                                               \
    METHOD(lookahead)                                                                                                                      \
    METHOD(synthetic_drafter)                                                                                                              \
    METHOD(medusa_drafter)                                                                                                                 \
    METHOD(hydra_drafter)                                                                                                                  \
    METHOD(koala_medusa_drafter)                                                                                                           \
    METHOD(eagle_drafter)                                                                                                                  \
    METHOD(koala_eagle_drafter)                                                                                                            \
    METHOD(eesd_drafter)                                                                                                                   \
    METHOD(chimera_drafter)

#define TIMBERLINE_CONTROLLERS(METHOD)                                                                                                     \
    METHOD(fixed_controller)                                                                                                               \
    METHOD(thompson_beta_controller)                                                                                                       \
    METHOD(thompson_calibration_controller)                                                                                                \
    METHOD(confidence_stop_controller)                                                                                                     \
    METHOD(speculative_decoding_plus_plus_controller)                                                                                      \
    METHOD(draft_and_verify_controller)                                                                                                    \
    METHOD(heuristic_controller)                                                                                                           \
    METHOD(break_even_controller)                                                                                                          \
    METHOD(sequoia_controller)                                                                                                             \
    METHOD(entropy_adaptive_controller)                                                                                                    \
    METHOD(value_guided_controller)                                                                                                        \
    METHOD(pearl_controller)

#define TIMBERLINE_ACCEPTANCE_RULES(METHOD)                                                                                                \
    METHOD(exact_acceptance)                                                                                                               \
    METHOD(sample_and_compare_acceptance)                                                                                                  \
    METHOD(block_acceptance)                                                                                                               \
    METHOD(traversal_acceptance)                                                                                                           \
    METHOD(typical_acceptance)

#define TIMBERLINE_DRAFT_HEADS(METHOD)                                                                                                     \
    METHOD(medusa_heads)                                                                                                                   \
    METHOD(hydra_heads)                                                                                                                    \
    METHOD(koala_medusa_heads)                                                                                                             \
    METHOD(eagle_heads)                                                                                                                    \
    METHOD(koala_eagle_heads)                                                                                                              \
    METHOD(eesd_heads)                                                                                                                     \
    METHOD(chimera_heads)                                                                                                                  \
    METHOD(value_net_heads)

#define TIMBERLINE_SAMPLING_TRANSFORMS(METHOD)                                                                                             \
    METHOD(repetition_penalty_transform)                                                                                                   \
    METHOD(presence_penalty_transform)                                                                                                     \
    METHOD(frequency_penalty_transform)                                                                                                    \
    METHOD(no_repeat_ngram_transform)                                                                                                      \
    METHOD(temperature_transform)                                                                                                          \
    METHOD(top_k_transform)                                                                                                                \
    METHOD(top_p_transform)                                                                                                                \
    METHOD(min_p_transform)                                                                                                                \
    METHOD(typical_p_transform)

namespace timberline::decoding {

#define TIMBERLINE_DECLARE(name) MethodRegistry::Entry name();
TIMBERLINE_DRAFTERS(TIMBERLINE_DECLARE)
TIMBERLINE_CONTROLLERS(TIMBERLINE_DECLARE)
TIMBERLINE_ACCEPTANCE_RULES(TIMBERLINE_DECLARE)
TIMBERLINE_DRAFT_HEADS(TIMBERLINE_DECLARE)
TIMBERLINE_SAMPLING_TRANSFORMS(TIMBERLINE_DECLARE)
#undef TIMBERLINE_DECLARE

namespace {

void add(MethodRegistry& registry, MethodRegistry::Entry entry)
{
    registry.add(std::move(entry.info), std::move(entry.factory));
}

}  // namespace

#define TIMBERLINE_ADD(name) add(registry, name());

void register_drafters(MethodRegistry& registry)
{
    TIMBERLINE_DRAFTERS(TIMBERLINE_ADD)
}

void register_controllers(MethodRegistry& registry)
{
    TIMBERLINE_CONTROLLERS(TIMBERLINE_ADD)
}

void register_acceptance_rules(MethodRegistry& registry)
{
    TIMBERLINE_ACCEPTANCE_RULES(TIMBERLINE_ADD)
}

void register_sampling_transforms(MethodRegistry& registry)
{
    TIMBERLINE_SAMPLING_TRANSFORMS(TIMBERLINE_ADD)
}

void register_draft_heads(MethodRegistry& registry)
{
    TIMBERLINE_DRAFT_HEADS(TIMBERLINE_ADD)
}

#undef TIMBERLINE_ADD

}  // namespace timberline::decoding
