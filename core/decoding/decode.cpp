// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/decode.h"

#include "core/decoding/round_loop.h"

#include <string>

namespace timberline::decoding {

namespace {

Status check_job(const DecodeJob& job)
{
    if (!job.target || !job.target->decoder || job.methods == nullptr) {
        return make_error(ErrorCode::Internal, "decode: the job has no target model or no list of methods");
    }
    const model::DecoderConfig& config = job.target->decoder->config();
    if (job.prompt.empty()) {
        return make_error(ErrorCode::InvalidArgument, "prompt: got no tokens, expected at least one",
                          "Give a prompt, or a model with a BOS token.");
    }
    if (static_cast<std::int64_t>(job.prompt.size()) > config.context) {
        return make_error(ErrorCode::InvalidArgument,
                          "prompt: got " + std::to_string(job.prompt.size()) + " tokens, expected at most the model's context of " +
                              std::to_string(config.context),
                          "Shorten the prompt or choose a model with a longer context.");
    }
    for (const TokenId token : job.prompt) {
        if (token < 0 || token >= config.vocabulary) {
            return make_error(ErrorCode::InvalidArgument,
                              "prompt: got token id " + std::to_string(token) + ", expected 0 to " + std::to_string(config.vocabulary - 1),
                              "Use ids of this model's own tokenizer.");
        }
    }
    if (job.draft && job.draft->decoder && job.draft->decoder->config().vocabulary != config.vocabulary) {
        return make_error(ErrorCode::InvalidArgument,
                          "draft model: got a vocabulary of " + std::to_string(job.draft->decoder->config().vocabulary) +
                              " tokens, expected the target's " + std::to_string(config.vocabulary),
                          "Choose a draft model with the target's tokenizer.");
    }
    return {};
}

}  // namespace

Result<std::shared_ptr<record::Record>> decode(const DecodeJob& job, record::RunStarted started, RoundDirector& director,
                                               const CancelToken& cancel, ProgressSink& sink)
{
    TIMBERLINE_TRY(check_job(job));
    RoundLoop loop(job, director, cancel, sink);
    loop.append(std::move(started));
    TIMBERLINE_TRY(loop.prepare());
    TIMBERLINE_TRY(loop.run());
    return loop.record();
}

}  // namespace timberline::decoding
