// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/training/checkpoint.h"
#include "tests/training/training_testing.h"

using namespace timberline;
using namespace timberline::training;
using training_test::choices;

namespace {

std::unique_ptr<Trainer> moons_trainer()
{
    run::TrainingValues values;
    values.hidden = {5, 4};
    values.batch_norm = true;
    values.steps = 40;
    return training_test::trainer(choices("two-moons", {{"samples", std::int64_t{60}}}, "adamw"), values);
}

Checkpoint checkpoint_of(Trainer& trainer)
{
    Checkpoint out{
        .spec = trainer.objective().spec(), .state = trainer.state(), .seed = 1, .texts = {{"config", "{\"a\": 1}"}}, .extra = {}};
    out.extra["curve"] = {.rows = 2, .columns = 3, .values = {1, 2, 3, 4, 5, std::nanf("")}};
    return out;
}

/// A header that is the checkpoint's, changed.
std::string edited(const std::string& file, const std::string& from, const std::string& to)
{
    std::uint64_t length = 0;
    std::memcpy(&length, file.data(), sizeof length);
    auto header = file.substr(sizeof length, length);
    const auto data = file.substr(sizeof length + length);
    const auto at = header.find(from);
    if (at == std::string::npos) {
        qFatal("there is no %s in the file", from.c_str());
    }
    header.replace(at, from.size(), to);
    length = header.size();
    std::string out(sizeof length, '\0');
    std::memcpy(out.data(), &length, sizeof length);
    return out + header + data;
}

}  // namespace

class TestCheckpoint : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everything_survives();
    void a_saved_half_run_goes_on_bit_for_bit();
    void other_programs_find_the_weights_by_name();
    void a_failed_write_leaves_the_former_file();
    void damaged_files_are_refused_data();
    void damaged_files_are_refused();
    void any_cut_is_refused();
    void a_checkpoint_of_another_network_is_refused();

private:
    [[nodiscard]] std::string path(const char* name) const { return m_folder.filePath(name).toStdString(); }
    QTemporaryDir m_folder;
};

void TestCheckpoint::everything_survives()
{
    const auto trainer = moons_trainer();
    for (int i = 0; i < 7; ++i) {
        QVERIFY(trainer->step().ok());
    }
    const auto saved = checkpoint_of(*trainer);
    QVERIFY(save_checkpoint(path("a.safetensors"), saved).ok());
    const auto read = load_checkpoint(path("a.safetensors"));
    QVERIFY2(read.ok(), read.ok() ? "" : read.error().message.c_str());
    QVERIFY(read->spec == saved.spec);
    QCOMPARE(read->state.parameters, saved.state.parameters);
    QCOMPARE(read->state.buffers, saved.state.buffers);
    QVERIFY(read->state.optimizer == saved.state.optimizer);
    QCOMPARE(read->state.step, 7);
    QCOMPARE(read->state.epoch, saved.state.epoch);
    QCOMPARE(read->state.cursor, saved.state.cursor);
    QCOMPARE(read->state.batch_size, saved.state.batch_size);
    QCOMPARE(read->state.passes, 7);
    QCOMPARE(read->seed, std::uint64_t{1});
    QCOMPARE(read->texts.at("config"), "{\"a\": 1}");
    const auto& curve = read->extra.at("curve");
    QCOMPARE(curve.rows, 2);
    QCOMPARE(curve.columns, 3);
    QCOMPARE(curve.values[4], 5.0F);
    QVERIFY(std::isnan(curve.values[5]));
}

void TestCheckpoint::a_saved_half_run_goes_on_bit_for_bit()
{
    const auto whole = moons_trainer();
    for (int i = 0; i < 40; ++i) {
        QVERIFY(whole->step().ok());
    }
    const auto first = moons_trainer();
    for (int i = 0; i < 20; ++i) {
        QVERIFY(first->step().ok());
    }
    QVERIFY(save_checkpoint(path("half.safetensors"), checkpoint_of(*first)).ok());
    const auto read = load_checkpoint(path("half.safetensors"));
    QVERIFY(read.ok());
    const auto second = moons_trainer();
    QVERIFY(second->restore(read->state).ok());
    for (int i = 20; i < 40; ++i) {
        QVERIFY(second->step().ok());
    }
    QVERIFY(std::ranges::equal(second->parameters(), whole->parameters()));
    QVERIFY(std::ranges::equal(second->buffers(), whole->buffers()));
}

void TestCheckpoint::other_programs_find_the_weights_by_name()
{
    const auto trainer = moons_trainer();
    QVERIFY(save_checkpoint(path("b.safetensors"), checkpoint_of(*trainer)).ok());
    const auto file = read_file(path("b.safetensors"));
    QVERIFY(file.ok());
    for (const auto* name : {"model.layers.0.weight", "model.norms.1.bias", "buffers.norms.0.running_var", "optimizer.second_moment"}) {
        QVERIFY2(file->find(name) != std::string::npos, name);
    }
}

