// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace timberline::rules {

/// The bookkeeping of PEARL, which drafts the next block while the target
/// judges the last one (arXiv 2408.11850; methods/decoding.md 2.4): what runs
/// beside what, which tokens are tested, what is left to test afterwards. No
/// tokens inside, so that a coin can play it.
///
/// Pre-verify: nothing waits; the target judges the first token of the block
/// that is being drafted. Post-verify: the tokens of the last block that nobody
/// has tested yet wait; the target judges them and the first token of the block
/// being drafted. A step's tests go through the waiting tokens, then that first
/// token, and stop at the first refusal.
class ParallelDrafting
{
public:
    struct Settings {
        bool pre_verify = true;   ///< false: where nothing waits, the draft writes
                                  ///< its block before the target runs
        bool post_verify = true;  ///< false: no block is drafted while waiting tokens are judged; a
                                  ///< bonus token ends a full pass instead
    };
    enum class Mode : std::uint8_t { PreVerify, PostVerify };
    struct Step {
        Mode mode = Mode::PreVerify;
        bool draft_first = false;   ///< a block is drafted alone, before the target
                                    ///< runs; its tokens wait then
        bool draft_beside = false;  ///< a block is drafted while the target runs
    };

    explicit ParallelDrafting(const Settings& settings) : settings_(settings) {}
    void set(const Settings& settings) { settings_ = settings; }

    /// Tokens that were drafted and not tested.
    [[nodiscard]] std::int32_t waiting() const noexcept { return waiting_; }
    /// What the next step does.
    [[nodiscard]] Step next() const noexcept;
    /// Ends a step. @param step as next() said.  @param waited tokens of the
    /// block drafted alone (0 without).  @param drafted tokens of the block
    /// drafted beside the target (0 without, or where nothing could be drafted).
    /// @param passed tests passed, from 0 to tests(waited, drafted).  @return
    /// tokens that the text gains, at least 1: the passed ones, and the
    /// correction after a refusal or the bonus token where no drafted token is
    /// left to test.
    std::int32_t settle(const Step& step, std::int32_t waited, std::int32_t drafted, std::int32_t passed);
    /// Tests of a step with such blocks.
    [[nodiscard]] std::int32_t tests(std::int32_t waited, std::int32_t drafted) const noexcept
    {
        return waiting_ + waited + (drafted > 0 ? 1 : 0);
    }
    /// Forgets what waits.
    void drop() noexcept { waiting_ = 0; }

private:
    Settings settings_;
    std::int32_t waiting_ = 0;
    bool post_ = false;  ///< the last step ended with everything passed and a
                         ///< block under way
};

/// Mean tokens a step when every token is accepted with chance `acceptance`,
/// independently: (1 - a^g) / ((1 - a) (1 + a - a^g)); g at a = 1.
/// @param acceptance in [0,1].  @param length of a block, at least 1.
[[nodiscard]] double parallel_tokens_per_step(double acceptance, std::int32_t length);

}  // namespace timberline::rules
