// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"
#include "core/base/method.h"
#include "core/base/progress.h"
#include "core/record/landscape_grid.h"
#include "core/record/record.h"
#include "core/run/config.h"
#include "core/run/landscape_study.h"

#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace timberline::run {

/// Stands between training and the run's own sink: hands events on, holds the last one back, and draws a coarse surface around every k-th
/// snapshot on one thread of its own. Which snapshots are drawn, and where their blocks stand in the record, depends on k alone: where the
/// surface is slower than training, training waits, and FollowCost says for how long. k = 0 is measured at the first surface and written
/// into the record's config. Used from the job's thread.
class FollowingSink final : public ProgressSink
{
public:
    /// All references must outlive the sink.
    FollowingSink(const Config& config, const MethodRegistry& methods, const CancelToken& cancel, ProgressSink& inner);
    ~FollowingSink() override;
    FollowingSink(const FollowingSink&) = delete;
    FollowingSink& operator=(const FollowingSink&) = delete;

    void on_event(const record::Event& event) override;
    void on_progress(double fraction, const std::string& what) override { inner_.on_progress(fraction, what); }
    void on_note(const std::string& note) override { inner_.on_note(note); }

    /// Waits for the surface under way. Then: training's record with the surfaces where they were drawn, without its RunFinished.
    [[nodiscard]] std::shared_ptr<record::Record> merged(const record::Record& training);

    [[nodiscard]] std::int32_t planes() const noexcept { return planes_; }
    /// Null when nothing was followed.
    [[nodiscard]] std::optional<record::FollowCost> cost() const;
    /// The data set that the surfaces were drawn on, for others to share; may be null.
    [[nodiscard]] std::shared_ptr<const training::DataSet> data() const { return data_; }

private:
    struct Surface {
        std::vector<record::Block> blocks;
        std::string problem;
        double milliseconds = 0;
    };
    struct Inserted {
        std::size_t after = 0;  ///< events of training before it
        record::Event event;
    };
    struct Seen {
        std::string kind;  ///< of blocks that the finished record may lack; else empty
        std::int32_t moment = -1;
    };

    [[nodiscard]] bool due();
    [[nodiscard]] Status make_data();
    [[nodiscard]] Status prepare(const record::Block& snapshot);
    void begin_surface(const record::Block& snapshot);
    void take_surface();
    void insert(record::Event event);
    void give_up(const std::string& why);
    [[nodiscard]] Surface draw(std::int32_t plane, std::int32_t moment);
    [[nodiscard]] Status draw_blocks(std::int32_t plane, std::vector<record::Block>& blocks);

    const Config& config_;
    const MethodRegistry& methods_;
    CancelToken cancel_;
    ProgressSink& inner_;
    LandscapeValues values_;
    std::vector<Seen> seen_;
    std::vector<Inserted> inserted_;
    record::Event setup_;
    bool has_setup_ = false, failed_ = false;
    std::int64_t snapshots_ = 0, every_ = 0, next_due_ = 0;
    std::chrono::steady_clock::time_point measured_from_;
    std::int32_t planes_ = 0;
    std::future<Surface> under_way_;
    double last_ms_ = 0;  ///< of the last surface; read after waiting for it
    std::shared_ptr<const training::DataSet> data_;
    std::optional<LandscapeStudy> study_;  ///< of the snapshot under way
    landscape::Problem problem_;
    GaussianCache gaussians_;
    record::FollowCost cost_;
};

}  // namespace timberline::run
