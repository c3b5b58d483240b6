// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/base/translate.h"
#include "core/decoding/drafter.h"

namespace timberline::decoding {

namespace {

/// Drafts nothing: every round is one target pass over the pending token (methods/decoding.md 1.1).
class PlainDrafter final : public Drafter
{
public:
    [[nodiscard]] Status begin(std::span<const TokenId> /*committed*/, const CancelToken& /*cancel*/) override { return {}; }
    [[nodiscard]] Result<rules::DraftTree> propose(const RoundContext& context, const DraftPlan& /*plan*/,
                                                   DecodeController& /*controller*/) override
    {
        return rules::DraftTree::with_root(context.committed.back());
    }
    void commit(const rules::DraftTree& /*tree*/, std::span<const std::int32_t> /*path*/, TokenId /*next*/) override {}
    void set_values(const Values& /*values*/) override {}
    [[nodiscard]] std::unique_ptr<Drafter> snapshot() const override { return std::make_unique<PlainDrafter>(*this); }
    [[nodiscard]] std::int32_t depth_limit() const override { return 0; }
};

}  // namespace

MethodRegistry::Entry plain_drafter()
{
    MethodInfo info;
    info.id = "plain";
    info.family = "drafter";
    info.title = TIMBERLINE_TR("Plain decoding");
    info.summary =
        TIMBERLINE_TR("No draft: one token per target pass. Every speed-up and every losslessness check is measured against it.");
    info.sources = {{.title = "Attention Is All You Need", .authors = "Ashish Vaswani et al.", .year = 2017, .arxiv = "1706.03762"}};
    info.lossless = Lossless::Yes;
    info.partners = {"fixed", "exact"};
    info.example = R"({"timberline": 1, "bench": "draft", "model": "bundled:tale", "prompt": "Once upon a time", "max_new_tokens": 24,
 "sampling": {"temperature": 0}, "method": {"drafter": {"id": "plain"}}})";
    const DrafterFactory factory = [](const DrafterResources&, const Values&) -> Result<std::unique_ptr<Drafter>> {
        return std::unique_ptr<Drafter>(std::make_unique<PlainDrafter>());
    };
    return {std::move(info), factory};
}

}  // namespace timberline::decoding
