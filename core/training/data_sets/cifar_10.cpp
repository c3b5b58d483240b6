// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"
#include "core/base/translate.h"
#include "core/training/data_sets/data_file.h"

#include <filesystem>

namespace timberline::training {
namespace {

struct CifarValues {
    std::string folder = "bundled:cifar-10-sample";
    std::int64_t samples = 5000;
    double validation_fraction = 0.2;
};

const auto& fields()
{
    static const std::tuple table{
        field(&CifarValues::folder,
              {.key = "folder",
               .label = TIMBERLINE_TR("Folder"),
               .help =
                   TIMBERLINE_TR("Folder of the binary version: data_batch_1.bin to data_batch_5.bin, and test_batch.bin to validate on."),
               .takes_effect = Effect::Restart,
               .type = ParameterType::Path}),
        field(&CifarValues::samples, kept_samples_text()), field(&CifarValues::validation_fraction, validation_fraction_text())};
    return table;
}

constexpr std::size_t kSide = 32;
constexpr std::size_t kPixels = 3 * kSide * kSide;  ///< three planes: red, green, blue
constexpr std::size_t kRecord = 1 + kPixels;        ///< the label stands in front
constexpr int kClasses = 10;

/// The batches that a folder has, in their order; the training ones or the one for validation.
Result<std::vector<std::string>> batches(const std::string& given)
{
    if (given.empty()) {
        return make_error(ErrorCode::InvalidArgument, "data set cifar-10: folder is empty, expected a folder",
                          "Name the folder that holds data_batch_1.bin.");
    }
    std::filesystem::path folder = resolve_data_path(given);
    std::error_code ignored;
    if (std::filesystem::is_directory(folder / "cifar-10-batches-bin", ignored)) {
        folder /= "cifar-10-batches-bin";
    }
    std::vector<std::string> out;
    for (int number = 1; number <= 5; ++number) {
        const auto file = folder / ("data_batch_" + std::to_string(number) + ".bin");
        if (std::filesystem::exists(file, ignored)) {
            out.push_back(file.string());
        }
    }
    if (!out.empty()) {
        return out;
    }
    const bool python = std::filesystem::exists(folder / "data_batch_1", ignored);
    return make_error(ErrorCode::NotFound, printable(folder.string()) + ": no data_batch_1.bin to data_batch_5.bin in it",
                      python ? "This is the Python version of the set, which is never read: fetch the binary version."
                             : "Name the folder of the binary version of CIFAR-10.");
}

/// Appends a batch's records to `records` after checking them.
Status append_batch(const std::string& name, std::string& records)
{
    TIMBERLINE_ASSIGN(const std::string bytes, read_data_file(name, "data set cifar-10"));
    if (bytes.size() % kRecord != 0) {
        return damaged(name, std::to_string(bytes.size()) + " bytes, expected a multiple of " + std::to_string(kRecord) +
                                 " (a label and 32 x 32 pixels in three colours)");
    }
    for (std::size_t at = 0; at < bytes.size(); at += kRecord) {
        const auto label = static_cast<unsigned char>(bytes[at]);
        if (label >= kClasses) {
            return damaged(name, "label " + std::to_string(label) + " of image " + std::to_string(at / kRecord) + ", expected 0 to 9");
        }
    }
    records += bytes;
    return {};
}

ByteImages view_of(const std::string& records)
{
    ByteImages out{.count = static_cast<std::int64_t>(records.size() / kRecord),
                   .size = kPixels,
                   .stride = kRecord,
                   .pixels = records.empty() ? std::string_view() : std::string_view(records).substr(1),
                   .labels = {}};
    for (std::size_t at = 0; at < records.size(); at += kRecord) {
        out.labels.push_back(static_cast<std::uint8_t>(records[at]));
    }
    return out;
}

Result<DataSet> read(const CifarValues& values, std::uint64_t seed, const CancelToken& cancel)
{
    TIMBERLINE_ASSIGN(const std::vector<std::string> files, batches(values.folder));
    std::string training;
    for (const std::string& file : files) {
        if (cancel.cancelled()) {
            return make_error(ErrorCode::Cancelled, "reading the data set was cancelled");
        }
        TIMBERLINE_TRY(append_batch(file, training));
    }
    std::string validation;
    const auto test = std::filesystem::path(files.front()).parent_path() / "test_batch.bin";
    std::error_code ignored;
    if (std::filesystem::exists(test, ignored)) {
        TIMBERLINE_TRY(append_batch(test.string(), validation));
    }
    DataSet data{.name = "cifar-10",
                 .sample_shape = {3, kSide, kSide},
                 .outputs = kClasses,
                 .output_names = {"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"}};
    TIMBERLINE_TRY(
        fill_from_images(data, view_of(training), view_of(validation), values.samples, values.validation_fraction, seed, cancel));
    return data;
}

}  // namespace

MethodRegistry::Entry cifar_10_data_set()
{
    MethodInfo info;
    info.id = "cifar-10";
    info.family = "data set";
    info.title = TIMBERLINE_TR("CIFAR-10");
    info.summary = TIMBERLINE_TR(
        "Small colour photographs of ten kinds of things, in the binary version from your own disk; a few bundled drawings at first.");
    info.sources = {
        {.title = "Learning Multiple Layers of Features from Tiny Images", .authors = "Alex Krizhevsky", .year = 2009, .arxiv = ""}};
    info.hyperparameters = declare(fields());
    info.example = R"({"timberline": 1, "bench": "training", "seed": 1,
 "method": {"data_set": {"id": "cifar-10", "values": {"folder": "bundled:cifar-10-sample"}}}, "training": {"steps": 20}})";
    const DataSetFactory factory = [](const Values& values, std::uint64_t seed, const CancelToken& cancel) {
        return read(read_values(fields(), values), seed, cancel);
    };
    return {std::move(info), factory};
}

}  // namespace timberline::training
