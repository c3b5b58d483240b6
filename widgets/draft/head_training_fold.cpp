// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/draft/head_training_fold.h"

#include <algorithm>
#include <charconv>

namespace timberline::widgets {

namespace {

/// Takes what a block holds; what is not ascending (a damaged record) is left out, because views search by step.
template <typename Item>
void append(std::vector<Item>& list, Item item)
{
    if (list.empty() || item.step > list.back().step) {
        list.push_back(std::move(item));
    }
}

}  // namespace

void HeadTrainingFold::add(const record::Event& event)
{
    if (const auto* change = std::get_if<record::ParameterChanged>(&event.payload)) {
        m_changes.push_back({change->round, change->key, change->old_value, change->new_value});
        if (change->key == "steps" || change->key.ends_with(".steps")) {
            std::int64_t steps = 0;
            const auto& text = change->new_value;
            if (std::from_chars(text.data(), text.data() + text.size(), steps).ec == std::errc{} && steps > 0) {
                m_planned = steps;
            }
        }
        return;
    }
    const auto* block = std::get_if<record::Block>(&event.payload);
    if (block == nullptr) {
        return;
    }
    const auto take = [this](auto read, auto&& use) {
        if (read.ok()) {
            use(std::move(read).value());
        } else {
            ++m_refused;
        }
    };
    if (block->kind == record::kHeadSteps) {
        take(record::head_steps_from(*block), [this](record::HeadSteps steps) {
            for (auto& step : steps.steps) {
                append(m_steps, std::move(step));
            }
        });
    } else if (block->kind == record::kHeadLook) {
        take(record::head_look_from(*block), [this](record::HeadLook look) { append(m_looks, std::move(look)); });
    } else if (block->kind == record::kHeadAcceptance) {
        take(record::head_acceptance_from(*block), [this](record::HeadAcceptance one) { append(m_acceptances, std::move(one)); });
    } else if (block->kind == record::kHeadSetup) {
        take(record::head_setup_from(*block), [this](record::HeadSetup setup) {
            m_planned = m_planned > 0 ? m_planned : setup.steps;
            m_setup = std::move(setup);
        });
    }
}

bool HeadTrainingFold::measured() const
{
    return std::ranges::any_of(m_acceptances, [](const auto& one) { return !one.prompt_accepted.empty(); });
}

const record::HeadAcceptance* HeadTrainingFold::best() const
{
    const auto kept = std::find_if(m_acceptances.rbegin(), m_acceptances.rend(), [](const auto& one) { return one.kept; });
    if (kept != m_acceptances.rend()) {
        return kept->prompt_accepted.empty() ? nullptr : &*kept;
    }
    const record::HeadAcceptance* out = nullptr;
    for (const auto& one : m_acceptances) {
        if (!one.prompt_accepted.empty() && (out == nullptr || one.accepted_per_pass >= out->accepted_per_pass)) {
            out = &one;
        }
    }
    return out;
}

}  // namespace timberline::widgets
