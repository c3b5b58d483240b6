// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/exits/exit_decoder.h"
#include "core/exits/exit_run.h"
#include "tests/model/decoder_testing.h"

#include <QTest>

#include <optional>
#include <string>
#include <vector>

/// Helpers of the tests of early exits.
namespace timberline::exits::testing {

using namespace timberline::model::testing;

inline const std::vector<record::KvMode>& all_modes()
{
    static const std::vector<record::KvMode> modes = {record::KvMode::Propagate, record::KvMode::Copy, record::KvMode::Defer,
                                                      record::KvMode::Mask, record::KvMode::Oracle};
    return modes;
}

/// The output of the blocks from `first` on is zero: those blocks change nothing.
class SilentUpperBlocks final : public model::WeightProvider
{
public:
    SilentUpperBlocks(std::shared_ptr<const model::WeightProvider> source, std::int64_t first) : source_(std::move(source)), first_(first)
    {}
    [[nodiscard]] Result<model::Weight> weight(model::Role role, std::int64_t layer) const override
    {
        using model::Role;
        TIMBERLINE_ASSIGN(model::Weight weight, source_->weight(role, layer));
        const bool output =
            role == Role::AttentionOutput || role == Role::AttentionOutputBias || role == Role::MlpDown || role == Role::MlpDownBias;
        if (!output || layer < first_ || !weight.present()) {
            return weight;
        }
        auto zeros =
            std::make_shared<std::vector<std::uint8_t>>(static_cast<std::size_t>(weight.rows * weight.columns) * 4, std::uint8_t{0});
        weight.type = io::DataType::F32;
        weight.data = zeros->data();
        weight.owner = zeros;
        return weight;
    }

private:
    std::shared_ptr<const model::WeightProvider> source_;
    std::int64_t first_;
};

inline record::ExitRun facts_of(const model::DecoderConfig& config)
{
    record::ExitRun run;
    run.layers = static_cast<std::int32_t>(config.layers);
    run.vocabulary = static_cast<std::int32_t>(config.vocabulary);
    run.max_new = 64;
    return run;
}

inline record::LayerReadings one_row(const model::DecoderConfig& config)
{
    record::LayerReadings rows;
    rows.layers = static_cast<std::int32_t>(config.layers);
    rows.top_k = 1;
    rows.resize(1);
    return rows;
}

inline rules::ExitRule fixed_rule(const model::DecoderConfig& config, std::int64_t layer)
{
    auto rule = rules::ExitRule::make("fixed-layer", {{"layer", layer}}, facts_of(config));
    if (!rule) {
        qFatal("%s", rule.error().message.c_str());
    }
    return *rule;
}

/// What a token of a fed text left behind.
struct Fed {
    std::vector<float> logits;
    std::int32_t exit = 0;
    record::LayerReadings rows;
    std::vector<record::KvFill> fills;
};

/// Feeds tokens one by one; token i leaves at exits[i] (0 = all layers).
inline std::vector<Fed> feed(ExitDecoder& decoder, const model::DecoderConfig& config, const std::vector<TokenId>& tokens,
                             const std::vector<std::int64_t>& exits)
{
    std::vector<Fed> out;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        Fed fed;
        fed.rows = one_row(config);
        ExitStep step;
        std::optional<rules::ExitRule> rule;
        if (exits[i] > 0) {
            rule = fixed_rule(config, exits[i]);
        }
        const auto status =
            decoder.step(tokens[i], rule ? &*rule : nullptr, nullptr, static_cast<std::int32_t>(i), {}, fed.rows, 0, step, {});
        if (!status) {
            QTest::qFail(status.error().message.c_str(), __FILE__, __LINE__);
            return out;
        }
        fed.logits = step.logits;
        fed.exit = fed.rows.exit[0];
        fed.fills = step.fills;
        out.push_back(std::move(fed));
    }
    return out;
}

inline std::unique_ptr<ExitDecoder> make_exit_decoder(const model::Decoder& decoder, const ExitLens& lens, ExitDecoder::Options options)
{
    options.top_k = 1;
    auto made = ExitDecoder::make(decoder, lens, options);
    if (!made) {
        qFatal("%s", made.error().message.c_str());
    }
    return std::move(*made);
}

/// Keys and values of one layer up to `length`, head after head.
inline std::vector<float> rows_of_store(model::KvStore& store, std::int64_t layer, std::int64_t first, std::int64_t length)
{
    std::vector<float> out;
    for (std::int64_t head = 0; head < store.kv_heads(); ++head) {
        for (const float* rows : {store.keys(layer, head), store.values(layer, head)}) {
            out.insert(out.end(), rows + first * store.head_dim(), rows + length * store.head_dim());
        }
    }
    return out;
}

/// The plain decoder's store and logits for the same tokens, one at a time.
struct Plain {
    std::unique_ptr<model::KvStore> store;
    std::vector<Row> rows;
};
inline Plain plain(const model::Decoder& decoder, const std::vector<TokenId>& tokens)
{
    Plain out;
    out.store = decoder.make_store(static_cast<std::int64_t>(tokens.size()));
    out.rows = rows_of_steps(decoder, *out.store, tokens);
    return out;
}

inline void add_models()
{
    QTest::addColumn<QString>("model");
    for (const std::string& name : all_model_names()) {
        QTest::addRow("%s", name.c_str()) << QString::fromStdString(name);
    }
}

}  // namespace timberline::exits::testing
