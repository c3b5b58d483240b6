// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string_view>

namespace timberline::io {

/// Walks over the lines of a text that hold more than white space. The text must outlive the walk.
class TextLines
{
public:
    explicit TextLines(std::string_view text) : rest_(text) {}

    /// False at the end.
    bool next()
    {
        while (!rest_.empty()) {
            const std::size_t end = rest_.find('\n');
            line_ = rest_.substr(0, end);
            rest_ = end == std::string_view::npos ? std::string_view() : rest_.substr(end + 1);
            ++number_;
            if (!line_.empty() && line_.back() == '\r') {
                line_.remove_suffix(1);
            }
            if (line_.find_first_not_of(" \t") != std::string_view::npos) {
                return true;
            }
        }
        return false;
    }
    [[nodiscard]] std::string_view line() const noexcept { return line_; }
    [[nodiscard]] std::size_t number() const noexcept { return number_; }  ///< from 1

private:
    std::string_view rest_, line_;
    std::size_t number_ = 0;
};

}  // namespace timberline::io
