// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Edits of attention heads as text, the form in which a config keeps them and in which a click in the window adds one:
/// "ablate 3.2; scale 1.0 0.5; temperature 0.* 2; swap 2-4.1 lssar". A place is LAYER.HEAD; each of the two is a number, a range A-B or *.
namespace timberline::rules {

struct AttentionEdit {
    enum class Kind : std::uint8_t {
        Ablate,       ///< the head's output is 0
        Scale,        ///< the head's output is multiplied by `value`
        Temperature,  ///< the head's scores are divided by `value`
        Swap,         ///< the head attends by the method `variant`
    };
    Kind kind = Kind::Ablate;
    std::int32_t first_layer = 0, last_layer = 0;  ///< both ends included; -1 as last = to the end
    std::int32_t first_head = 0, last_head = 0;
    double value = 1;
    std::string variant;
    friend bool operator==(const AttentionEdit&, const AttentionEdit&) = default;
};

/// Reads a list separated by ';' or line ends; an empty text is an empty list. Errors name the edit, what was found and what was expected.
[[nodiscard]] Result<std::vector<AttentionEdit>> parse_attention_edits(std::string_view text);
/// The one spelling of an edit; parse_attention_edits(to_text(e)) == {e}.
[[nodiscard]] std::string to_text(const AttentionEdit& edit);
[[nodiscard]] std::string to_text(const std::vector<AttentionEdit>& edits);

/// What is done to one head once all edits have been applied in their order: the last of a kind wins, and of "ablate" and "scale" the last.
struct HeadEdit {
    double factor = 1;
    double temperature = 1;
    std::string variant;  ///< empty = the run's own
    [[nodiscard]] bool changed() const noexcept { return factor != 1 || temperature != 1 || !variant.empty(); }
    friend bool operator==(const HeadEdit&, const HeadEdit&) = default;
};
/// [layers * heads]. Errors: a layer or head that the model does not have, with the valid range.
[[nodiscard]] Result<std::vector<HeadEdit>> resolve_attention_edits(const std::vector<AttentionEdit>& edits, std::int64_t layers,
                                                                    std::int64_t heads);

}  // namespace timberline::rules
