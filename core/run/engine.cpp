// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/engine.h"

#include "core/base/compute_threads.h"
#include "core/base/files.h"
#include "core/decoding/decode.h"
#include "core/io/safetensors.h"
#include "core/model/device.h"
#include "core/model/language_model.h"
#include "core/model/pair_memory.h"
#include "core/record/folds.h"
#include "core/run/bench_spec.h"
#include "core/run/catalog.h"
#include "core/run/config_plain.h"
#include "core/run/guard.h"
#include "core/run/model_cache.h"
#include "core/run/run_director.h"
#include "core/run/run_record.h"
#include "core/run/text_bench.h"

#include <algorithm>
#include <thread>

namespace timberline::run {
namespace {

constexpr std::int64_t kFullLawsLimit = 8192;  ///< vocabularies up to this size are recorded whole
constexpr int kMostDefaultThreads = 8;

/// What a run needs beside its config.
struct Loaded {
    std::shared_ptr<const model::LanguageModel> target, draft;
    std::vector<TokenId> prompt;
};

int thread_count(const Config& config)
{
    if (config.threads > 0) {
        return static_cast<int>(config.threads);
    }
    return std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, kMostDefaultThreads);
}

bool any_drafter_needs_draft(const Config& config, const MethodRegistry& methods)
{
    const auto needs = [&](const std::string& id) {
        const auto found = methods.find("drafter", id);
        return found.ok() && needs_draft_model((*found)->info);
    };
    return needs(config.drafter.id) || std::ranges::any_of(config.events, [&](const ConfigEvent& event) {
               const auto it = event.choose.find("drafter");
               return it != event.choose.end() && needs(it->second);
           });
}

/// A controller that plays its rounds itself may want the draft model, whatever the drafter.
bool any_controller_plays(const Config& config, const MethodRegistry& methods)
{
    const auto plays = [&](const std::string& id) {
        const auto found = methods.find("decode controller", id);
        return found.ok() && plays_own_rounds(**found);
    };
    return plays(config.controller.id) || std::ranges::any_of(config.events, [&](const ConfigEvent& event) {
               const auto it = event.choose.find("controller");
               return it != event.choose.end() && plays(it->second);
           });
}

/// Says which heads a run was given, as the hashes of its models do. Heads that cannot be read are the drafter's to refuse.
std::string heads_hash(const std::string& folder)
{
    if (folder.empty()) {
        return {};
    }
    const auto file = io::SafetensorsFile::open_file(std::filesystem::path(folder) / "model.safetensors");
    return file.ok() ? file->content_hash() : std::string();
}

/// A run that stands still may let others run (RunControl::wait_for_turn): what they set is put back before it goes on.
class Nesting
{
public:
    explicit Nesting(int& depth) : depth_(depth), threads_(compute_threads()) { ++depth_; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;
    ~Nesting()
    {
        if (--depth_ > 0) {
            set_compute_threads(threads_);
        }
    }

private:
    int& depth_;
    int threads_;
};

class CoreEngine final : public Engine
{
public:
    CoreEngine() : methods_(make_catalog()) {}

    [[nodiscard]] const MethodRegistry& methods() const override { return methods_; }

    Result<record::RecordPtr> run(const Config& config, const CancelToken& cancel, ProgressSink& sink, RunControl* control) override
    {
        return guarded([&]() -> Result<record::RecordPtr> {
            const Nesting nesting(depth_);
            TIMBERLINE_ASSIGN(auto complete_config, complete(config, methods_));
            if (complete_config.bench != "draft") {
                return run_bench(job_of(complete_config, cancel, sink, control));
            }
            TIMBERLINE_ASSIGN(const auto loaded, load(complete_config, control != nullptr, cancel, sink));
            return decode(std::move(complete_config), loaded, /*instrumented=*/true, cancel, sink, control);
        });
    }

