// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/method_json.h"
#include "app/cli/output.h"
#include "core/base/text.h"
#include "core/run/catalog.h"

#include <algorithm>

namespace timberline::cli {
namespace {

std::string lossless_word(const MethodInfo& info)
{
    switch (info.lossless) {
    case Lossless::Yes:
        return "lossless";
    case Lossless::No:
        return "lossy";
    case Lossless::NotApplicable:
        return "-";
    }
    return "-";
}

std::string card(const MethodInfo& info)
{
    std::string out = info.id + " (" + info.family + ")\n" + info.title + "\n" + info.summary + "\n";
    if (info.lossless != Lossless::NotApplicable) {
        out += lossless_word(info) + (info.lossy_when.empty() ? "" : "; lossy when " + info.lossy_when) + "\n";
    }
    if (!info.requires_text.empty()) {
        out += "needs " + info.requires_text + "\n";
    }
    for (const auto& source : info.sources) {
        out += "source: " + source.title + "; " + source.authors + ", " + std::to_string(source.year) +
               (source.arxiv.empty() ? "" : ", arXiv " + source.arxiv) + "\n";
    }
    std::vector<std::vector<std::string>> rows;
    for (const auto& h : info.hyperparameters) {
        const bool ranged = h.type == ParameterType::Int || h.type == ParameterType::Real || h.type == ParameterType::IntList ||
                            h.type == ParameterType::RealList;
        rows.push_back({"  " + h.key, std::string(name_of(h.type)),
                        ranged ? number_text(h.minimum) + " to " + number_text(h.maximum) : joined(h.choices, "|"),
                        to_text(h.default_value), std::string(name_of(h.effect)), h.help});
    }
    return rows.empty() ? out : out + table({"  key", "type", "range", "default", "effect", "help"}, rows);
}

/// The entries that FAMILY or ID names; all without one.
Result<std::vector<const MethodRegistry::Entry*>> select(const MethodRegistry& registry, const std::string& word)
{
    std::vector<const MethodRegistry::Entry*> out;
    std::vector<std::string> valid(std::begin(kFamilies), std::end(kFamilies));
    const bool is_family = std::ranges::find(valid, word) != valid.end();
    for (const auto& entry : registry.entries()) {
        valid.push_back(entry.info.id);
        if (word.empty() || entry.info.family == word || entry.info.id == word) {
            out.push_back(&entry);
        }
    }
    if (out.empty() && !is_family) {
        return make_error(ErrorCode::NotFound, in_quotes(word) + " is neither a family nor the id of a method", spelling_hint(word, valid));
    }
    return out;
}

int print_examples(const std::vector<const MethodRegistry::Entry*>& entries)
{
    // One example is printed as the config it is, ready for `run`; several as an object by id.
    OrderedJson all = OrderedJson::object();
    for (const auto* entry : entries) {
        const auto example = parse_json(entry->info.example, "example of " + entry->info.id);
        if (!example) {
            return fail(example.error());
        }
        all[entry->info.id] = OrderedJson::parse(entry->info.example);
    }
    print_json(all.size() == 1 ? all.begin().value() : all);
    return kOk;
}

int run(const Arguments& arguments, const CancelToken&)
{
    const auto registry = run::make_catalog();
    const auto chosen = select(registry, arguments.positional.empty() ? "" : arguments.positional[0]);
    if (!chosen) {
        return fail(chosen.error());
    }
    if (arguments.has("example")) {
        return print_examples(*chosen);
    }
    if (arguments.has("json")) {
        OrderedJson out;
        out["methods"] = OrderedJson::array();
        for (const auto* entry : *chosen) {
            out["methods"].push_back(method_json(entry->info));
        }
        print_json(out);
        return kOk;
    }
    if (chosen->size() == 1) {
        print(card((*chosen)[0]->info));
        return kOk;
    }
    std::vector<std::vector<std::string>> rows;
    for (const auto* entry : *chosen) {
        rows.push_back({entry->info.id, entry->info.family, lossless_word(entry->info), entry->info.title});
    }
    print(table({"id", "family", "law", "title"}, rows));
    return kOk;
}

}  // namespace

Command methods_command()
{
    return {{"methods",
             "[FAMILY|ID]",
             0,
             1,
             "Lists the methods, or shows one with its hyperparameters and sources.",
             {{"json", "", "prints JSON"}, {"example", "", "prints the smallest config in which the method does its work"}}},
            run};
}

}  // namespace timberline::cli
