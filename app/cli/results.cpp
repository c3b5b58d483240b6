// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/results.h"

#include "app/cli/bench_data.h"
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/model/language_model.h"
#include "core/record/codec.h"
#include "core/record/folds.h"

namespace timberline::cli {

Result<std::string> generated_text(const record::Record& record, const std::string& model)
{
    const auto ids = record::generated_ids(record);
    TIMBERLINE_ASSIGN(const auto folder, model::open_model_folder(model));
    if (folder.tokenizer) {
        return folder.tokenizer->decode(ids);
    }
    std::string out;
    for (const auto id : ids) {
        out += "⟨" + std::to_string(id) + "⟩";
    }
    return out;
}

Status outcome(const record::Record& record)
{
    const auto* finished = record::run_finished(record);
    if (finished == nullptr) {
        return make_error(ErrorCode::Internal, "the run ended without saying why", "Please report this with the config.");
    }
    if (finished->reason == "cancelled") {
        return make_error(ErrorCode::Cancelled, "the run was cancelled", "What was generated until then is kept.");
    }
    if (finished->reason == "error") {
        return make_error(ErrorCode::Internal, "the run failed: " + finished->message, "What was generated until then is kept.");
    }
    return {};
}

Status make_folder(const std::filesystem::path& folder)
{
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    if (failed || !std::filesystem::is_directory(folder, failed)) {
        return make_error(ErrorCode::InvalidArgument,
                          folder.string() + " cannot be made a folder: " + (failed ? failed.message() : "a file is in the way"),
                          "Choose another folder with --out.");
    }
    return {};
}

Status write_run(const record::Record& record, const std::filesystem::path& folder)
{
    TIMBERLINE_TRY(make_folder(folder / "data"));
    TIMBERLINE_TRY(record::save(record, folder / "record.tlrun"));
    if (const auto* started = record::run_started(record); started != nullptr && !started->config_json.empty()) {
        TIMBERLINE_TRY(write_file(folder / "config.json", started->config_json));
    }
    return write_data(record, folder / "data");
}

Status apply_sets(run::Config& config, const MethodRegistry& methods, const std::vector<std::string>& sets)
{
    for (const auto& set : sets) {
        const auto equals = set.find('=');
        if (equals == std::string::npos || equals == 0) {
            return make_error(ErrorCode::InvalidArgument, "--set " + in_quotes(set) + ": expected KEY=VALUE",
                              "For example --set draft_length=6.");
        }
        if (const auto done = run::set_by_path(config, methods, set.substr(0, equals), set.substr(equals + 1)); !done.ok()) {
            return done.error().with("--set " + set.substr(0, equals));
        }
    }
    return {};
}

}  // namespace timberline::cli