    Result<record::RecordPtr> run_unrecorded(const Config& config, const CancelToken& cancel, ProgressSink& sink) override
    {
        if (config.bench != "draft") {
            return run(config, cancel, sink, nullptr);
        }
        return guarded([&]() -> Result<record::RecordPtr> {
            const Nesting nesting(depth_);
            TIMBERLINE_ASSIGN(auto complete_config, complete(config, methods_));
            TIMBERLINE_ASSIGN(const auto loaded, load(complete_config, /*live=*/false, cancel, sink));
            return decode(std::move(complete_config), loaded, /*instrumented=*/false, cancel, sink, nullptr);
        });
    }

    Result<record::Block> query(const Config& config, const BenchQuery& question, const CancelToken& cancel, ProgressSink& sink) override
    {
        return guarded([&]() -> Result<record::Block> {
            const Nesting nesting(depth_);
            TIMBERLINE_ASSIGN(const auto complete_config, complete(config, methods_));
            const auto job = job_of(complete_config, cancel, sink, nullptr);
            if (complete_config.bench == "draft") {
                return query_draft(job, question);
            }
            if (complete_config.bench == "exits") {
                return query_exits(job, question);
            }
            if (complete_config.bench == "attention") {
                return query_attention(job, question);
            }
            if (complete_config.bench == "landscape" || complete_config.bench == "training") {
                return query_landscape(job, question);
            }
            return make_error(ErrorCode::InvalidArgument, "the bench " + complete_config.bench + " answers no questions",
                              "Ask on another bench.");
        });
    }

    Result<record::BaselineMeasured> measure(const Config& config, int repeats, const record::Record* live, const CancelToken& cancel,
                                             ProgressSink& sink) override
    {
        return guarded([&]() -> Result<record::BaselineMeasured> {
            const Nesting nesting(depth_);
            TIMBERLINE_ASSIGN(const auto method, complete(config, methods_));
            if (method.bench != "draft") {
                return make_error(ErrorCode::InvalidArgument, "only the draft bench is measured against plain decoding",
                                  "Choose a drafter on the Draft bench.");
            }
            TIMBERLINE_ASSIGN(const auto loaded, load(method, /*live=*/false, cancel, sink));
            return measure_loaded(method, loaded, std::max(1, repeats), live, cancel, sink);
        });
    }

    Status preload(const Config& config, const CancelToken& cancel) override
    {
        return guarded([&]() -> Status {
            if (const auto* spec = find_bench(config.bench); spec != nullptr && !spec->needs_model) {
                return {};
            }
            TIMBERLINE_TRY(cache_.load(config.model, config.device, cancel));
            if (!config.draft_model.empty()) {
                TIMBERLINE_TRY(cache_.load(config.draft_model, config.device, cancel));
            }
            return {};
        });
    }

    Result<ModelInfo> model_info(const std::string& model) override
    {
        return guarded([&]() -> Result<ModelInfo> {
            TIMBERLINE_ASSIGN(const auto folder, model::open_model_folder(model));
            return describe_folder(folder);
        });
    }

    Result<TensorSummary> tensor_summary(const std::string& model, const std::string& tensor, const CancelToken& cancel) override
    {
        return guarded([&]() -> Result<TensorSummary> {
            TIMBERLINE_ASSIGN(const auto folder, model::open_model_folder(model, cancel));
            TIMBERLINE_ASSIGN(const auto view, folder.weights->tensor(tensor));
            TIMBERLINE_ASSIGN(const auto s, io::statistics(view, cancel));
            return TensorSummary{.minimum = s.minimum,
                                 .maximum = s.maximum,
                                 .mean = s.mean,
                                 .standard_deviation = s.standard_deviation,
                                 .not_finite = s.not_finite};
        });
    }

    Status check_pair(const std::string& target, const std::string& draft) override
    {
        return guarded([&]() -> Status {
            TIMBERLINE_ASSIGN(const auto first, model::open_model_folder(target));
            TIMBERLINE_ASSIGN(const auto second, model::open_model_folder(draft));
            return model::check_draft_pair(first, second);
        });
    }

