// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/imports/trace_import.h"

#include "core/io/imports/trace_builder.h"
#include "core/io/mapped_file.h"

namespace timberline::io {

namespace {

constexpr std::uintmax_t kLargestFile = std::uintmax_t{256} << 20;

}  // namespace

std::string_view name_of(TraceFormat format) noexcept
{
    switch (format) {
    case TraceFormat::SpecBench:
        return "spec-bench";
    case TraceFormat::Vllm:
        return "vllm";
    case TraceFormat::LlamaCpp:
        return "llama.cpp";
    }
    return "";
}

Result<TraceFormat> guess_trace_format(std::string_view text)
{
    const auto has = [text](std::string_view word) { return text.find(word) != std::string_view::npos; };
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    const bool json =
        first != std::string_view::npos && (text[first] == '{' || text[first] == '[' || text.substr(first).starts_with("data:"));
    if (json && has("\"accept_lengths\"")) {
        return TraceFormat::SpecBench;
    }
    if (json && (has("\"per_step_accepted\"") || has("\"speculative_decoding\""))) {
        return TraceFormat::Vllm;
    }
    if (has("draft acceptance")) {  // a log may begin with a [time stamp]
        return TraceFormat::LlamaCpp;
    }
    return make_error(ErrorCode::NotFound, "no trace of speculative decoding in it",
                      "Expected Spec-Bench answers (JSON lines), vLLM responses with detailed speculative metrics, or a llama.cpp log.");
}

Result<ImportedTrace> import_trace(std::string_view text, TraceFormat format, const std::string& where)
{
    switch (format) {
    case TraceFormat::SpecBench:
        return import_spec_bench(text, where);
    case TraceFormat::Vllm:
        return import_vllm(text, where);
    case TraceFormat::LlamaCpp:
        return import_llama_cpp(text, where);
    }
    return make_error(ErrorCode::Internal, "unknown trace format");
}

Result<ImportedTrace> import_trace_file(const std::filesystem::path& path)
{
    TIMBERLINE_ASSIGN(const auto file, MappedFile::open(path));
    const std::string name = path.filename().string();
    if (file.size() > kLargestFile) {
        return make_error(ErrorCode::BadFile, name + ": " + std::to_string(file.size() >> 20) + " MiB, expected at most 256",
                          "Split the log and import its parts.");
    }
    const std::string_view text(reinterpret_cast<const char*>(file.data()), static_cast<std::size_t>(file.size()));
    auto format = guess_trace_format(text);
    if (!format.ok()) {
        return make_error(format.error().code, name + ": " + format.error().message, format.error().hint);
    }
    return import_trace(text, *format, name);
}

}  // namespace timberline::io
