// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/hyperparameter.h"
#include "core/base/result.h"

#include <any>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace timberline {

/// Where a method was published.
struct Source {
    std::string title;
    std::string authors;
    int year = 0;
    std::string arxiv;  ///< "2211.17192", empty when there is none
};

enum class Lossless { Yes, No, NotApplicable };

/// Everything about a method but its code. Panels, cards, command line flags, docs rows and smoke tests come from it.
struct MethodInfo {
    std::string id = {};       ///< lower-case-with-dashes, forever
    std::string family = {};   ///< one of kFamilies
    std::string title = {};    ///< translatable
    std::string summary = {};  ///< translatable; one or two sentences for the card
    std::vector<Source> sources = {};
    Lossless lossless = Lossless::NotApplicable;  ///< at default values; decode families only
    std::string lossy_when = {};                  ///< translatable; the values that make a lossless method lossy, or empty
    std::string requires_text = {};               ///< translatable; what must be present: "a draft model with the same tokenizer"
    std::vector<Hyperparameter> hyperparameters = {};
    std::vector<std::string> partners = {};  ///< drafters: default controller id and acceptance rule id
    std::string example = {};                ///< JSON config, the smallest in which the method does its work (under 5 s on 2 cores)
};

/// The families, in the order in which they are listed.
inline constexpr std::string_view kFamilies[] = {
    "drafter",   "draft head", "decode controller", "acceptance rule", "sampling transform", "exit policy", "attention variant", "quantizer", "loss",
    "optimizer", "schedule",          "training scheme", "probe",              "lab",         "data set",          "manual"};

/// A list of methods: per family an explicit `void register_<family>s(MethodRegistry&)` adds one line a method. No static initialisers.
/// The factory is type-erased here; each family defines its own function type and casts in one place.
class MethodRegistry
{
public:
    struct Entry {
        MethodInfo info;
        std::any factory;  ///< the family's factory type, e.g. decoding::DrafterFactory
    };

    /// Precondition: no entry with this family and id yet, and the family is one of kFamilies.
    void add(MethodInfo info, std::any factory);

    [[nodiscard]] const std::vector<Entry>& entries() const noexcept { return entries_; }

    /// The error names the family, the id and the nearest valid spelling.
    [[nodiscard]] Result<const Entry*> find(std::string_view family, std::string_view id) const;

    [[nodiscard]] std::vector<const Entry*> family(std::string_view family) const;

private:
    std::vector<Entry> entries_;
};

}  // namespace timberline
