// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/weights.h"

#include "core/model/architectures/roles.h"
#include "core/model/architectures/tensor_plan.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <new>
#include <utility>

namespace timberline::model {
namespace {

/// out[r][c] = in[c * stride + first + r]: the weight's rows are columns of the file. In tiles, so that both sides stay in the cache.
template <typename Element>
void transpose(const std::uint8_t* in, std::int64_t stride, std::int64_t first, std::int64_t rows, std::int64_t columns, std::uint8_t* out)
{
    constexpr std::int64_t kTile = 32;
    for (std::int64_t row_tile = 0; row_tile < rows; row_tile += kTile) {
        for (std::int64_t column_tile = 0; column_tile < columns; column_tile += kTile) {
            for (std::int64_t r = row_tile; r < std::min(row_tile + kTile, rows); ++r) {
                for (std::int64_t c = column_tile; c < std::min(column_tile + kTile, columns); ++c) {
                    // memcpy, because the file does not promise alignment.
                    std::memcpy(out + static_cast<std::size_t>(r * columns + c) * sizeof(Element),
                                in + static_cast<std::size_t>(c * stride + first + r) * sizeof(Element), sizeof(Element));
                }
            }
        }
    }
}

/// Rows of one part out of [heads, 3, head_dim] rows.
void gather_heads(const PlannedTensor& tensor, const DecoderConfig& config, std::size_t row_bytes, std::uint8_t* out)
{
    const std::size_t head_bytes = static_cast<std::size_t>(config.head_dim) * row_bytes;
    for (std::int64_t head = 0; head < config.heads; ++head) {
        std::memcpy(out + static_cast<std::size_t>(head) * head_bytes,
                    tensor.view.data + static_cast<std::size_t>(3 * head + tensor.part) * head_bytes, head_bytes);
    }
}

/// Serves weights out of a mapped file. Fused and transposed ones are converted each time they are asked for, so that a model
/// which packs its weights once is never held twice.
class FileWeights final : public WeightProvider
{
public:
    FileWeights(DecoderConfig config, std::shared_ptr<const io::SafetensorsFile> file, TensorPlan plan, CancelToken cancel)
        : config_(std::move(config)), file_(std::move(file)), cancel_(std::move(cancel))
    {
        for (PlannedTensor& tensor : plan.tensors) {
            tensors_.emplace(std::pair(tensor.role, tensor.layer), std::move(tensor));
        }
    }

    [[nodiscard]] Result<Weight> weight(Role role, std::int64_t layer) const override
    {
        if (cancel_.cancelled()) {
            return make_error(ErrorCode::Cancelled, "reading " + label_of(*file_) + " was cancelled");
        }
        const auto it = tensors_.find({role, layer});
        if (it == tensors_.end()) {
            return Weight{};
        }
        const PlannedTensor& tensor = it->second;
        const WeightShape shape = shape_of(config_, role);
        Weight out{.type = tensor.view.type, .rows = shape.rows, .columns = shape.columns, .data = nullptr, .owner = nullptr};
        const std::size_t element = io::size_of(out.type);
        if (tensor.layout == Layout::Plain) {
            out.data = tensor.view.data;
            out.owner = file_;
            return out;
        }
        if (tensor.layout == Layout::FusedColumns && !shape.matrix) {
            out.data = tensor.view.data + static_cast<std::size_t>(tensor.part * shape.rows) * element;
            out.owner = file_;
            return out;
        }
        return converted(tensor, shape, out, element);
    }

private:
    [[nodiscard]] Result<Weight> converted(const PlannedTensor& tensor, const WeightShape& shape, Weight out, std::size_t element) const
    {
        const std::size_t bytes = static_cast<std::size_t>(shape.rows * shape.columns) * element;
        std::shared_ptr<std::uint8_t[]> owned(new (std::nothrow) std::uint8_t[bytes]);
        if (owned == nullptr) {
            return make_error(ErrorCode::OutOfMemory,
                              "no memory for tensor \"" + tensor.view.name + "\" (" + std::to_string(bytes) + " bytes)",
                              "Close other programs or take a smaller model.");
        }
        if (tensor.layout == Layout::HeadwiseFused) {
            gather_heads(tensor, config_, static_cast<std::size_t>(shape.columns) * element, owned.get());
        } else {
            const bool fused = tensor.layout == Layout::FusedColumns;
            const std::int64_t stride = fused ? 3 * shape.rows : shape.rows;
            const std::int64_t first = fused ? tensor.part * shape.rows : 0;
            const auto copy = element == 4 ? transpose<std::uint32_t> : transpose<std::uint16_t>;
            copy(tensor.view.data, stride, first, shape.rows, shape.columns, owned.get());
        }
        out.data = owned.get();
        out.owner = std::move(owned);
        return out;
    }

    DecoderConfig config_;
    std::shared_ptr<const io::SafetensorsFile> file_;
    CancelToken cancel_;
    std::map<std::pair<Role, std::int64_t>, PlannedTensor> tensors_;
};

}  // namespace

Result<std::shared_ptr<const WeightProvider>> file_weights(const DecoderConfig& config, std::shared_ptr<const io::SafetensorsFile> file,
                                                           const CancelToken& cancel, std::vector<std::string>* unused)
{
    if (file == nullptr) {
        return make_error(ErrorCode::Internal, "file_weights was given no file");
    }
    TIMBERLINE_ASSIGN(TensorPlan plan, plan_tensors(config, *file, cancel));
    if (unused != nullptr) {
        *unused = plan.unused;
    }
    return std::shared_ptr<const WeightProvider>(std::make_shared<FileWeights>(config, std::move(file), std::move(plan), cancel));
}

}  // namespace timberline::model
