// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"
#include "core/base/result.h"
#include "core/model/language_model.h"

#include <memory>
#include <string>
#include <vector>

namespace timberline::run {

/// The most recently used models, so that a second run starts at once. A folder whose files changed since is loaded anew. One thread.
class ModelCache
{
public:
    static constexpr std::size_t kCapacity = 4;

    [[nodiscard]] Result<std::shared_ptr<const model::LanguageModel>> load(const std::string& name, const std::string& device,
                                                                           const CancelToken& cancel);
    /// The model when it is held and its folder has not changed, else null.
    [[nodiscard]] std::shared_ptr<const model::LanguageModel> held(const std::string& name);
    /// Lets go of all models but one.
    void release_all_but(const std::string& name);
    /// Content hash of the model's weight files; read once a model. Precondition: `model` came from load().
    [[nodiscard]] std::string hash_of(const std::shared_ptr<const model::LanguageModel>& model);

private:
    struct Entry {
        std::string folder, device, stamp, hash;
        std::shared_ptr<const model::LanguageModel> model;
    };
    std::vector<Entry> entries_;  ///< oldest use first
};

}  // namespace timberline::run
