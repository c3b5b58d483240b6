// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/data_sets/data_file.h"

#include "core/base/files.h"
#include "core/base/text.h"
#include "core/base/translate.h"

#include <algorithm>

namespace timberline::training {
namespace {

Status append_images(DataSet& data, const ByteImages& images, std::span<const std::int64_t> chosen, const CancelToken& cancel)
{
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        if (i % 256 == 0 && cancel.cancelled()) {
            return make_error(ErrorCode::Cancelled, "reading the data set was cancelled");
        }
        const auto at = static_cast<std::size_t>(chosen[i]);
        const auto pixels = images.pixels.substr(at * static_cast<std::size_t>(images.stride), static_cast<std::size_t>(images.size));
        for (const char pixel : pixels) {
            data.inputs.push_back(static_cast<float>(static_cast<unsigned char>(pixel)) / 255.0F);
        }
        data.labels.push_back(images.labels[at]);
    }
    return {};
}

}  // namespace

Error damaged(const std::string& name, const std::string& what, std::string hint)
{
    return make_error(ErrorCode::BadFile, printable(name) + ": " + what,
                      hint.empty() ? "Check that this is the file you meant, or fetch it again." : std::move(hint));
}

Result<std::string> read_data_file(const std::string& name, const std::string& method)
{
    if (name.empty()) {
        return make_error(ErrorCode::InvalidArgument, method + " is empty, expected a file", "Name a file on your disk.");
    }
    TIMBERLINE_ASSIGN(std::string bytes, read_file(resolve_data_path(name)));
    if (bytes.empty()) {
        return damaged(name, "the file is empty");
    }
    if (bytes.starts_with("\x1f\x8b")) {
        return make_error(ErrorCode::Unsupported, printable(name) + ": the file is compressed with gzip, expected the plain file",
                          "Unpack it first: gunzip " + printable(name));
    }
    return bytes;
}

Status fill_from_images(DataSet& data, const ByteImages& training, const ByteImages& validation, std::int64_t keep,
                        double validation_fraction, std::uint64_t seed, const CancelToken& cancel)
{
    const auto kept = [keep](const ByteImages& images) { return keep > 0 ? std::min(keep, images.count) : images.count; };
    data.samples = kept(training) + kept(validation);
    if (data.samples > kMostInputs / data.sample_size()) {
        return make_error(ErrorCode::OutOfMemory,
                          "data set " + data.name + ": " + std::to_string(data.samples) + " images of " +
                              std::to_string(data.sample_size()) + " values, expected at most " + std::to_string(kMostInputs) + " values",
                          "Set samples to at most " + std::to_string(kMostInputs / data.sample_size() / 2) + ".");
    }
    data.inputs.reserve(static_cast<std::size_t>(data.samples * data.sample_size()));
    for (const ByteImages* images : {&training, &validation}) {
        const auto order = random_order(images->count, seed);
        TIMBERLINE_TRY(append_images(data, *images, std::span(order).first(static_cast<std::size_t>(kept(*images))), cancel));
    }
    data.train = validation.count > 0 ? kept(training) : training_count(data.samples, validation_fraction);
    return check_data_set(data);
}

FieldText kept_samples_text()
{
    return {.key = "samples",
            .label = TIMBERLINE_TR("Samples"),
            .help = TIMBERLINE_TR("How many samples of each file are taken, by chance; 0 takes all of them."),
            .min = 0,
            .max = 10000000,
            .takes_effect = Effect::Restart};
}

}  // namespace timberline::training
