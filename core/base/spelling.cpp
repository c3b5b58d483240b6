// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/hyperparameter.h"

#include <algorithm>

namespace timberline {
namespace {

/// Lower case, '_' as '-': differences that nobody means.
std::string folded(std::string_view word)
{
    std::string out(word);
    for (char& c : out) {
        c = c == '_' || c == ' ' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return out;
}

/// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment), over three rows of the table.
std::size_t edit_distance(const std::string& a, const std::string& b)
{
    std::vector<std::size_t> before(b.size() + 1);
    std::vector<std::size_t> previous(b.size() + 1);
    std::vector<std::size_t> current(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) {
        previous[j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        current[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t substitution = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            current[j] = std::min({previous[j] + 1, current[j - 1] + 1, substitution});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                current[j] = std::min(current[j], before[j - 2] + 1);
            }
        }
        std::swap(before, previous);
        std::swap(previous, current);
    }
    return previous[b.size()];
}

} // namespace

std::optional<std::string> nearest_spelling(std::string_view word, const std::vector<std::string>& valid)
{
    constexpr std::size_t kLongest = 200; // a damaged file may hold a key of megabytes
    if (word.empty() || word.size() > kLongest) {
        return std::nullopt;
    }
    const std::string wanted = folded(word);
    const std::size_t allowed = wanted.size() / 3;
    const std::string* best = nullptr;
    std::size_t best_distance = allowed + 1;
    for (const std::string& candidate : valid) {
        if (candidate.size() > wanted.size() + allowed || candidate.size() + allowed < wanted.size()) {
            continue;
        }
        const std::size_t distance = edit_distance(wanted, folded(candidate));
        if (distance < best_distance) {
            best_distance = distance;
            best = &candidate;
        }
    }
    return best != nullptr ? std::optional(*best) : std::nullopt;
}

} // namespace timberline
