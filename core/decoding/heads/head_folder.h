// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/model/language_model.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// Trained draft heads on disk: a folder with config.json and model.safetensors (F32 or F16). The names and shapes of the tensors are the
/// family's; everything else is common. No tensors of libtorch here.
namespace timberline::decoding {

inline constexpr int kHeadFormatVersion = 1;
/// Map of a reduced draft vocabulary (draft_vocabulary.h): ids, so it is F32 in every folder.
inline constexpr const char* kDraftVocabularyTensor = "d2t";

/// Which target heads were trained on: they read its hidden rows, and mean nothing to another one.
struct TargetFingerprint {
    std::string weights;  ///< content hash of the weight files, 16 hexadecimal digits
    std::int64_t hidden = 0, vocabulary = 0, layers = 0;
    friend bool operator==(const TargetFingerprint&, const TargetFingerprint&) = default;
};
/// Reads the weight files once and remembers the hash as long as the model is loaded. Thread-safe.
[[nodiscard]] TargetFingerprint fingerprint_of(const model::ModelFolder& target);

/// A row-major array of finite float32.
struct HeadTensor {
    std::vector<std::int64_t> shape;
    std::vector<float> values;
};

/// Opened or freshly trained heads. Plain data.
struct HeadFolder {
    std::string name;             ///< what messages call it: the folder as the config spells it
    std::string family;           ///< id of the draft head, e.g. "medusa"
    Json shape = Json::object();  ///< the family's shape values: what its drafter needs to build the heads ("heads": 4)
    Json extra = Json::object();  ///< the family's measurements ("rank_accuracy": [[…]]), may be empty
    TargetFingerprint target;
    Json training = Json::object();  ///< the complete config that trained it
    std::uint64_t seed = 0;
    std::int64_t text_tokens = 0;  ///< tokens it was trained on
    /// Last measured while training, on short continuations of held-out text, bonus counted; 0 = never. Counted as record::accepted_per_pass
    /// does: the last round of a continuation counts as its token limit left it.
    double accepted_per_pass = 0;
    std::map<std::string, HeadTensor> tensors;

    /// The tensor with exactly this shape. The error names folder, tensor, got and expected.
    [[nodiscard]] Result<const HeadTensor*> tensor(const std::string& tensor_name, const std::vector<std::int64_t>& expected) const;
    /// An integer of `shape` inside [minimum, maximum]. The error names folder and key.
    [[nodiscard]] Result<std::int64_t> size(const std::string& key, std::int64_t minimum, std::int64_t maximum) const;
    /// A truth value of `shape`.
    [[nodiscard]] Result<bool> flag(const std::string& key) const;
};
using HeadFolderPtr = std::shared_ptr<const HeadFolder>;

/// Opens heads for a drafter. Untrusted input: config.json and every tensor are checked. Refused with one sentence and a hint: no such
/// folder, a newer version, another family than `families` (ids that this drafter takes), another width, vocabulary, number of layers or
/// weights than the target's, a tensor of another type than F32 and F16, NaN or infinity anywhere.
/// @param name a folder or "bundled:tale-heads/medusa".
[[nodiscard]] Result<HeadFolderPtr> open_head_folder(const std::string& name, const std::vector<std::string>& families,
                                                     const model::ModelFolder& target);

/// The same checks on heads that are in memory (while they are trained).
[[nodiscard]] Status check_heads(const HeadFolder& heads, const std::vector<std::string>& families, const model::ModelFolder& target);

/// Writes config.json and model.safetensors, each under a temporary name and renamed. @param half F16, else F32.
/// Errors: a number that is not finite or, with `half`, leaves the range of F16.
[[nodiscard]] Status write_head_folder(const std::filesystem::path& folder, const HeadFolder& heads, bool half);

/// The numbers as F16 would keep them: what is measured while training is what the folder will do.
void round_to_half(HeadFolder& heads);

struct DrafterResources;
/// What a drafter that needs heads calls first: resources.trained (in memory) if set, else the folder resources.heads.
/// Errors: those above; no heads at all: says which config key, which bundled folder and how to train some.
[[nodiscard]] Result<HeadFolderPtr> heads_of(const DrafterResources& resources, const std::string& drafter,
                                             const std::vector<std::string>& families);
/// The same for others than drafters. @param owner whom messages name: "controller value-guided".
[[nodiscard]] Result<HeadFolderPtr> heads_for(const DrafterResources& resources, const std::string& owner,
                                              const std::vector<std::string>& families);

}  // namespace timberline::decoding
