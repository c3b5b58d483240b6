// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/decoding/decode_helpers.h"

#include "core/decoding/drafter.h"
#include "core/decoding/target_pass.h"
#include "core/rules/sampling.h"
#include "core/rules/verification.h"

#include <any>
#include <memory>
#include <vector>

namespace timberline::test {

/// A round loop as small as possible around one drafter, whose every part can be copied.
struct Desk {
    ModelPtr model;
    std::unique_ptr<model::KvStore> store;
    std::unique_ptr<decoding::Drafter> drafter;
    std::unique_ptr<decoding::DecodeController> controller;
    std::vector<TokenId> text;
    std::uint32_t round = 0;

    static Desk make(ModelPtr model, const decoding::RoundSettings& settings, std::vector<TokenId> prompt)
    {
        Desk out{.model = std::move(model), .store = {}, .drafter = {}, .controller = {}, .text = std::move(prompt)};
        const std::int64_t context = out.model->decoder->config().context;
        const auto drafter = std::any_cast<decoding::DrafterFactory>((*methods().find("drafter", settings.drafter.id))->factory);
        out.drafter =
            std::move(drafter({.target = out.model, .draft = nullptr, .heads = {}, .context = context}, settings.drafter.values).value());
        out.controller = std::any_cast<decoding::ControllerFactory>((*methods().find("decode controller", "fixed"))->factory)({});
        out.store = out.model->decoder->make_store(context + 257);
        model::ForwardOutput output;
        model::ForwardInput input;
        input.tokens = std::span(out.text).first(out.text.size() - 1);
        if (!out.model->decoder->forward(input, *out.store, output, {}).ok() || !out.drafter->begin(out.text, {}).ok()) {
            out.drafter = nullptr;
        }
        return out;
    }
    [[nodiscard]] Desk copy() const
    {
        return {.model = model,
                .store = store->snapshot(),
                .drafter = drafter->snapshot(),
                .controller = controller->snapshot(),
                .text = text,
                .round = round};
    }
    /// One greedy round; returns its tree.
    rules::DraftTree play()
    {
        record::Sampling sampling;
        const std::int64_t room = model->decoder->config().context - static_cast<std::int64_t>(text.size());
        const auto plan = controller->plan(static_cast<std::int32_t>(round), drafter->depth_limit());
        decoding::RoundContext context;
        context.committed = text;
        context.round = round++;
        context.seed = 5;
        context.sampling = &sampling;
        context.room = room;
        context.target_store = store.get();
        auto tree = drafter->propose(context, plan, *controller);
        model::ForwardOutput output;
        if (!tree.ok() || !decoding::target_pass(*model->decoder, *tree, drafter->shared_rows(), *store, output, {}).ok()) {
            return {};
        }
        drafter->read_target(*tree, output.logits);
        const auto width = static_cast<std::size_t>(model->decoder->config().vocabulary);
        const auto verdict = rules::verify_greedy(*tree, [&](std::int32_t node) {
            return rules::argmax(std::span<const float>(output.logits).subspan(static_cast<std::size_t>(node) * width, width));
        });
        store->compact(static_cast<std::int64_t>(text.size()) - 1, verdict.path);
        drafter->commit(*tree, verdict.path, verdict.next);
        for (std::size_t i = 1; i < verdict.path.size(); ++i) {
            text.push_back(tree->token[static_cast<std::size_t>(verdict.path[i])]);
        }
        text.push_back(verdict.next);
        return tree.value();
    }
};

}  // namespace timberline::test
