// SPDX-License-Identifier: GPL-3.0-or-later
// Drafters that read the target's hidden rows get those of exactly the newly committed positions.
#include "tests/decoding/round_checks.h"

#include "core/decoding/drafter.h"

#include <QtTest/QtTest>

#include <algorithm>
#include <cmath>

using namespace timberline;
using namespace timberline::test;

namespace {

/// Drafts the first tokens of a known text and compares the target's hidden rows that it is given with those of a fresh forward.
class HiddenProbe final : public decoding::Drafter
{
public:
    struct Findings {
        std::vector<TokenId> text;  ///< prompt and plain continuation
        int rounds = 0;
        double worst = 0;
    };
    /// @param tapped layer whose rows are asked for in place of the final ones, -1 = the final ones.
    HiddenProbe(ModelPtr target, std::shared_ptr<Findings> findings, std::int64_t tapped)
        : target_(std::move(target)), findings_(std::move(findings)), tapped_(tapped)
    {}

    [[nodiscard]] Status begin(std::span<const TokenId> committed, const CancelToken&) override
    {
        fresh_ = tapped_ < 0 ? committed.size() - 1 : 0;  // the prompt's inner rows are the drafter's own affair
        return {};
    }
    [[nodiscard]] Result<rules::DraftTree> propose(const decoding::RoundContext& context, const decoding::DraftPlan&,
                                                   decoding::DecodeController&) override
    {
        compare(context);
        auto tree = rules::DraftTree::with_root(context.committed.back());
        const std::size_t at = context.committed.size();
        for (std::size_t i = 0; i < 3 && at + i < findings_->text.size(); ++i) {
            // Every other round's second token is wrong, so that paths end inside and at the end of the tree.
            const TokenId right = findings_->text[at + i];
            tree.child_kind[i] = record::DrawKind::PointMass;
            tree.add(static_cast<std::int32_t>(i), i == 1 && context.round % 2 == 1 ? (right + 1) % 4096 : right, 1);
        }
        return tree;
    }
    void commit(const rules::DraftTree&, std::span<const std::int32_t> path, TokenId) override { fresh_ = path.size(); }
    void set_values(const Values&) override {}
    [[nodiscard]] std::unique_ptr<Drafter> snapshot() const override { return std::make_unique<HiddenProbe>(*this); }
    [[nodiscard]] std::int32_t depth_limit() const override { return 3; }
    [[nodiscard]] bool wants_target_hidden() const override { return tapped_ < 0; }
    [[nodiscard]] std::vector<std::int64_t> target_layers() const override
    {
        return tapped_ < 0 ? std::vector<std::int64_t>{} : std::vector<std::int64_t>{tapped_};
    }

private:
    void compare(const decoding::RoundContext& context)
    {
        const model::Decoder& decoder = *target_->decoder;
        const auto width = static_cast<std::size_t>(decoder.config().hidden);
        auto store = decoder.make_store(128);
        model::ForwardOutput out;
        model::ForwardInput input;
        input.tokens = context.committed.first(context.committed.size() - 1);
        input.capture.hidden = tapped_ >= 0;
        const auto given = tapped_ < 0 ? context.target_hidden : context.target_taps;
        const auto other = tapped_ < 0 ? context.target_taps : context.target_hidden;
        const bool good = decoder.forward(input, *store, out, {}).ok() && given.size() == fresh_ * width && other.empty();
        findings_->worst = good ? findings_->worst : 1e9;
        const auto& all = tapped_ < 0 ? out.hidden : out.captures.hidden[static_cast<std::size_t>(tapped_)];
        for (std::size_t i = 0; good && i < given.size(); ++i) {
            findings_->worst = std::max(findings_->worst, static_cast<double>(std::abs(all[all.size() - given.size() + i] - given[i])));
        }
        ++findings_->rounds;
    }

    ModelPtr target_;
    std::shared_ptr<Findings> findings_;
    std::int64_t tapped_;
    std::size_t fresh_ = 0;  ///< positions committed since the last proposal
};

}  // namespace

class TestTargetHidden : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(target()); }

    void draftersGetTheTargetsHiddenRows_data()
    {
        QTest::addColumn<int>("tapped");
        QTest::addRow("final rows") << -1;
        QTest::addRow("rows after block 5 alone") << 5;
    }
    void draftersGetTheTargetsHiddenRows()
    {
        QFETCH(int, tapped);
        const auto findings = std::make_shared<HiddenProbe::Findings>();
        const auto plain = decode(job(target(), nullptr, kPrompt, 40), settings("plain"));
        QVERIFY(plain.ok());
        const auto ids = record::generated_ids(*plain.value());
        findings->text = kPrompt;
        findings->text.insert(findings->text.end(), ids.begin(), ids.end());
        MethodRegistry registry;
        decoding::register_controllers(registry);
        decoding::register_acceptance_rules(registry);
        MethodInfo info;
        info.id = "hidden-probe";
        info.family = "drafter";
        registry.add(info, decoding::DrafterFactory([&](const decoding::DrafterResources& resources,
                                                        const Values&) -> Result<std::unique_ptr<decoding::Drafter>> {
                         return std::unique_ptr<decoding::Drafter>(std::make_unique<HiddenProbe>(resources.target, findings, tapped));
                     }));
        auto work = job(target(), nullptr, kPrompt, 40);
        work.methods = &registry;
        auto values = settings("plain");
        values.drafter = {"hidden-probe", {}};
        const auto run = decode(work, values);
        QVERIFY(run.ok());
        QCOMPARE(record::generated_ids(*run.value()), ids);
        QVERIFY(findings->rounds > 8);
        QVERIFY2(findings->worst < 1e-4, qPrintable(QString::number(findings->worst)));
    }
};

QTEST_APPLESS_MAIN(TestTargetHidden)
#include "test_target_hidden.moc"
