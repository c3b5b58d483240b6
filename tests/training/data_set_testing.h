// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/training/data_set.h"

#include <stdexcept>

/// Data sets by id.
namespace timberline::testing {

using training::DataSet;

inline const MethodRegistry& data_sets()
{
    static const MethodRegistry registry = [] {
        MethodRegistry out;
        training::register_data_sets(out);
        return out;
    }();
    return registry;
}

inline Result<DataSet> try_data_set(const std::string& id, const Values& given = {}, std::uint64_t seed = 1)
{
    const auto entry = data_sets().find("data set", id);
    TIMBERLINE_ASSIGN(const Values values, complete_values((*entry.value()).info.hyperparameters, given, id));
    return std::any_cast<const training::DataSetFactory&>(entry.value()->factory)(values, seed, CancelToken{});
}

inline DataSet make_data_set(const std::string& id, const Values& given = {}, std::uint64_t seed = 1)
{
    auto data = try_data_set(id, given, seed);
    if (!data.ok()) {
        throw std::runtime_error(data.error().message);
    }
    return std::move(*data);
}

/// True when both hold the same samples in the same order, bit for bit.
inline bool same_samples(const DataSet& a, const DataSet& b)
{
    return a.samples == b.samples && a.train == b.train && a.inputs == b.inputs && a.labels == b.labels && a.targets == b.targets &&
           a.tokens == b.tokens;
}

}  // namespace timberline::testing
