// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/io/imports/trace_import.h"

#include <cstdint>
#include <memory>
#include <string>

namespace timberline::io {

/// Puts the steps of a foreign log into a record. Tokens are unknown: what was written has the text "·", what was refused "×".
class TraceBuilder
{
public:
    /// @param model as the log names it, or empty.
    TraceBuilder(TraceFormat format, const std::string& where, const std::string& model);

    /// The steps that follow belong to another request; `name` goes to the notes.
    void next_request(const std::string& name);

    /// One verification step that committed `accepted` drafted tokens and one token of the target.
    /// @param drafted length of the drafted chain, at least `accepted`; -1 = the log does not say: then only accepted tokens are drawn.
    [[nodiscard]] Status step(std::int64_t drafted, std::int64_t accepted, const std::string& where);
    /// A step of which the log knows only that it committed nothing.
    [[nodiscard]] Status empty_step(const std::string& where);

    void note(const std::string& text);
    [[nodiscard]] std::int64_t steps() const noexcept { return steps_; }
    [[nodiscard]] std::int64_t requests() const noexcept { return requests_; }

    /// @param total_ms wall time of all decoding, 0 = not in the log.
    [[nodiscard]] record::RecordPtr finish(double total_ms);

private:
    [[nodiscard]] Result<record::Round*> append(const std::string& where);

    std::shared_ptr<record::Record> record_;
    std::int64_t steps_ = 0, requests_ = 0;
    std::int64_t committed_ = 1, nodes_ = 0;
};

// One file a format; see TraceFormat.
[[nodiscard]] Result<ImportedTrace> import_spec_bench(std::string_view text, const std::string& where);
[[nodiscard]] Result<ImportedTrace> import_vllm(std::string_view text, const std::string& where);
[[nodiscard]] Result<ImportedTrace> import_llama_cpp(std::string_view text, const std::string& where);

}  // namespace timberline::io
