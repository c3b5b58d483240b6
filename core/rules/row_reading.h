// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace timberline::rules {

/// The numbers of one row of logits [V] at temperature 1 (methods/exits.md 0, 1.3, 3.2). A row with NaN or without a finite largest entry
/// has NaN numbers.
struct RowReading {
    TokenId top1 = -1;                                                     ///< the lowest id wins a tie
    float probability = std::numeric_limits<float>::quiet_NaN();           ///< of top1
    float margin = std::numeric_limits<float>::quiet_NaN();                ///< best minus second-best probability; a single entry has 1
    float entropy = std::numeric_limits<float>::quiet_NaN();               ///< nats
    float kl_final = std::numeric_limits<float>::quiet_NaN();              ///< KL(final || this), nats; NaN without a final row
    float next_log_probability = std::numeric_limits<float>::quiet_NaN();  ///< of the wanted token; NaN without one
};

/// Reads rows of logits; keeps its scratch memory. Float32 exponentials, sums in double; the same row gives the same bits whatever was read
/// before.
class RowReader
{
public:
    /// The row that KL compares with, until the next call; read(final row) then has kl_final == 0 exactly.
    void set_final(std::span<const float> logits);
    void clear_final() noexcept { final_weights_.clear(); }

    /// @param next token whose log-probability is wanted, -1 = none.
    [[nodiscard]] RowReading read(std::span<const float> logits, TokenId next = -1);
    /// The k likeliest tokens of a row and their probabilities, descending; ties by id. Entries past the row's length are -1 and NaN.
    /// @param reading of the same row.
    static void top(std::span<const float> logits, const RowReading& reading, std::span<TokenId> ids, std::span<float> probability);

private:
    struct Sums {
        float largest = 0;
        double total = 0;    ///< sum of exp(z - largest)
        double product = 0;  ///< sum of exp(z - largest) * (z - largest)
        bool finite = false;
    };
    static Sums weigh(std::span<const float> logits, std::vector<float>* weights);

    std::vector<float> final_weights_;  ///< exp(z - largest) of the final row; empty = none
    double final_total_ = 0;
    double final_entropy_ = 0;
};

}  // namespace timberline::rules
