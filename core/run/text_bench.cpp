// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/text_bench.h"

#include "core/base/random.h"
#include "core/record/record.h"
#include "core/rules/sampling.h"
#include "core/run/model_cache.h"
#include "core/run/run_record.h"

#include <algorithm>

namespace timberline::run {

namespace {

constexpr std::int64_t kAllTextsLimit = 8192;  ///< vocabularies up to this size keep all token texts

}  // namespace

Result<std::vector<TokenId>> prompt_ids(const Config& config, const model::ModelFolder& folder)
{
    std::vector<TokenId> ids;
    if (config.ids && !config.ids->empty()) {
        ids = *config.ids;
    } else {
        TIMBERLINE_ASSIGN(ids, folder.encode_prompt(config.ids ? "" : config.prompt.value_or("")));
    }
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (ids[i] < 0 || ids[i] >= folder.config.vocabulary) {
            return make_error(ErrorCode::InvalidArgument,
                              "ids[" + std::to_string(i) + "] is " + std::to_string(ids[i]) + ", outside the vocabulary of " + folder.name +
                                  " (expected 0 to " + std::to_string(folder.config.vocabulary - 1) + ")",
                              config.ids ? "Use ids of this model's tokenizer."
                                         : "The tokenizer does not belong to this model: check tokenizer.json.");
        }
    }
    if (ids.empty()) {
        return make_error(ErrorCode::InvalidArgument, "the prompt is empty and " + folder.name + " has no BOS token",
                          "Give a prompt with --prompt or --ids.");
    }
    if (static_cast<std::int64_t>(ids.size()) > folder.config.context) {
        return make_error(ErrorCode::InvalidArgument,
                          "the prompt has " + std::to_string(ids.size()) + " tokens; " + folder.name + " takes at most " +
                              std::to_string(folder.config.context),
                          "Shorten the prompt.");
    }
    return ids;
}

Result<TextStart> start_text_bench(const BenchJob& job)
{
    const Config& config = job.config;
    TextStart out;
    job.sink.on_progress(-1, "loading " + config.model);
    TIMBERLINE_ASSIGN(out.model, job.models.load(config.model, "cpu", job.cancel));
    if (config.device == "cuda") {
        job.sink.on_note("the bench " + config.bench + " reads inside the model and runs on the CPU");
    }
    TIMBERLINE_ASSIGN(out.prompt, prompt_ids(config, out.model->folder));
    out.stop_ids = config.ignore_eos ? std::vector<TokenId>{} : out.model->folder.stop_ids;
    decoding::DecodeJob decode;
    decode.target = out.model;
    decode.prompt = out.prompt;
    decode.stop_ids = out.stop_ids;
    out.started = start_event(config, decode, job.threads);
    out.started.model_hash = job.models.hash_of(out.model);
    out.started.token_text = token_texts(out.model->folder);
    return out;
}

RecordWriter::RecordWriter(ProgressSink& sink, record::RunStarted started) : sink_(sink), record_(std::make_shared<record::Record>())
{
    add(std::move(started));
}

void RecordWriter::append(record::Event event)
{
    record_->events.push_back(std::move(event));
    sink_.on_event(record_->events.back());
}

record::RecordPtr RecordWriter::finish(Config config, const std::vector<ConfigEvent>& live, std::span<const TokenId> occurring)
{
    finish_record(*record_, std::move(config), live, /*keep_all_texts=*/true);
    auto& started = std::get<record::RunStarted>(record_->events.front().payload);
    if (started.vocabulary > kAllTextsLimit) {
        std::vector<TokenId> kept(started.prompt);
        kept.insert(kept.end(), occurring.begin(), occurring.end());
        std::sort(kept.begin(), kept.end());
        std::erase_if(started.token_text, [&](const auto& item) { return !std::binary_search(kept.begin(), kept.end(), item.first); });
    }
    return std::move(record_);
}

TokenId next_token(const record::Sampling& sampling, std::span<const float> logits, std::span<const TokenId> text, std::uint64_t seed,
                   std::int32_t moment)
{
    std::vector<float> law(logits.begin(), logits.end());
    rules::apply_sampling(sampling, text, law);
    if (sampling.temperature == 0) {
        return rules::argmax(law);
    }
    return rules::sample(law, uniform({.seed = seed,
                                       .purpose = RandomPurpose::TargetSample,
                                       .round = static_cast<std::uint32_t>(moment),
                                       .position = static_cast<std::uint32_t>(text.size()),
                                       .sibling = 0}));
}

}  // namespace timberline::run
