// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "core/model/language_model.h"
#include "core/record/record.h"
#include "core/run/bench.h"

#include <memory>
#include <span>
#include <string>
#include <vector>

/// What the benches that read a text with a language model share: model, prompt, first event, drawing of the next token, end of the record.
namespace timberline::run {

/// The prompt's ids: the config's ids, else its text encoded, else BOS. Errors: an id outside the vocabulary, an empty prompt without BOS,
/// a prompt that is longer than the context.
[[nodiscard]] Result<std::vector<TokenId>> prompt_ids(const Config& config, const model::ModelFolder& folder);

struct TextStart {
    std::shared_ptr<const model::LanguageModel> model;  ///< on the CPU
    std::vector<TokenId> prompt;
    std::vector<TokenId> stop_ids;  ///< empty when the config ignores end tokens
    record::RunStarted started;     ///< complete: hashes, token texts
};
/// Loads the model on the CPU, whatever the config's device (a note says so where it was cuda), and prepares the record's first event.
[[nodiscard]] Result<TextStart> start_text_bench(const BenchJob& job);

/// Appends events and passes them on in the same order.
class RecordWriter
{
public:
    RecordWriter(ProgressSink& sink, record::RunStarted started);
    void append(record::Event event);
    template <typename Payload>
    void add(Payload payload)
    {
        append(record::Event{.payload = std::move(payload)});
    }
    [[nodiscard]] record::Record& record() noexcept { return *record_; }
    /// Writes the live changes into the first event, drops texts of tokens that do not occur from large vocabularies, gives the record
    /// away.
    /// @param occurring generated tokens and those that views name.
    [[nodiscard]] record::RecordPtr finish(Config config, const std::vector<ConfigEvent>& live, std::span<const TokenId> occurring);

private:
    ProgressSink& sink_;
    std::shared_ptr<record::Record> record_;
};

/// The next token by the sampling settings, drawn with the key that plain decoding uses: the same seed gives the same text.
/// @param logits [V] of the last row.  @param text prompt and generated tokens.  @param moment number of the token since the prompt.
[[nodiscard]] TokenId next_token(const record::Sampling& sampling, std::span<const float> logits, std::span<const TokenId> text,
                                 std::uint64_t seed, std::int32_t moment);

}  // namespace timberline::run