void TestCheckpoint::a_failed_write_leaves_the_former_file()
{
    const auto trainer = moons_trainer();
    const auto saved = checkpoint_of(*trainer);
    QVERIFY(save_checkpoint(path("kept.safetensors"), saved).ok());
    auto wrong = saved;
    wrong.extra["bad"] = {.rows = -1, .columns = 1, .values = {}};
    QVERIFY(!save_checkpoint(path("kept.safetensors"), wrong).ok());
    QVERIFY(load_checkpoint(path("kept.safetensors")).ok());
    QVERIFY(!save_checkpoint(path("no/such/folder.safetensors"), saved).ok());
}

void TestCheckpoint::damaged_files_are_refused_data()
{
    QTest::addColumn<QByteArray>("from");
    QTest::addColumn<QByteArray>("to");
    QTest::addColumn<QString>("part");
    const auto row = [](const char* name, const char* from, const char* to, const char* part) {
        QTest::newRow(name) << QByteArray(from) << QByteArray(to) << QString(part);
    };
    row("another kind of file", "training-checkpoint", "something-else-ab", "kind is \"something-else-ab\"");
    row("a newer version", R"("version":"1")", R"("version":"9")", "newer version");
    row("a step that is a word", R"("step":"7")", R"("step":"x")", "'step' is \"x\"");
    row("a negative step", R"("step":"7")", R"("step":"-7")", "'step' is \"-7\"");
    row("a step past any run", R"("step":"7")", R"("step":"99999999999999999999")", "expected an integer from 0");
    row("no seed", R"("seed":"1")", R"("sead":"1")", "'seed' is missing");
    row("a network that is no JSON", R"(\"kind\":\"mlp\")", R"(\"kind\":\"mlp)", "net");
    row("a network of another width", R"(\"hidden\":[5,4])", R"(\"hidden\":[6,4])", "expected F32 [6, 2]");
    row("a network without batch norm's tensors", R"(\"hidden\":[5,4])", R"(\"hidden\":[5,4,4])", "expected F32 [4, 4]");
    row("a network that would fill the memory", R"(\"hidden\":[5,4])", R"(\"hidden\":[65536,65536])", "at most 2^28");
    row("a weight under another name", R"("model.layers.0.weight")", R"("model.layers.0.weighd")", "model.layers.0.weight is missing");
    row("a weight of another type", R"("model.layers.0.bias":{"dtype":"F32","shape":[5])",
        R"("model.layers.0.bias":{"dtype":"F16","shape":[10])", "expected F32");
}

void TestCheckpoint::damaged_files_are_refused()
{
    QFETCH(QByteArray, from);
    QFETCH(QByteArray, to);
    QFETCH(QString, part);
    const auto trainer = moons_trainer();
    for (int i = 0; i < 7; ++i) {
        QVERIFY(trainer->step().ok());
    }
    QVERIFY(save_checkpoint(path("c.safetensors"), checkpoint_of(*trainer)).ok());
    const auto good = read_file(path("c.safetensors"));
    QVERIFY(good.ok());
    QVERIFY(write_file(path("d.safetensors"), edited(*good, from.toStdString(), to.toStdString())).ok());
    const auto read = load_checkpoint(path("d.safetensors"));
    QVERIFY(!read.ok());
    const auto message = QString::fromStdString(read.error().message);
    QVERIFY2(message.contains(part), qPrintable(message));
    QVERIFY2(message.contains("d.safetensors"), qPrintable(message));
    QVERIFY(!read.error().hint.empty());
}

void TestCheckpoint::any_cut_is_refused()
{
    const auto trainer = moons_trainer();
    QVERIFY(save_checkpoint(path("e.safetensors"), checkpoint_of(*trainer)).ok());
    const auto good = read_file(path("e.safetensors"));
    QVERIFY(good.ok());
    for (std::size_t length = 0; length < good->size(); length += 97) {
        QVERIFY(write_file(path("f.safetensors"), std::string_view(*good).substr(0, length)).ok());
        QVERIFY(!load_checkpoint(path("f.safetensors")).ok());
    }
    QVERIFY(!load_checkpoint(path("not-there.safetensors")).ok());
}

void TestCheckpoint::a_checkpoint_of_another_network_is_refused()
{
    const auto trainer = moons_trainer();
    run::TrainingValues values;
    const auto other = training_test::trainer(choices("two-moons", {}, "adamw"), values);
    const auto before = std::vector<float>(other->parameters().begin(), other->parameters().end());
    const auto refused = other->restore(trainer->state());
    QVERIFY(!refused.ok());
    QVERIFY(QString::fromStdString(refused.error().message).contains("expected 354"));  // 2*16+16 + 16*16+16 + 32+2
    QVERIFY(std::ranges::equal(other->parameters(), before));
    auto state = other->state();
    state.cursor = 1'000'000;
    QVERIFY(!other->restore(state).ok());
}

QTEST_APPLESS_MAIN(TestCheckpoint)
#include "test_checkpoint.moc"
