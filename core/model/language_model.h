// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"
#include "core/base/result.h"
#include "core/io/safetensors.h"
#include "core/io/tokenizer.h"
#include "core/model/decoder.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace timberline::model {

/// A Hugging Face folder that has been opened: configuration, tokenizer, stop ids, mapped weights. Opening reads no weights.
struct ModelFolder {
    std::filesystem::path path;
    std::string name;                         ///< last component of the path
    DecoderConfig config;
    Json raw_config;
    std::optional<io::Tokenizer> tokenizer;   ///< absent tokenizer.json is not an error, a damaged one is
    bool add_bos_token = false;               ///< tokenizer_config.json
    std::optional<TokenId> bos_id;
    std::vector<TokenId> stop_ids;            ///< generation_config.json (integer or list), else config.json
    std::shared_ptr<const io::SafetensorsFile> weights;
    std::vector<std::string> diagnostics;     ///< harmless findings: special id outside the vocabulary, unused tensors, missing tokenizer

    /// Prompt ids of a text: the special tokens that the post-processor or add_bos_token adds; an empty prompt is the BOS token.
    [[nodiscard]] Result<std::vector<TokenId>> encode_prompt(const std::string& text) const;
};

/// Opens and checks a folder; `name` may be "bundled:tale". Errors name file, field, found, expected; hint says what to do.
[[nodiscard]] Result<ModelFolder> open_model_folder(const std::string& name, const CancelToken& cancel = {});

/// Memory the model needs before anything is loaded, in bytes, by part.
struct MemoryEstimate {
    std::int64_t weights = 0, kv_cache = 0, workspace = 0;
    [[nodiscard]] std::int64_t total() const noexcept { return weights + kv_cache + workspace; }
};
[[nodiscard]] MemoryEstimate estimate_memory(const ModelFolder& folder, std::int64_t context);

struct LanguageModel {
    ModelFolder folder;
    std::shared_ptr<const Decoder> decoder;
    std::string device = "cpu";
    std::string device_note;  ///< why the asked device was not taken, or empty
};

/// @param device "auto", "cpu" or "cuda"; cuda falls back to the CPU with a note that says why.
[[nodiscard]] Result<std::shared_ptr<const LanguageModel>> load_language_model(const std::string& name, const std::string& device = "auto",
                                                                               const CancelToken& cancel = {});

/// Why `draft` cannot draft for `target`, as an Error with what would help; ok() when it can. Compares token-to-id maps, special ids and contexts.
[[nodiscard]] Status check_draft_pair(const ModelFolder& target, const ModelFolder& draft);

}  // namespace timberline::model
