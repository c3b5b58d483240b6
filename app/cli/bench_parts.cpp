// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/bench_suite.h"
#include "core/base/compute_threads.h"
#include "core/base/files.h"

#include <filesystem>

namespace timberline::cli {
namespace {

constexpr std::int64_t kPrefix = 64;  ///< cached tokens under a timed forward
constexpr int kForwardRepeats = 20;
constexpr double kMegabyte = 1e6;

/// Prose in the language of the bundled model: the reference texts and the pages that are shown in the program.
Result<std::string> bench_text()
{
    TIMBERLINE_ASSIGN(const auto reference, read_reference());
    std::string out;
    for (const auto& prompt : reference.at("prompts")) {
        out += prompt.at("prompt").get<std::string>() + prompt.at("text").get<std::string>() + "\n\n";
    }
    std::error_code failed;
    for (auto it = std::filesystem::recursive_directory_iterator(resource_folder(), failed);
         !failed && it != std::filesystem::recursive_directory_iterator(); it.increment(failed)) {
        if (it->path().extension() == ".md") {
            if (const auto page = read_file(it->path()); page.ok()) {
                out += *page;
            }
        }
    }
    return out;
}

Status time_rows(const BenchSetup& setup, std::int64_t rows, model::KvStore& store, double& seconds)
{
    const auto& decoder = *setup.target->decoder;
    std::vector<TokenId> tokens;
    for (std::int64_t i = 0; i < rows; ++i) {
        tokens.push_back(static_cast<TokenId>((i * 37) % decoder.config().vocabulary));
    }
    model::ForwardInput input;
    input.tokens = tokens;
    model::ForwardOutput output;
    TIMBERLINE_ASSIGN(seconds, median_seconds(kForwardRepeats, setup.cancel, [&]() -> Status {
                          store.crop(kPrefix);
                          return decoder.forward(input, store, output, setup.cancel);
                      }));
    return {};
}

}  // namespace

Result<std::vector<Measurement>> bench_load(const BenchSetup& setup)
{
    const auto folder = resolve_model_path("bundled:tale");
    TIMBERLINE_ASSIGN(const double load, median_seconds(kBenchRepeats, setup.cancel, [&]() -> Status {
                          TIMBERLINE_TRY(model::load_language_model("bundled:tale", "cpu", setup.cancel));
                          return {};
                      }));
    double bytes = 0;
    TIMBERLINE_ASSIGN(const double read, median_seconds(kBenchRepeats, setup.cancel, [&]() -> Status {
                          bytes = 0;
                          for (const auto* name : {"config.json", "tokenizer.json", "model.safetensors"}) {
                              TIMBERLINE_ASSIGN(const auto content, read_file(folder / name));
                              bytes += static_cast<double>(content.size());
                          }
                          return {};
                      }));
    Measurement m;
    m.name = "load";
    m.what = "loading the bundled model";
    m.value = load;
    m.unit = "s";
    m.baseline = "reading its files";
    m.baseline_value = read;
    m.ratio = read / load;
    m.bytes = bytes;
    m.threads = compute_threads();
    m.repeats = kBenchRepeats;
    return std::vector{m};
}

Result<std::vector<Measurement>> bench_forward(const BenchSetup& setup)
{
    const auto& decoder = *setup.target->decoder;
    set_compute_threads(2);
    const auto store = decoder.make_store(2 * kPrefix + 1);
    std::vector<TokenId> prefix;
    for (std::int64_t i = 0; i < kPrefix; ++i) {
        prefix.push_back(static_cast<TokenId>((i * 61) % decoder.config().vocabulary));
    }
    model::ForwardInput input;
    input.tokens = prefix;
    input.logits = model::ForwardInput::Logits::None;
    model::ForwardOutput output;
    TIMBERLINE_TRY(decoder.forward(input, *store, output, setup.cancel));

    std::vector<Measurement> out;
    double one = 0;
    for (const std::int64_t rows : {1, 2, 4, 8, 16, 32, 64}) {
        double seconds = 0;
        TIMBERLINE_TRY(time_rows(setup, rows, *store, seconds));
        one = rows == 1 ? seconds : one;
        Measurement m;
        m.name = "forward";
        m.what = "one pass over " + std::to_string(rows) + (rows == 1 ? " row" : " rows");
        m.value = seconds * 1000;
        m.unit = "ms";
        m.baseline = std::to_string(rows) + " x one row";
        m.baseline_value = static_cast<double>(rows) * one * 1000;
        m.ratio = m.baseline_value / m.value;
        m.bytes = static_cast<double>(decoder.weight_bytes());
        m.flops = static_cast<double>(rows) * decoder.flops_per_token(kPrefix + rows / 2);
        m.threads = 2;
        m.repeats = kForwardRepeats;
        m.details["rows"] = rows;
        out.push_back(std::move(m));
    }
    return out;
}

Result<std::vector<Measurement>> bench_tokenizer(const BenchSetup& setup)
{
    TIMBERLINE_ASSIGN(const auto text, bench_text());
    if (!setup.target->folder.tokenizer) {
        return make_error(ErrorCode::NotFound, "the bundled model has no tokenizer.json", "Install Timberline again.");
    }
    const auto& tokenizer = *setup.target->folder.tokenizer;
    std::size_t tokens = 0;
    TIMBERLINE_ASSIGN(const double seconds, median_seconds(kBenchRepeats, setup.cancel, [&]() -> Status {
                          TIMBERLINE_ASSIGN(const auto ids, tokenizer.encode(text, false));
                          tokens = ids.size();
                          return {};
                      }));
    std::size_t words = 0;
    TIMBERLINE_ASSIGN(const double split, median_seconds(kBenchRepeats * 4, setup.cancel, [&]() -> Status {
                          words = 0;
                          bool inside = false;
                          for (const char c : text) {
                              const bool letter = c != ' ' && c != '\n';
                              words += letter && !inside ? 1 : 0;
                              inside = letter;
                          }
                          return {};
                      }));
    const auto bytes = static_cast<double>(text.size());
    Measurement m;
    m.name = "tokenizer";
    m.what = "text to ids, bundled tokenizer";
    m.value = bytes / kMegabyte / seconds;
    m.unit = "MB/s";
    m.baseline = "counting the words";
    m.baseline_value = bytes / kMegabyte / split;
    m.ratio = split / seconds;
    m.bytes = bytes;
    m.threads = 1;
    m.repeats = kBenchRepeats;
    m.details = {{"tokens", tokens}, {"words", words}};
    return std::vector{m};
}

}  // namespace timberline::cli
