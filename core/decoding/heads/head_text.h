// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"
#include "core/base/result.h"
#include "core/decoding/heads/head_training.h"
#include "core/model/language_model.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

/// The text that draft heads are trained on: written by the target itself, or cut from a file.
namespace timberline::decoding {

struct WrittenText {
    std::int64_t tokens = 200'000;              ///< to write, prompts counted; the last batch is finished
    std::int64_t length = 96;                   ///< most tokens of a sequence, prompt counted
    std::int64_t rows = 64;                     ///< sequences that are written side by side
    std::int64_t opening = 6;                   ///< tokens after the prompt that are drawn at temperature 1, so that texts differ
    double temperature = 0;                     ///< of the rest
    std::vector<std::vector<TokenId>> prompts;  ///< taken in turn; empty = the target's begin token alone
    std::uint64_t seed = 1;
};

/// Lets the target write: many sequences in step, one forward a position, each attending to its own text. A sequence ends after a stop id
/// or at its full length. Pure: same settings, same text, whatever the number of threads.
/// @param progress share done, from 0 to 1; may be empty.
/// Errors: a length beyond the context, no prompt and no begin token, cancelled.
[[nodiscard]] Result<std::vector<std::vector<TokenId>>> write_text(const model::LanguageModel& target, const WrittenText& settings,
                                                                   const std::function<void(double)>& progress, const CancelToken& cancel);

/// Cuts a text into sequences of at most `length` tokens, each begun as a prompt of the model is. At most `tokens` in all.
/// Errors: no such file, larger than 256 MiB, a model without tokenizer, nothing left.
[[nodiscard]] Result<std::vector<std::vector<TokenId>>> read_text(const std::filesystem::path& file, const model::ModelFolder& folder,
                                                                  std::int64_t tokens, std::int64_t length);

/// Takes every 1/share-th sequence (keyed by seed) out for measuring; at least one where there are two different ones. What is measured
/// is new: a held-out sequence that also occurs among those trained on, or a second time among the held-out ones, is dropped. The
/// sequences trained on stay as they are, with their duplicates: that is how often the target writes them.
[[nodiscard]] HeadText split_text(std::vector<std::vector<TokenId>> sequences, double held_out_share, std::uint64_t seed);

/// Text on disk: a line for the key, then a line of ids a sequence; written atomically. `key` (one line) tells texts of other
/// settings or targets apart.
[[nodiscard]] Status save_text(const std::filesystem::path& file, const std::vector<std::vector<TokenId>>& sequences,
                               const std::string& key);
/// Nothing when there is no such file, it is damaged, or its key is another.
[[nodiscard]] std::vector<std::vector<TokenId>> load_text(const std::filesystem::path& file, const std::string& key,
                                                          std::int64_t vocabulary);

}  // namespace timberline::decoding