    Result<std::vector<TokenId>> tokenize(const std::string& model, const std::string& text, bool with_special) override
    {
        return guarded([&]() -> Result<std::vector<TokenId>> {
            if (const auto held = cache_.held(model); held != nullptr) {
                return tokenize_in(held->folder, text, with_special);
            }
            TIMBERLINE_ASSIGN(const auto folder, model::open_model_folder(model));
            return tokenize_in(folder, text, with_special);
        });
    }

    [[nodiscard]] std::vector<std::string> devices() const override
    {
        std::vector<std::string> out = {"cpu"};
        if (model::cuda_available().ok()) {
            out.emplace_back("cuda");
        }
        return out;
    }

private:
    BenchJob job_of(const Config& config, const CancelToken& cancel, ProgressSink& sink, RunControl* control)
    {
        const int threads = thread_count(config);
        set_compute_threads(threads);
        return {.config = config,
                .methods = methods_,
                .models = cache_,
                .threads = threads,
                .cancel = cancel,
                .sink = sink,
                .control = control};
    }

    static Result<record::RecordPtr> run_bench(const BenchJob& job)
    {
        const auto& bench = job.config.bench;
        return bench == "exits"       ? run_exits(job)
               : bench == "attention" ? run_attention(job)
               : bench == "training"  ? run_training(job)
               : bench == "heads"     ? run_heads(job)
                                      : run_landscape(job);
    }

    /// @param live the owner may choose other methods during the run: a draft model that the config names is loaded in any case.
    Result<Loaded> load(const Config& config, bool live, const CancelToken& cancel, ProgressSink& sink)
    {
        set_compute_threads(thread_count(config));
        Loaded out;
        sink.on_progress(-1, "loading " + config.model);
        TIMBERLINE_ASSIGN(out.target, cache_.load(config.model, config.device, cancel));
        if (!out.target->device_note.empty()) {
            sink.on_note(out.target->device_note);
        }
        TIMBERLINE_ASSIGN(out.prompt, prompt_ids(config, out.target->folder));
        const bool needed = any_drafter_needs_draft(config, methods_);
        if (needed && config.draft_model.empty()) {
            return make_error(ErrorCode::InvalidArgument,
                              "drafter " + config.drafter.id + " needs a draft model, and draft_model is not set",
                              "Name a small model with the same tokenizer: draft_model in the config, --draft on the command line.");
        }
        if (!config.draft_model.empty() && !needed && !live && !any_controller_plays(config, methods_)) {
            sink.on_note("draft model " + config.draft_model + " is ignored: " + config.drafter.id + " needs none");
            return out;
        }
        if (!config.draft_model.empty()) {
            sink.on_progress(-1, "loading " + config.draft_model);
            if (cache_.held(config.draft_model) == nullptr) {
                // Why a pair cannot be used is said before its weights are read.
                TIMBERLINE_ASSIGN(const auto draft, model::open_model_folder(config.draft_model, cancel));
                TIMBERLINE_TRY(model::check_draft_pair(out.target->folder, draft));
                const auto fits = [&]() -> Status {
                    return out.target->device == "cpu"
                               ? model::check_pair_memory(out.target->folder, /*target_loaded=*/true, draft, model::available_memory())
                               : Status{};
                };
                if (!fits().ok()) {
                    cache_.release_all_but(config.model);  // models of earlier runs make room
                    TIMBERLINE_TRY(fits());
                }
            }
            TIMBERLINE_ASSIGN(out.draft, cache_.load(config.draft_model, config.device, cancel));
            TIMBERLINE_TRY(model::check_draft_pair(out.target->folder, out.draft->folder));
        }
        return out;
    }

