// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/training/data_sets/sampling.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Data files from the user's disk: untrusted. Everything is checked before it is used, and errors name the file.
namespace timberline::training {

/// Reads a data file of at most 2^30 bytes; "bundled:NAME" is allowed.
/// Errors: an empty name, NotFound, BadFile when it is empty, Unsupported when it is compressed (the well-known sets come as .gz).
/// @param method named where there is no file yet: "data set idx: images".
[[nodiscard]] Result<std::string> read_data_file(const std::string& name, const std::string& method);

/// BadFile with the file in front and a hint.
[[nodiscard]] Error damaged(const std::string& name, const std::string& what, std::string hint = {});

/// Samples of one file that a set takes: rows of bytes (0 to 255 become 0 to 1) and their labels.
struct ByteImages {
    std::int64_t count = 0;
    std::int64_t size = 0;    ///< bytes an image
    std::int64_t stride = 0;  ///< bytes from one image to the next
    std::string_view pixels;  ///< first image's first byte onwards
    std::vector<std::uint8_t> labels;
};

/// Fills `data` (whose sample_shape is set) from the training images, and from the validation images where there are any; else a share of
/// the training images is kept for validation. A random choice of at most `keep` images of each (0 = all) in random order. Errors: more
/// inputs than memory should hold.
[[nodiscard]] Status fill_from_images(DataSet& data, const ByteImages& training, const ByteImages& validation, std::int64_t keep,
                                      double validation_fraction, std::uint64_t seed, const CancelToken& cancel);

/// The declaration of `samples` of a set that is read: 0 = all.
[[nodiscard]] FieldText kept_samples_text();

}  // namespace timberline::training
