// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"
#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace timberline::io {

enum class DataType : std::uint8_t { F32, F16, BF16, F64, I64, I32, I16, I8, U8, Bool };
[[nodiscard]] std::string_view name_of(DataType type) noexcept;  ///< as safetensors spells it
[[nodiscard]] std::size_t size_of(DataType type) noexcept;       ///< bytes an element

/// A tensor inside a mapped file. `data` stays valid as long as the SafetensorsFile lives; row-major, alignment is only that of the file.
struct TensorView {
    std::string name;
    DataType type = DataType::F32;
    std::vector<std::int64_t> shape;
    const std::uint8_t* data = nullptr;
    std::size_t bytes = 0;
    [[nodiscard]] std::int64_t elements() const noexcept;
};

/// One memory-mapped safetensors file, or all shards that a `*.safetensors.index.json` names, as one table.
/// Untrusted input: header length, JSON, types, shapes, offsets, overlaps, gaps past the end and overflow are checked before any use.
/// Movable, not copyable. Reading is thread-safe.
class SafetensorsFile
{
public:
    /// Opens `folder/model.safetensors`, or the shards of `folder/model.safetensors.index.json`.
    [[nodiscard]] static Result<SafetensorsFile> open_folder(const std::filesystem::path& folder, const CancelToken& cancel = {});
    [[nodiscard]] static Result<SafetensorsFile> open_file(const std::filesystem::path& file);

    SafetensorsFile(SafetensorsFile&&) noexcept;
    SafetensorsFile& operator=(SafetensorsFile&&) noexcept;
    ~SafetensorsFile();

    [[nodiscard]] const std::map<std::string, TensorView, std::less<>>& tensors() const noexcept;
    /// The error names the file, the tensor and the nearest name that exists.
    [[nodiscard]] Result<TensorView> tensor(std::string_view name) const;
    [[nodiscard]] bool contains(std::string_view name) const noexcept;
    [[nodiscard]] const std::vector<std::filesystem::path>& files() const noexcept;
    [[nodiscard]] const std::map<std::string, std::string>& metadata() const noexcept;
    /// 64-bit content hash of all files, 16 hexadecimal digits; reads everything once.
    [[nodiscard]] std::string content_hash() const;

private:
    struct State;
    explicit SafetensorsFile(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// Converts any floating type to float32. Precondition: out has view.elements() elements.
void to_float32(const TensorView& view, float* out);
/// Converts `count` elements starting at `first`.
void to_float32(const TensorView& view, std::int64_t first, std::int64_t count, float* out);

/// Minimum, maximum, mean, standard deviation, NaN and infinity counts of one tensor, computed in one pass without loading the others.
struct TensorStatistics {
    double minimum = 0, maximum = 0, mean = 0, standard_deviation = 0;
    std::int64_t not_finite = 0;
};
[[nodiscard]] Result<TensorStatistics> statistics(const TensorView& view, const CancelToken& cancel = {});

struct TensorToWrite {
    std::string name;
    std::vector<std::int64_t> shape;
    const float* data = nullptr;
    DataType type = DataType::F32;  ///< as stored: F32, or F16 (rounded to nearest)
};
/// Writes tensors as safetensors (temporary name, rename). Errors: a name used twice, another type than F32 and F16, a number that F16
/// cannot hold.
[[nodiscard]] Status write_safetensors(const std::filesystem::path& file, const std::vector<TensorToWrite>& tensors,
                                       const std::map<std::string, std::string>& metadata = {});

}  // namespace timberline::io
