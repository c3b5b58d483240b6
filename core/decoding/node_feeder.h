// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"
#include "core/base/result.h"
#include "core/decoding/draft_model_runner.h"
#include "core/decoding/drafter.h"

#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <utility>

namespace timberline::decoding {

/// Where the laws of a growing tree come from: a small model, or a draft head on the target's hidden rows. It reads the committed text and
/// then nodes, level by level, in caches of its own. One thread.
///
/// A round is: feed_root, any number of feed_nodes, keep; or skip, where nothing is drafted.
class NodeFeeder
{
public:
    virtual ~NodeFeeder() = default;

    /// Forgets everything; may read all committed tokens but the last.
    [[nodiscard]] virtual Status begin(std::span<const TokenId> committed, const CancelToken& cancel) = 0;
    /// Reads what it lacks of the committed text, the pending root included.
    /// @return the raw logits [V] of the root's children, valid until the next feed.
    [[nodiscard]] virtual Result<std::span<const float>> feed_root(const RoundContext& context) = 0;
    /// Reads nodes below the root. @param parents per node: index of a node fed earlier in this round (counted from 0 over all feed_nodes
    /// calls), -1 = the root.  @return logits [nodes, V], valid until the next feed.
    [[nodiscard]] virtual Result<std::span<const float>> feed_nodes(std::span<const TokenId> tokens, std::span<const std::int32_t> parents,
                                                                    const CancelToken& cancel) = 0;
    /// Ends the round: the root stays; of the fed nodes those on `path` were accepted (indices as feed_nodes counts them).
    virtual void keep(std::span<const std::int32_t> path) = 0;
    /// Said before begin and feed_root: the coming tree is a chain, and if `allowed` it may be drafted in the target's own cache.
    virtual void allow_sharing(bool /*allowed*/) {}
    /// As Drafter::shared_rows(); valid until keep.
    [[nodiscard]] virtual SharedRows shared_rows() const { return {}; }
    /// A round in which nothing is drafted.
    virtual void skip(const RoundContext& /*context*/) {}

    [[nodiscard]] virtual std::int64_t vocabulary() const = 0;
    /// Levels that it can draft below a root that ends `committed` tokens.
    [[nodiscard]] virtual std::int32_t depth_limit(std::size_t committed) const = 0;
    /// Levels that it was built for, whatever the text.
    [[nodiscard]] virtual std::int32_t levels() const { return std::numeric_limits<std::int32_t>::max(); }
    [[nodiscard]] virtual std::unique_ptr<NodeFeeder> snapshot() const = 0;
    [[nodiscard]] virtual bool wants_target_hidden() const { return false; }
    [[nodiscard]] virtual std::vector<std::int64_t> target_layers() const { return {}; }
};

/// A small language model as the feeder.
class RunnerFeeder final : public NodeFeeder
{
public:
    explicit RunnerFeeder(DraftModelRunner runner) : runner_(std::move(runner)) {}

    [[nodiscard]] Status begin(std::span<const TokenId> committed, const CancelToken& cancel) override
    {
        return runner_.begin(committed, cancel);
    }
    [[nodiscard]] Result<std::span<const float>> feed_root(const RoundContext& context) override
    {
        return runner_.feed_root(context.committed, context.cancel);
    }
    [[nodiscard]] Result<std::span<const float>> feed_nodes(std::span<const TokenId> tokens, std::span<const std::int32_t> parents,
                                                            const CancelToken& cancel) override
    {
        return runner_.feed_nodes(tokens, parents, cancel);
    }
    void keep(std::span<const std::int32_t> path) override { runner_.keep(path); }
    [[nodiscard]] std::int64_t vocabulary() const override { return runner_.vocabulary(); }
    [[nodiscard]] std::int32_t depth_limit(std::size_t committed) const override { return runner_.depth_limit(committed); }
    [[nodiscard]] std::unique_ptr<NodeFeeder> snapshot() const override { return std::make_unique<RunnerFeeder>(runner_.snapshot()); }

private:
    DraftModelRunner runner_;
};

}  // namespace timberline::decoding
