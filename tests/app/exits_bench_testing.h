// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/exit_rule_providers.h"
#include "app/window/exits_bench.h"
#include "tests/widgets/exit_samples.h"

#include <QTest>

#include <cmath>
#include <memory>
#include <mutex>
#include <vector>

/// What the tests of the Exits bench share: an engine that answers from samples, and the bench as the window holds it.
namespace timberline::testing {

using namespace timberline::app;
using record::KvMode;
using widgets::ExitChoice;

inline Hyperparameter real(const char* key, double value)
{
    Hyperparameter out{.key = key, .label = key, .unit = "", .help = "", .type = ParameterType::Real, .default_value = value};
    out.maximum = 1;
    return out;
}

inline MethodInfo policy(const char* id, const char* title, Hyperparameter parameter)
{
    return {.id = id, .family = "exit policy", .title = title, .summary = "A policy.", .hyperparameters = {std::move(parameter)}};
}

/// Answers from samples, notes what it was asked to run.
class SampleEngine : public run::Engine
{
public:
    SampleEngine()
    {
        registry_.add(policy("confidence", "Confidence", real("threshold", 0.9)), {});
        registry_.add(policy("margin", "Margin", real("threshold", 0.7)), {});
        registry_.add(policy("entropy", "Entropy", real("threshold", 0.8)), {});
        registry_.add(policy("saturation", "Hidden-state saturation", real("threshold", 0.97)), {});
        Hyperparameter patience{.key = "patience", .label = "Patience", .unit = "", .help = "", .default_value = std::int64_t{2}};
        patience.minimum = 1;
        patience.maximum = 64;
        registry_.add(policy("patience", "Patience", patience), {});
    }
    const MethodRegistry& methods() const override { return registry_; }
    Result<record::RecordPtr> run(const run::Config& config, const CancelToken&, ProgressSink&, run::RunControl*) override
    {
        const std::lock_guard lock(mutex);
        ran.push_back(config);
        return testing::exitRecord({.prompt = 3, .generated = 10, .layers = 6, .threshold = 0.5});
    }
    Result<record::Block> query(const run::Config& config, const run::BenchQuery& query, const CancelToken&, ProgressSink&) override
    {
        const std::lock_guard lock(mutex);
        asked.push_back(query);
        asked_with.push_back(config);
        if (query.what == "calibrate") {
            return certificate.ok() ? Result<record::Block>(record::to_block(*certificate)) : certificate.error();
        }
        if (query.what != "decision-map" || query.record == nullptr) {
            return make_error(ErrorCode::InvalidArgument, "no such question", "");
        }
        return record::to_block(testing::moonsMap(5, 12));
    }
    Result<record::BaselineMeasured> measure(const run::Config&, int, const record::Record*, const CancelToken&, ProgressSink&) override
    {
        return make_error(ErrorCode::Unsupported, "not measured", "");
    }
    Status preload(const run::Config&, const CancelToken&) override { return {}; }
    Result<run::ModelInfo> model_info(const std::string&) override { return make_error(ErrorCode::NotFound, "no model", ""); }
    Result<run::TensorSummary> tensor_summary(const std::string&, const std::string&, const CancelToken&) override
    {
        return make_error(ErrorCode::NotFound, "no tensor", "");
    }
    Status check_pair(const std::string&, const std::string&) override { return {}; }
    Result<std::vector<TokenId>> tokenize(const std::string&, const std::string&, bool) override { return std::vector<TokenId>{}; }
    std::vector<std::string> devices() const override { return {"cpu"}; }

    static inline std::mutex mutex;
    static inline std::vector<run::Config> ran, asked_with;
    static inline std::vector<run::BenchQuery> asked;
    static inline Result<record::ThresholdCalibration> certificate = make_error(ErrorCode::NotFound, "no certificate");

private:
    MethodRegistry registry_;
};

inline ExitChoice confidence(double threshold, KvMode mode = KvMode::Propagate)
{
    return {.policy = "confidence", .values = {{"threshold", threshold}}, .mode = mode};
}

struct Fold {
    widgets::RecordModel record;
    widgets::ExitModel model{&record};
    explicit Fold(const testing::ExitSample& sample)
    {
        model.setProviders(exit_rule_providers());
        record.setRecord(testing::exitRecord(sample));
    }
};

/// 20 texts, one of which differs at 0.90: P(Bin(20, 0.2) <= 0) = 0.8^20, P(Bin(20, 0.2) <= 1) = 0.8^20 + 20 0.2 0.8^19.
inline record::ThresholdCalibration certificate(double lambda)
{
    record::ThresholdCalibration out;
    out.policy = "confidence";
    out.lambda = lambda;
    out.delta = 0.2;
    out.epsilon = 0.05;
    out.prompts = 20;
    out.exact = true;
    out.grid = {1, 0.95, 0.9, 0.85};
    out.loss = {0, 0, 0.05, 0};
    const double none = std::pow(0.8, 20), one = none + 4 * std::pow(0.8, 19);
    out.p = {none, none, one, 1};
    out.tested = {1, 1, 1, 0};
    out.accepted = {1, 1, 0, 0};
    return out;
}

/// The bench with everything that the window gives it.
struct Window {
    JobHost jobs{[]() -> Result<std::unique_ptr<run::Engine>> { return std::unique_ptr<run::Engine>(std::make_unique<SampleEngine>()); }};
    widgets::RecordModel record;
    widgets::SelectionModel selection;
    RunSession session{&jobs, &record, nullptr, "exits"};
    std::unique_ptr<ExitsBench> bench;

    Window()
    {
        jobs.start();
        bench = std::make_unique<ExitsBench>(BenchContext{&session, &record, &selection, &jobs});
        if (!QTest::qWaitFor([this] { return jobs.engineReady(); }, 10000)) {
            qFatal("the engine did not start");
        }
        run::Config config;
        config.bench = "exits";
        session.setConfig(config);
    }
};

}  // namespace timberline::testing
