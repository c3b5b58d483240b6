// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/exits_lens.h"

#include "core/base/files.h"
#include "core/exits/lens_training.h"
#include "core/run/text_bench.h"

#include <algorithm>

namespace timberline::run {
namespace {

constexpr std::int64_t kPiece = 256;  ///< tokens of one training text
constexpr std::uintmax_t kLargestText = std::uintmax_t{64} << 20;

/// Text that the model writes itself at temperature 1, piece by piece from its own beginning.
Result<std::vector<std::vector<TokenId>>> own_texts(const BenchJob& job, const model::LanguageModel& model, std::int64_t wanted)
{
    record::Sampling sampling;
    sampling.temperature = 1;
    const std::int64_t piece = std::min(kPiece, model.folder.config.context);
    TIMBERLINE_ASSIGN(const auto start, model.folder.encode_prompt(""));
    std::vector<std::vector<TokenId>> out;
    std::int64_t total = 0;
    std::int32_t moment = 0;
    for (; total < wanted; total += piece) {
        auto text = start;
        const auto store = model.decoder->make_store(piece);
        model::ForwardOutput output;
        model::ForwardInput input;
        std::size_t fed = 0;
        while (static_cast<std::int64_t>(text.size()) < piece) {
            input.tokens = std::span<const TokenId>(text).subspan(fed);
            input.logits = model::ForwardInput::Logits::Last;
            TIMBERLINE_TRY(model.decoder->forward(input, *store, output, job.cancel));
            fed = text.size();
            text.push_back(next_token(sampling, output.logits, text, job.config.seed, moment++));
        }
        job.sink.on_progress(static_cast<double>(total) / static_cast<double>(wanted), "writing text for the lens");
        out.push_back(std::move(text));
    }
    return out;
}

}  // namespace

Result<std::vector<std::vector<TokenId>>> lens_texts(const model::LanguageModel& model, const std::string& path, std::int64_t wanted)
{
    TIMBERLINE_ASSIGN(const auto content, read_file(path, kLargestText));
    // Tokens are seldom shorter than a byte: more text than this is not needed.
    TIMBERLINE_ASSIGN(const auto ids, model.folder.encode_prompt(content.substr(0, static_cast<std::size_t>(wanted) * 16)));
    const auto piece = static_cast<std::size_t>(std::min(kPiece, model.folder.config.context));
    const auto& bos = model.folder.bos_id;
    const bool led = bos && ids.front() == *bos && piece > 1;
    std::vector<std::vector<TokenId>> out;
    std::int64_t total = 0;
    for (std::size_t begin = 0; begin < ids.size() && total < wanted;) {
        std::vector<TokenId> text;
        if (led && begin > 0) {
            text.push_back(*bos);
        }
        const std::size_t end = std::min(ids.size(), begin + piece - text.size());
        text.insert(text.end(), ids.begin() + static_cast<std::ptrdiff_t>(begin), ids.begin() + static_cast<std::ptrdiff_t>(end));
        begin = end;
        total += static_cast<std::int64_t>(text.size());
        out.push_back(std::move(text));
    }
    return out;
}

Result<PreparedLens> prepare_lens(const BenchJob& job, const ExitsSettings& settings, const model::LanguageModel& model)
{
    PreparedLens out;
    if (settings.lens != "tuned") {
        return out;
    }
    if (settings.lens_path.empty()) {
        return make_error(ErrorCode::InvalidArgument, "exits.lens_path is empty, expected the file of the tuned lens",
                          settings.train_lens ? "Name the file that the trained lens is to be written to."
                                              : "Name a lens file, or set exits.train_lens to train one.");
    }
    const auto path = resolve_model_path(settings.lens_path);
    if (!settings.train_lens) {
        TIMBERLINE_ASSIGN(out.tuned, exits::load_lens(path, model.folder.config));
        return out;
    }
    TIMBERLINE_TRY(exits::check_lens_tokens(model.folder.config, settings.lens_tokens));
    TIMBERLINE_ASSIGN(const auto texts, settings.lens_text.empty() ? own_texts(job, model, settings.lens_tokens)
                                                                   : lens_texts(model, settings.lens_text, settings.lens_tokens));
    TIMBERLINE_ASSIGN(const auto rows, exits::read_lens_rows(*model.decoder, texts, settings.lens_tokens, job.cancel));
    TIMBERLINE_ASSIGN(const auto weights, model::file_weights(model.folder.config, model.folder.weights, job.cancel));
    exits::LensTraining training;
    training.steps = settings.lens_steps;
    training.batch = settings.lens_batch;
    training.rate = settings.lens_rate;
    training.warm_start = settings.lens_warm_start;
    training.seed = job.config.seed;
    const auto on_step = [&](std::int64_t step, double loss) {
        out.training_loss.push_back(loss);
        job.sink.on_progress(static_cast<double>(step + 1) / static_cast<double>(training.steps), "training the lens");
    };
    TIMBERLINE_ASSIGN(out.tuned, exits::train_lens(model.folder.config, *weights, rows, training, on_step, job.cancel));
    TIMBERLINE_TRY(exits::save_lens(*out.tuned, path));
    return out;
}

}  // namespace timberline::run
