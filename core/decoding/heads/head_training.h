// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"
#include "core/base/method.h"
#include "core/base/result.h"
#include "core/decoding/heads/head_folder.h"
#include "core/model/language_model.h"
#include "core/training/optimizer.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

/// Training of draft heads, common to all families: one step at a time, no libtorch in this header. The target is frozen. A run is a pure
/// function of settings, text and seed on one thread, and may be continued from its state bit for bit.
namespace timberline::decoding {

/// Sequences of token ids, each of 2 to context tokens.
struct HeadText {
    std::vector<std::vector<TokenId>> train, held_out;
};

/// What looks report beside the loss.
enum class HeadMeasure {
    Accuracy,  ///< per head: share of positions whose likeliest token is the right one
    RSquared,  ///< one number: 1 - squared error / that of the training text's mean. Of heads that predict a number and draft nothing
};

struct HeadTrainerSettings {
    std::int64_t steps = 500;  ///< planned; schedules count with it
    std::int64_t batch = 16;   ///< sequences a step
    double learning_rate = 1e-3;
    double clip_norm = 1;  ///< of each group's gradient; 0 = off
    /// Products with the output matrix in bfloat16 where has_half_products(): several times faster, and as good for training; measurements
    /// stay in float32.
    bool half_products = false;
    std::int64_t cache_bytes = std::int64_t{512} << 20;  ///< of hidden rows of the target kept between epochs; the rest is computed anew
};

struct HeadStep {
    std::int64_t step = 0, epoch = 0;  ///< from 0
    double loss = 0;                   ///< of group 0
    std::vector<double> parts;         ///< per name of parts()
    double learning_rate = 0;
    double gradient_norm = 0;  ///< of group 0, before clipping
    bool finite = true;
};

/// On held-out text.
struct HeadLook {
    std::int64_t step = 0;  ///< steps done
    double loss = 0;
    std::vector<double> accuracy;  ///< as HeadTrainer::measure() says
};

struct HeadTrainerState {
    std::map<std::string, std::vector<float>> parameters;               ///< by name
    std::vector<std::map<std::string, std::vector<float>>> optimizers;  ///< per group
    std::int64_t step = 0, epoch = 0;
    std::int64_t cursor = 0;  ///< sequences of this epoch that were used
    std::int64_t batch = 1;   ///< of this epoch
};

/// Makes an optimizer for a group of so many parameters; called once a group.
using MakeOptimizer = std::function<std::unique_ptr<training::Optimizer>(std::int64_t parameters)>;

/// Not thread-safe.
class HeadTrainer
{
public:
    struct Plan {
        std::shared_ptr<const model::LanguageModel> target;
        const MethodRegistry* methods = nullptr;
        std::string family;  ///< method of family "draft head"
        Values values;       ///< complete
        HeadText text;
        HeadTrainerSettings settings;
        MakeOptimizer make_optimizer;
        std::unique_ptr<training::Schedule> schedule;
        std::uint64_t seed = 1;
    };
    /// Errors: a family that does not fit the target, no training text, cancelled, out of memory.
    [[nodiscard]] static Result<std::unique_ptr<HeadTrainer>> make(Plan plan, const CancelToken& cancel);
    virtual ~HeadTrainer() = default;

    [[nodiscard]] virtual Result<HeadStep> step(const CancelToken& cancel) = 0;
    /// Evaluates held-out text: at most `sequences` of it (0 = all).
    [[nodiscard]] virtual Result<HeadLook> look(std::int64_t sequences, const CancelToken& cancel) = 0;
    /// The heads as they are, with rank accuracies measured on at most `sequences` held-out sequences, rounded to F16 if asked.
    /// Fields training, seed, text_tokens and accepted_per_pass are the caller's.
    [[nodiscard]] virtual Result<HeadFolder> heads(std::int64_t sequences, bool half, const CancelToken& cancel) = 0;

    [[nodiscard]] virtual std::int64_t next_step() const = 0;
    [[nodiscard]] virtual std::int64_t parameter_count() const = 0;  ///< of saved tensors
    [[nodiscard]] virtual std::int64_t head_count() const = 0;
    [[nodiscard]] virtual HeadMeasure measure() const = 0;
    [[nodiscard]] virtual std::vector<std::string> parts() const = 0;
    virtual void set(const HeadTrainerSettings& settings) = 0;  ///< from the next step on; `batch` from the next epoch
    virtual void set_family_values(const Values& values) = 0;
    virtual void set_optimizer_values(const Values& values) = 0;
    virtual void set_schedule(std::unique_ptr<training::Schedule> schedule) = 0;
    [[nodiscard]] virtual HeadTrainerState state() const = 0;
    /// Errors: names or sizes that do not fit, numbers that are not finite. On an error nothing is changed.
    [[nodiscard]] virtual Status restore(const HeadTrainerState& state) = 0;
};

/// Whether this processor multiplies bfloat16 in hardware.
[[nodiscard]] bool has_half_products() noexcept;

/// The list of draft heads; one line a family.
void register_draft_heads(MethodRegistry& registry);

}  // namespace timberline::decoding