    Result<record::RecordPtr> decode(Config config, const Loaded& loaded, bool instrumented, const CancelToken& cancel, ProgressSink& sink,
                                     RunControl* control)
    {
        const auto& target = *loaded.target;
        const bool small = target.folder.config.vocabulary <= kFullLawsLimit;
        decoding::DecodeJob job;
        job.target = loaded.target;
        job.draft = loaded.draft;
        job.methods = &methods_;
        job.heads = config.heads.empty() ? "" : resolve_model_path(config.heads).string();
        job.prompt = loaded.prompt;
        job.seed = config.seed;
        job.max_new_tokens = config.max_new_tokens;
        job.stop_ids = config.ignore_eos ? std::vector<TokenId>{} : target.folder.stop_ids;
        using Laws = decoding::DecodeJob::Laws;
        const auto& laws = config.record.laws;
        job.laws = laws == "none" ? Laws::None : laws == "full" || (laws == "auto" && small) ? Laws::Full : Laws::Top;
        job.top = static_cast<std::int32_t>(config.record.top);
        job.instrumented = instrumented;

        auto started = start_event(config, job, thread_count(config));
        if (instrumented) {
            started.model_hash = cache_.hash_of(loaded.target);
            started.draft_hash = loaded.draft != nullptr ? cache_.hash_of(loaded.draft) : "";
            started.heads_hash = heads_hash(job.heads);
            started.token_text = token_texts(target.folder);
        }
        RunDirector director(config, methods_, loaded.draft != nullptr, control, sink);
        TIMBERLINE_ASSIGN(auto record, decoding::decode(job, std::move(started), director, cancel, sink));
        finish_record(*record, std::move(config), director.live_events(), /*keep_all_texts=*/small || job.laws == Laws::Full);
        return record::RecordPtr(std::move(record));
    }

    Result<record::BaselineMeasured> measure_loaded(const Config& method, const Loaded& loaded, int repeats, const record::Record* live,
                                                    const CancelToken& cancel, ProgressSink& sink)
    {
        TIMBERLINE_ASSIGN(const auto plain, plain_decoding(method, methods_));

        const bool time_method = repeats > 1 || live == nullptr;
        const int steps = (repeats + 1) * (time_method ? 2 : 1);
        int done = 0;
        NullSink quiet;
        const auto timed = [&](const Config& config) -> Result<record::RecordPtr> {
            sink.on_progress(static_cast<double>(done++) / steps, "measuring " + config.drafter.id);
            TIMBERLINE_ASSIGN(auto record, decode(config, loaded, /*instrumented=*/false, cancel, quiet, nullptr));
            if (const auto* finished = record::run_finished(*record); finished != nullptr && finished->reason == "cancelled") {
                return make_error(ErrorCode::Cancelled, "the measurement was cancelled");
            } else if (finished != nullptr && finished->reason == "error") {
                return make_error(ErrorCode::Internal, finished->message);
            }
            return record;
        };
        BaselineTimes times;
        for (int i = -1; i < repeats; ++i) {  // the first of each is the warm-up
            TIMBERLINE_ASSIGN(const auto baseline, timed(plain));
            record::RecordPtr own;
            if (time_method) {
                TIMBERLINE_ASSIGN(own, timed(method));
            }
            if (i >= 0) {
                times.add(*baseline, own != nullptr ? *own : *live);
            }
        }
        return times.result(time_method);
    }

    static Result<std::vector<TokenId>> tokenize_in(const model::ModelFolder& folder, const std::string& text, bool with_special)
    {
        if (!folder.tokenizer) {
            return make_error(ErrorCode::NotFound, folder.path.string() + " has no tokenizer.json", "Give token ids instead of text.");
        }
        return folder.tokenizer->encode(text, with_special);
    }

    MethodRegistry methods_;
    ModelCache cache_;
    int depth_ = 0;
};

}  // namespace

std::unique_ptr<Engine> make_engine()
{
    return std::make_unique<CoreEngine>();
}

}  // namespace timberline::run

extern "C" timberline::run::Engine* timberline_create_engine()
{
    return timberline::run::make_engine().release();
}
