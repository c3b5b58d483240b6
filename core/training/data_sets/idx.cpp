// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/translate.h"
#include "core/training/data_sets/data_file.h"

#include <cstdio>

namespace timberline::training {
namespace {

struct IdxValues {
    std::string images = "bundled:digits-images.idx3-ubyte";
    std::string labels = "bundled:digits-labels.idx1-ubyte";
    std::string validation_images;
    std::string validation_labels;
    std::int64_t classes = 10;
    std::int64_t samples = 5000;
    double validation_fraction = 0.2;
};

const auto& fields()
{
    static const std::tuple table{
        field(&IdxValues::images,
              {.key = "images",
               .label = TIMBERLINE_TR("Images"),
               .help = TIMBERLINE_TR("IDX file of the training images, unpacked: train-images-idx3-ubyte of MNIST and its relatives."),
               .takes_effect = Effect::Restart,
               .type = ParameterType::Path}),
        field(&IdxValues::labels, {.key = "labels",
                                   .label = TIMBERLINE_TR("Labels"),
                                   .help = TIMBERLINE_TR("IDX file of the training labels, one byte an image: train-labels-idx1-ubyte."),
                                   .takes_effect = Effect::Restart,
                                   .type = ParameterType::Path}),
        field(&IdxValues::validation_images,
              {.key = "validation_images",
               .label = TIMBERLINE_TR("Validation images"),
               .help = TIMBERLINE_TR(
                   "IDX file of the images to validate on (t10k-images-idx3-ubyte); empty keeps a share of the training images."),
               .takes_effect = Effect::Restart,
               .type = ParameterType::Path}),
        field(&IdxValues::validation_labels,
              {.key = "validation_labels",
               .label = TIMBERLINE_TR("Validation labels"),
               .help = TIMBERLINE_TR("IDX file of the labels to validate on; empty where there are no such images."),
               .takes_effect = Effect::Restart,
               .type = ParameterType::Path}),
        field(&IdxValues::classes, {.key = "classes",
                                    .label = TIMBERLINE_TR("Classes"),
                                    .help = TIMBERLINE_TR("Number of classes; a label from this number on is an error."),
                                    .min = 2,
                                    .max = 256,
                                    .takes_effect = Effect::Restart}),
        field(&IdxValues::samples, kept_samples_text()),
        field(&IdxValues::validation_fraction, validation_fraction_text())};
    return table;
}

constexpr std::uint32_t kImagesMagic = 0x00000803;  ///< unsigned bytes, 3 dimensions
constexpr std::uint32_t kLabelsMagic = 0x00000801;
constexpr std::uint32_t kLargestSide = 4096;

/// Big-endian word number `index` of the header. Precondition: it is there.
std::uint32_t word(std::string_view bytes, std::size_t index)
{
    std::uint32_t out = 0;
    for (const char byte : bytes.substr(4 * index, 4)) {
        out = out << 8U | static_cast<unsigned char>(byte);
    }
    return out;
}

std::string hexadecimal(std::uint32_t value)
{
    char text[16];
    std::snprintf(text, sizeof text, "0x%08x", value);
    return text;
}

Status check_header(const std::string& name, std::string_view bytes, std::uint32_t magic, std::size_t header)
{
    const bool images = magic == kImagesMagic;
    if (bytes.size() < header) {
        return damaged(name, std::to_string(bytes.size()) + " bytes, expected at least " + std::to_string(header) +
                                 " (the header of an IDX " + (images ? "image" : "label") + " file)");
    }
    const std::uint32_t got = word(bytes, 0);
    if (got == magic) {
        return {};
    }
    const bool exchanged = got == (images ? kLabelsMagic : kImagesMagic);
    return damaged(name,
                   "begins with " + hexadecimal(got) + ", expected " + hexadecimal(magic) + (images ? " (IDX images)" : " (IDX labels)"),
                   exchanged ? "This looks like the other file: exchange images and labels." : "");
}

struct IdxImages {
    std::string bytes;
    std::uint64_t count = 0, rows = 0, columns = 0;
};

Result<IdxImages> read_images(const std::string& name, const std::string& key)
{
    constexpr std::size_t kHeader = 16;
    IdxImages out;
    TIMBERLINE_ASSIGN(out.bytes, read_data_file(name, "data set idx: " + key));
    TIMBERLINE_TRY(check_header(name, out.bytes, kImagesMagic, kHeader));
    out.count = word(out.bytes, 1);
    out.rows = word(out.bytes, 2);
    out.columns = word(out.bytes, 3);
    const std::string size = std::to_string(out.count) + " images of " + std::to_string(out.rows) + " x " + std::to_string(out.columns);
    if (out.count == 0 || out.rows == 0 || out.columns == 0 || out.rows > kLargestSide || out.columns > kLargestSide) {
        return damaged(name, "the header says " + size + ", expected at least 1 image with sides of 1 to " + std::to_string(kLargestSide));
    }
    const std::uint64_t expected = kHeader + out.count * out.rows * out.columns;  // below 2^57
    if (out.bytes.size() != expected) {
        return damaged(name, std::to_string(out.bytes.size()) + " bytes, expected " + std::to_string(expected) + " for " + size);
    }
    return out;
}

Result<std::vector<std::uint8_t>> read_labels(const std::string& name, const std::string& key, std::uint64_t images, std::int64_t classes)
{
    constexpr std::size_t kHeader = 8;
    TIMBERLINE_ASSIGN(const std::string bytes, read_data_file(name, "data set idx: " + key));
    TIMBERLINE_TRY(check_header(name, bytes, kLabelsMagic, kHeader));
    const std::uint64_t count = word(bytes, 1);
    if (bytes.size() != kHeader + count) {
        return damaged(name, std::to_string(bytes.size()) + " bytes, expected " + std::to_string(kHeader + count) + " for " +
                                 std::to_string(count) + " labels");
    }
    if (count != images) {
        return damaged(name, std::to_string(count) + " labels, expected " + std::to_string(images) + ", one an image",
                       "Name the labels that belong to the images.");
    }
    std::vector<std::uint8_t> out(bytes.begin() + kHeader, bytes.end());
    for (std::size_t i = 0; i < out.size(); ++i) {
        if (out[i] >= classes) {
            return damaged(name,
                           "label " + std::to_string(out[i]) + " of image " + std::to_string(i) + ", expected 0 to " +
                               std::to_string(classes - 1),
                           "Raise classes where the set has more of them.");
        }
    }
    return out;
}

ByteImages view_of(const IdxImages& images, std::vector<std::uint8_t> labels)
{
    const auto size = static_cast<std::int64_t>(images.rows * images.columns);
    return {.count = static_cast<std::int64_t>(images.count),
            .size = size,
            .stride = size,
            .pixels = std::string_view(images.bytes).substr(16),
            .labels = std::move(labels)};
}

Result<DataSet> read(const IdxValues& values, std::uint64_t seed, const CancelToken& cancel)
{
    if (values.validation_images.empty() != values.validation_labels.empty()) {
        return make_error(ErrorCode::InvalidArgument,
                          "data set idx: only one of validation_images and validation_labels is given, expected both or none",
                          "Name the other file too, or leave both empty.");
    }
    TIMBERLINE_ASSIGN(const IdxImages images, read_images(values.images, "images"));
    TIMBERLINE_ASSIGN(std::vector<std::uint8_t> labels, read_labels(values.labels, "labels", images.count, values.classes));
    DataSet data{.name = "idx",
                 .sample_shape = {1, static_cast<std::int64_t>(images.rows), static_cast<std::int64_t>(images.columns)},
                 .outputs = values.classes};
    IdxImages held_out;
    ByteImages validation;
    if (!values.validation_images.empty()) {
        TIMBERLINE_ASSIGN(held_out, read_images(values.validation_images, "validation_images"));
        if (held_out.rows != images.rows || held_out.columns != images.columns) {
            return damaged(values.validation_images, "images of " + std::to_string(held_out.rows) + " x " +
                                                         std::to_string(held_out.columns) + ", expected " + std::to_string(images.rows) +
                                                         " x " + std::to_string(images.columns) + " as in the training images");
        }
        TIMBERLINE_ASSIGN(std::vector<std::uint8_t> held_out_labels,
                          read_labels(values.validation_labels, "validation_labels", held_out.count, values.classes));
        validation = view_of(held_out, std::move(held_out_labels));
    }
    TIMBERLINE_TRY(
        fill_from_images(data, view_of(images, std::move(labels)), validation, values.samples, values.validation_fraction, seed, cancel));
    return data;
}

}  // namespace

MethodRegistry::Entry idx_data_set()
{
    MethodInfo info;
    info.id = "idx";
    info.family = "data set";
    info.title = TIMBERLINE_TR("IDX images (MNIST family)");
    info.summary = TIMBERLINE_TR(
        "Images and labels in the format of MNIST, Fashion-MNIST and their relatives, from your own disk; a few bundled digits at first.");
    info.sources = {{.title = "Gradient-Based Learning Applied to Document Recognition",
                     .authors = "Yann LeCun, Léon Bottou, Yoshua Bengio, Patrick Haffner",
                     .year = 1998,
                     .arxiv = ""}};
    info.hyperparameters = declare(fields());
    info.example = R"({"timberline": 1, "bench": "training", "seed": 1,
 "method": {"data_set": {"id": "idx", "values": {"images": "bundled:digits-images.idx3-ubyte", "labels": "bundled:digits-labels.idx1-ubyte"}}},
 "training": {"steps": 50}})";
    const DataSetFactory factory = [](const Values& values, std::uint64_t seed, const CancelToken& cancel) {
        return read(read_values(fields(), values), seed, cancel);
    };
    return {std::move(info), factory};
}

}  // namespace timberline::training
