// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/model_cache.h"

#include "core/base/files.h"

#include <algorithm>
#include <filesystem>
#include <map>

namespace timberline::run {
namespace {

std::string folder_key(const std::string& name)
{
    std::error_code failed;
    const auto path = resolve_model_path(name);
    const auto canonical = std::filesystem::weakly_canonical(path, failed);
    return (failed ? path : canonical).string();
}

/// Names, sizes and times of the folder's files: changes when any of them does.
std::string stamp_of(const std::string& folder)
{
    std::map<std::string, std::string> files;
    std::error_code failed;
    for (auto it = std::filesystem::directory_iterator(folder, failed); !failed && it != std::filesystem::directory_iterator();
         it.increment(failed)) {
        std::error_code ignored;
        const auto size = it->file_size(ignored);
        const auto time = it->last_write_time(ignored).time_since_epoch().count();
        files[it->path().filename().string()] = std::to_string(size) + "@" + std::to_string(time);
    }
    std::string out;
    for (const auto& [name, stamp] : files) {
        out += name + ":" + stamp + ";";
    }
    return out;
}

}  // namespace

Result<std::shared_ptr<const model::LanguageModel>> ModelCache::load(const std::string& name, const std::string& device,
                                                                     const CancelToken& cancel)
{
    const auto folder = folder_key(name);
    const auto stamp = stamp_of(folder);
    const auto it = std::ranges::find_if(entries_, [&](const Entry& e) { return e.folder == folder && e.device == device; });
    if (it != entries_.end() && it->stamp == stamp) {
        std::rotate(it, it + 1, entries_.end());
        return entries_.back().model;
    }
    if (it != entries_.end()) {
        entries_.erase(it);
    }
    if (entries_.size() >= kCapacity) {
        entries_.erase(entries_.begin());
    }
    TIMBERLINE_ASSIGN(auto model, model::load_language_model(name, device, cancel));
    entries_.push_back({.folder = folder, .device = device, .stamp = stamp, .hash = {}, .model = model});
    return model;
}

std::shared_ptr<const model::LanguageModel> ModelCache::held(const std::string& name)
{
    const auto folder = folder_key(name);
    const auto it = std::ranges::find(entries_, folder, &Entry::folder);
    return it != entries_.end() && it->stamp == stamp_of(folder) ? it->model : nullptr;
}

void ModelCache::release_all_but(const std::string& name)
{
    std::erase_if(entries_, [folder = folder_key(name)](const Entry& entry) { return entry.folder != folder; });
}

std::string ModelCache::hash_of(const std::shared_ptr<const model::LanguageModel>& model)
{
    const auto it = std::ranges::find(entries_, model, &Entry::model);
    if (it == entries_.end()) {
        return model->folder.weights->content_hash();
    }
    if (it->hash.empty()) {
        it->hash = model->folder.weights->content_hash();
    }
    return it->hash;
}

}  // namespace timberline::run
