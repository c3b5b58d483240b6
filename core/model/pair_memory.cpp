// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/pair_memory.h"

#include <fstream>
#include <limits>
#include <string>

namespace timberline::model {

namespace {

constexpr std::int64_t kShortContext = 16;  ///< longer ones take their memory as the text grows

std::int64_t mebibytes(std::int64_t bytes)
{
    return (bytes + (1 << 20) - 1) >> 20;
}

}  // namespace

std::int64_t available_memory()
{
    std::ifstream file("/proc/meminfo");
    std::string key;
    std::int64_t kibibytes = 0;
    while (file >> key >> kibibytes) {
        if (key == "MemAvailable:") {
            return kibibytes << 10;
        }
        file.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
    }
    return -1;
}

Status check_pair_memory(const ModelFolder& target, bool target_loaded, const ModelFolder& draft, std::int64_t available)
{
    const std::int64_t needed =
        estimate_memory(draft, kShortContext).total() + (target_loaded ? 0 : estimate_memory(target, kShortContext).total());
    if (available < 0 || needed <= available) {
        return {};
    }
    return make_error(ErrorCode::OutOfMemory,
                      draft.name + " cannot draft for " + target.name + " here: " + (target_loaded ? "it needs" : "both need") + " about " +
                          std::to_string(mebibytes(needed)) + " MiB, and " + std::to_string(available >> 20) + " MiB of memory are free",
                      "Take a smaller draft model, close other programs, or draft without a model: prompt-lookup, ngram-cache or "
                      "self-speculation.");
}

}  // namespace timberline::model
