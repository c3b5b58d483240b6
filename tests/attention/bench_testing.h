// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/io/safetensors.h"
#include "core/record/attention_rows.h"
#include "core/run/engine.h"

#include <QTest>

#include <cmath>
#include <cstring>

/// Runs and questions of the Attention bench on the fixtures, and the values that an independent implementation computed for them.
namespace timberline::run::testing {

using record::AttentionFold;
using record::AttentionRows;

inline constexpr std::int64_t kTokens = 40;

inline std::string fixture(const std::string& name)
{
    return std::string(TIMBERLINE_FIXTURES) + "/" + name;
}

class Expected
{
public:
    explicit Expected(const std::string& name) : file_(io::SafetensorsFile::open_file(fixture(name) + "/expected.safetensors")) {}
    [[nodiscard]] std::vector<float> floats(const std::string& name) const
    {
        const auto view = file_->tensor(name);
        std::vector<float> out(view.ok() ? static_cast<std::size_t>(view->elements()) : 0);
        if (!out.empty()) {
            io::to_float32(*view, out.data());
        }
        return out;
    }
    /// Text 0 of the two.
    [[nodiscard]] std::vector<TokenId> ids() const
    {
        const auto view = file_->tensor("input_ids");
        std::vector<std::int64_t> wide(static_cast<std::size_t>(view->elements()));
        std::memcpy(wide.data(), view->data, view->bytes);
        return {wide.begin(), wide.begin() + kTokens};
    }

private:
    Result<io::SafetensorsFile> file_;
};

inline Config attention_config(const std::string& model, std::vector<TokenId> ids, std::int64_t tokens = 0)
{
    Config config;
    config.bench = "attention";
    config.model = model;
    config.ids = std::move(ids);
    config.max_new_tokens = std::max<std::int64_t>(1, tokens);
    config.settings["generate"] = tokens > 0;
    config.ignore_eos = true;
    config.sampling.temperature = 0;
    return config;
}

inline Config with_edits(Config config, const std::string& edits)
{
    config.settings["edits"] = edits;
    return config;
}

/// Runs, or fails the test.
inline record::RecordPtr run_of(const Config& config, RunControl* control = nullptr, const CancelToken& cancel = {})
{
    static const auto engine = make_engine();
    NullSink sink;
    auto out = engine->run(config, cancel, sink, control);
    if (!out.ok()) {
        QTest::qFail(out.error().message.c_str(), __FILE__, __LINE__);
        return std::make_shared<record::Record>();
    }
    return *out;
}

inline Result<record::Block> ask(const Config& config, const std::string& what, const Json& arguments = Json::object(),
                                 const record::RecordPtr& record = nullptr)
{
    static const auto engine = make_engine();
    NullSink sink;
    return engine->query(config, {.what = what, .arguments = arguments, .record = record}, {}, sink);
}

inline std::vector<const record::Block*> blocks(const record::Record& record, const std::string& kind)
{
    std::vector<const record::Block*> out;
    for (const auto& event : record.events) {
        const auto* block = std::get_if<record::Block>(&event.payload);
        if (block != nullptr && block->kind == kind) {
            out.push_back(block);
        }
    }
    return out;
}

inline void add_fixtures()
{
    QTest::addColumn<QString>("model");
    for (const char* name : {"llama-gqa", "gpt-neo-local", "gpt2", "qwen2-tied-bf16"}) {
        QTest::newRow(name) << QString(name);
    }
}

}  // namespace timberline::run::testing
