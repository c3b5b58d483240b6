// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/heads_parts.h"

#include "core/base/files.h"
#include "core/base/text.h"
#include "core/decoding/decode.h"
#include "core/record/folds.h"

#include <algorithm>
#include <chrono>

namespace timberline::run {
namespace {

constexpr std::uintmax_t kLargestPrompts = std::uintmax_t{16} << 20;

Result<std::vector<std::vector<TokenId>>> prompts_of(const HeadsValues& values, const model::LanguageModel& target)
{
    std::vector<std::vector<TokenId>> out;
    if (values.prompts_file.empty()) {
        return out;
    }
    TIMBERLINE_ASSIGN(const auto text, read_file(values.prompts_file, kLargestPrompts));
    for (std::size_t begin = 0; begin < text.size();) {
        const auto end = std::min(text.find('\n', begin), text.size());
        if (end > begin) {
            TIMBERLINE_ASSIGN(auto ids, target.folder.encode_prompt(text.substr(begin, end - begin)));
            out.push_back(std::move(ids));
        }
        begin = end + 1;
    }
    if (out.empty()) {
        return make_error(ErrorCode::BadFile, values.prompts_file + ": there is no prompt in it", "Write one prompt a line.");
    }
    return out;
}

/// Tells texts of other settings, prompts or targets apart.
std::string text_key(const HeadsValues& values, const model::LanguageModel& target, std::uint64_t seed,
                     const std::vector<std::vector<TokenId>>& prompts)
{
    const OrderedJson key = {{"text", values.text},
                             {"file", values.text_file},
                             {"tokens", values.tokens},
                             {"length", values.length},
                             {"opening", values.opening},
                             {"temperature", values.temperature},
                             {"seed", seed},
                             {"target", decoding::fingerprint_of(target.folder).weights},
                             {"prompts", prompts}};
    return "timberline-text 1 " + key.dump();
}

/// Plays one method from beginning to end.
class SteadyDirector final : public decoding::RoundDirector
{
public:
    explicit SteadyDirector(decoding::RoundSettings settings) : settings_(std::move(settings)) {}
    [[nodiscard]] Result<Decision> before_round(std::int32_t /*round*/, const CancelToken& /*cancel*/) override
    {
        Decision out;
        out.settings = settings_;
        return out;
    }

private:
    decoding::RoundSettings settings_;
};

Result<decoding::MethodSelection> selection(const MethodRegistry& methods, std::string_view family, const std::string& id, Values given)
{
    TIMBERLINE_ASSIGN(const MethodRegistry::Entry* entry, methods.find(family, id));
    std::erase_if(given, [&](const auto& item) {
        return std::ranges::find(entry->info.hyperparameters, item.first, &Hyperparameter::key) == entry->info.hyperparameters.end();
    });
    TIMBERLINE_ASSIGN(auto values, complete_values(entry->info.hyperparameters, given, id));
    return decoding::MethodSelection{.id = id, .values = std::move(values)};
}

}  // namespace

Result<HeadsText> prepare_heads_text(const BenchJob& job, const HeadsValues& values, const model::LanguageModel& target)
{
    const auto begin = std::chrono::steady_clock::now();
    TIMBERLINE_ASSIGN(auto prompts, prompts_of(values, target));
    const auto key = text_key(values, target, job.config.seed, prompts);
    const auto file =
        values.checkpoint_path.empty() ? std::filesystem::path{} : std::filesystem::path(values.checkpoint_path).parent_path() / "text.ids";
    HeadsText out;
    std::vector<std::vector<TokenId>> sequences;
    // A file of the user's is read anew each time: its name does not tell whether it is still the same.
    const bool keeps = !file.empty() && values.text != "file";
    if (keeps) {
        sequences = decoding::load_text(file, key, target.folder.config.vocabulary);
    }
    const bool kept = !sequences.empty();
    if (!kept && values.text == "file") {
        if (values.text_file.empty()) {
            return make_error(ErrorCode::InvalidArgument, "heads.text_file is empty: expected a text file, because heads.text is \"file\"",
                              "Name the file, or set heads.text to \"target\".");
        }
        TIMBERLINE_ASSIGN(sequences, decoding::read_text(values.text_file, target.folder, values.tokens,
                                                         std::min(values.length, target.folder.config.context)));
    } else if (!kept) {
        const decoding::WrittenText wanted{.tokens = values.tokens,
                                           .length = std::min(values.length, target.folder.config.context),
                                           .rows = std::clamp<std::int64_t>(values.tokens / values.length, 1, 64),
                                           .opening = values.opening,
                                           .temperature = values.temperature,
                                           .prompts = std::move(prompts),
                                           .seed = job.config.seed};
        TIMBERLINE_ASSIGN(sequences, decoding::write_text(
                                         target, wanted, [&](double done) { job.sink.on_progress(done, "writing text"); }, job.cancel));
    }
    if (!kept && keeps) {
        if (const auto saved = decoding::save_text(file, sequences, key); !saved.ok()) {
            job.sink.on_note(saved.error().message + "; the text will be written again on resuming");
        }
    }
    for (const auto& sequence : sequences) {
        out.tokens += static_cast<std::int64_t>(sequence.size());
    }
    out.text = decoding::split_text(std::move(sequences), values.held_out, job.config.seed);
    if (!kept) {
        out.wall_ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
    }
    return out;
}

Result<record::HeadAcceptance> measure_acceptance(const BenchJob& job, const HeadsValues& values,
                                                  const std::shared_ptr<const model::LanguageModel>& target, decoding::HeadFolderPtr heads,
                                                  const decoding::HeadText& text)
{
    TIMBERLINE_ASSIGN(const MethodRegistry::Entry* entry, job.methods.find("drafter", heads->family));
    const auto& partners = entry->info.partners;
    decoding::RoundSettings settings;
    settings.sampling.temperature = 0;
    TIMBERLINE_ASSIGN(settings.drafter, selection(job.methods, "drafter", heads->family, {{"total_nodes", values.tree_nodes}}));
    TIMBERLINE_ASSIGN(settings.controller, selection(job.methods, "decode controller", partners.empty() ? "fixed" : partners[0], {}));
    TIMBERLINE_ASSIGN(settings.acceptance, selection(job.methods, "acceptance rule", partners.size() < 2 ? "exact" : partners[1], {}));
    decoding::DecodeJob decode;
    decode.target = target;
    decode.methods = &job.methods;
    decode.trained = std::move(heads);
    decode.seed = job.config.seed;
    decode.max_new_tokens = values.acceptance_tokens;
    decode.stop_ids = target->folder.stop_ids;
    decode.laws = decoding::DecodeJob::Laws::None;
    decode.instrumented = false;

    record::HeadAcceptance out;
    out.nodes = static_cast<std::int32_t>(values.tree_nodes);
    out.tokens = static_cast<std::int32_t>(values.acceptance_tokens);
    std::int64_t tokens = 0, rounds = 0;
    const auto& openings = text.held_out.empty() ? text.train : text.held_out;
    const auto count = std::min(static_cast<std::size_t>(values.prompts_measured), openings.size());
    NullSink quiet;
    for (std::size_t i = 0; i < count; ++i) {
        const auto& sequence = openings[i];
        const auto length =
            std::clamp<std::size_t>(static_cast<std::size_t>(values.opening) + 1, 2, std::max<std::size_t>(sequence.size(), 2));
        decode.prompt.assign(sequence.begin(), sequence.begin() + static_cast<std::ptrdiff_t>(std::min(length, sequence.size())));
        SteadyDirector director(settings);
        TIMBERLINE_ASSIGN(const auto record, decoding::decode(decode, {}, director, job.cancel, quiet));
        if (const auto* finished = record::run_finished(*record); finished == nullptr || finished->reason == "error") {
            return make_error(ErrorCode::Internal, "measuring acceptance: " + (finished == nullptr ? "no end" : finished->message));
        } else if (finished->reason == "cancelled") {
            return make_error(ErrorCode::Cancelled, "measuring acceptance was cancelled");
        }
        out.prompt_accepted.push_back(static_cast<float>(record::accepted_per_pass(*record).value_or(1)));
        for (const auto* round : record::rounds(*record)) {
            tokens += round->kept;
            ++rounds;
        }
    }
    out.accepted_per_pass = rounds > 0 ? static_cast<double>(tokens) / static_cast<double>(rounds) : 0;
    return out;
}

}  // namespace timberline::run
