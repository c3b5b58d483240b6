// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/data_sets/csv_table.h"

#include "core/base/text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>

namespace timberline::training {
namespace {

constexpr std::int64_t kMostCells = std::int64_t{1} << 26;
constexpr std::size_t kMostColumns = 65'537;  ///< as many inputs as a network takes, and a label
constexpr std::size_t kMostClasses = 1000;

std::string_view trimmed(std::string_view text)
{
    const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
    while (!text.empty() && blank(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && blank(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

std::optional<double> number_in(std::string_view cell)
{
    if (cell.starts_with('+')) {
        cell.remove_prefix(1);
    }
    double value = 0;
    const auto [end, code] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    // The inputs are single precision: what does not fit there is as useless as infinity.
    const bool whole = code == std::errc() && end == cell.data() + cell.size();
    return whole && std::isfinite(static_cast<float>(value)) ? std::optional(value) : std::nullopt;
}

/// Walks the lines and builds the table.
class Reader
{
public:
    explicit Reader(const CsvOptions& options) : options_(options) {}

    Result<CsvTable> read(std::string_view text)
    {
        constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
        if (text.starts_with(kByteOrderMark)) {
            text.remove_prefix(kByteOrderMark.size());
        }
        if (text.find('\0') != std::string_view::npos) {
            return damaged(options_.name, "holds bytes of value 0, expected a text with one sample a line");
        }
        while (!text.empty()) {
            if (line_ % 1024 == 0 && options_.cancel.cancelled()) {
                return make_error(ErrorCode::Cancelled, "reading the data set was cancelled");
            }
            const std::size_t end = std::min(text.find('\n'), text.size());
            ++line_;
            TIMBERLINE_TRY(read_line(text.substr(0, end)));
            text.remove_prefix(std::min(end + 1, text.size()));
        }
        return finish();
    }

private:
    Status read_line(std::string_view line)
    {
        if (trimmed(line).empty() && options_.separator != '\t') {
            return {};
        }
        if (line.empty() || line == "\r") {
            return {};
        }
        TIMBERLINE_TRY(split(line));
        if (width_ == 0) {
            TIMBERLINE_TRY(begin());
            if (!names_.empty()) {
                return {};
            }
        }
        if (cells_.size() != width_) {
            return damaged(options_.name, at_line() + std::to_string(cells_.size()) + " columns, expected " + std::to_string(width_),
                           "Check the separator, and that no line is cut short.");
        }
        return append_row();
    }

    /// Cells of one line. A cell may stand in quotes, in which two quotes are one.
    Status split(std::string_view line)
    {
        cells_.clear();
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        std::size_t at = 0;
        while (true) {
            const std::size_t start = std::min(line.find_first_not_of(' ', at), line.size());
            std::string cell;
            if (start < line.size() && line[start] == '"') {
                TIMBERLINE_ASSIGN(at, quoted(line, start + 1, cell));
            } else {
                const std::size_t end = std::min(line.find(options_.separator, at), line.size());
                cell = trimmed(line.substr(at, end - at));
                at = end;
            }
            if (cells_.size() == kMostColumns) {
                return damaged(options_.name, at_line() + "more than " + std::to_string(kMostColumns) + " columns",
                               "Check that each sample stands in a line of its own.");
            }
            cells_.push_back(std::move(cell));
            if (at >= line.size()) {
                return {};
            }
            ++at;  // the separator
        }
    }

    /// Reads up to the closing quote and returns where the next separator, or the
    /// end, is.
    Result<std::size_t> quoted(std::string_view line, std::size_t at, std::string& cell) const
    {
        for (; at < line.size(); ++at) {
            if (line[at] != '"') {
                cell += line[at];
            } else if (at + 1 < line.size() && line[at + 1] == '"') {
                cell += line[at++];
            } else {
                const std::size_t end = std::min(line.find(options_.separator, at), line.size());
                if (!trimmed(line.substr(at + 1, end - at - 1)).empty()) {
                    return damaged(options_.name, at_line() + "text behind a closing quote, expected the separator");
                }
                return end;
            }
        }
        return damaged(options_.name, at_line() + "a quote that is not closed in its line", "Close it, or write two quotes for one.");
    }

    /// Decides from the first line what the columns are.
    Status begin()
    {
        width_ = cells_.size();
        if (width_ < 2) {
            return damaged(options_.name, at_line() + "1 column, expected at least one input and a label", "Check the separator.");
        }
        label_ = width_ - 1;
        const bool by_name = !options_.label_column.empty();
        bool header = options_.header == "yes" || (options_.header == "auto" && by_name);
        if (options_.header == "auto" && !by_name) {
            for (std::size_t i = 0; i + 1 < width_; ++i) {
                header = header || !number_in(cells_[i]);
            }
        }
        if (header) {
            names_ = cells_;
        }
        if (by_name) {
            const auto it = std::ranges::find(names_, options_.label_column);
            if (it == names_.end()) {
                return damaged(options_.name,
                               "no column is called " + in_quotes(options_.label_column) +
                                   (header ? "" : "; the file is read without a header"),
                               header ? spelling_hint(options_.label_column, names_) : "Set header to yes, or leave label_column empty.");
            }
            label_ = static_cast<std::size_t>(it - names_.begin());
        }
        return {};
    }

    Status append_row()
    {
        ++table_.rows;
        if (table_.rows * static_cast<std::int64_t>(width_) > kMostCells) {
            return damaged(options_.name, "more than " + std::to_string(kMostCells) + " cells", "Take a part of the table.");
        }
        for (std::size_t i = 0; i < width_; ++i) {
            if (i == label_ && !options_.numeric_label) {
                TIMBERLINE_TRY(append_class(cells_[i]));
                continue;
            }
            const auto value = number_in(cells_[i]);
            if (!value) {
                const std::string got = cells_[i].empty() ? "is empty" : in_quotes(cells_[i]);
                return damaged(options_.name,
                               "line " + std::to_string(line_) + ", column " + column_name(i) + ": " + got + ", expected a finite number",
                               "Fill or remove it; numbers have a decimal point, and the label's column is chosen by label_column.");
            }
            (i == label_ ? table_.targets : table_.inputs).push_back(static_cast<float>(*value));
        }
        return {};
    }

    Status append_class(const std::string& cell)
    {
        if (cell.empty()) {
            return damaged(options_.name,
                           "line " + std::to_string(line_) + ", column " + column_name(label_) + ": is empty, expected a class",
                           "Fill it or remove the line.");
        }
        const auto [it, added] = classes_.try_emplace(cell, static_cast<std::int32_t>(classes_.size()));
        if (added && classes_.size() > kMostClasses) {
            return damaged(options_.name, "more than " + std::to_string(kMostClasses) + " classes in column " + column_name(label_),
                           "Set task to regression where the column holds numbers to predict.");
        }
        table_.labels.push_back(it->second);
        return {};
    }

    Result<CsvTable> finish()
    {
        if (table_.rows == 0) {
            return damaged(options_.name, names_.empty() ? "no lines with samples" : "only a line with names, expected samples below it",
                           names_.empty() ? "" : "Set header to no where the first line is a sample.");
        }
        table_.columns = static_cast<std::int64_t>(width_) - 1;
        if (options_.numeric_label) {
            return std::move(table_);
        }
        if (classes_.size() < 2) {
            return damaged(options_.name,
                           "only one class, " + in_quotes(classes_.begin()->first) + ", in column " + column_name(label_) +
                               ", expected at least 2",
                           "Choose another label_column, or set task to regression.");
        }
        number_classes();
        return std::move(table_);
    }

    /// Classes get their numbers by their order, not by the line in which they come first.
    void number_classes()
    {
        for (const auto& [name, index] : classes_) {
            table_.classes.push_back(name);
        }
        const bool numbers = std::ranges::all_of(table_.classes, [](const auto& name) { return number_in(name).has_value(); });
        if (numbers) {
            std::ranges::stable_sort(table_.classes, {}, [](const auto& name) { return *number_in(name); });
        }
        std::vector<std::int32_t> now(classes_.size());
        for (std::size_t i = 0; i < table_.classes.size(); ++i) {
            now[static_cast<std::size_t>(classes_.at(table_.classes[i]))] = static_cast<std::int32_t>(i);
        }
        for (std::int32_t& label : table_.labels) {
            label = now[static_cast<std::size_t>(label)];
        }
        for (std::string& name : table_.classes) {
            name = printable(name);  // they go into records and onto the screen
        }
    }

    [[nodiscard]] std::string at_line() const { return "line " + std::to_string(line_) + " has "; }
    [[nodiscard]] std::string column_name(std::size_t index) const
    {
        return names_.empty() ? std::to_string(index + 1) : in_quotes(names_[index]);
    }

    const CsvOptions& options_;
    CsvTable table_;
    std::vector<std::string> names_;  ///< empty = no header
    std::vector<std::string> cells_;  ///< of the present line
    std::map<std::string, std::int32_t> classes_;
    std::size_t width_ = 0, label_ = 0;
    std::int64_t line_ = 0;
};

}  // namespace

Result<CsvTable> read_csv_table(std::string_view text, const CsvOptions& options)
{
    return Reader(options).read(text);
}

}  // namespace timberline::training
