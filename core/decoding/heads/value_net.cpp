// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/heads/value_net.h"

#include "core/base/text.h"

#include <algorithm>
#include <string>

namespace timberline::decoding {
namespace {

constexpr std::int64_t kLongestText = 1 << 20;

Result<RewardChoice> reward_of(const HeadFolder& heads)
{
    RewardChoice out;
    for (const auto& [key, value] : {std::pair{"reward", &out.kind}, std::pair{"keywords", &out.keywords}}) {
        const auto it = heads.shape.find(key);
        if (it == heads.shape.end() || !it->is_string()) {
            return make_error(ErrorCode::BadFile, heads.name + ": config.json: shape: " + key + " is missing or no text",
                              "The folder is damaged or of another program: train "
                              "the value net again.");
        }
        *value = it->get<std::string>();
    }
    if (std::ranges::find(text_rewards(), out.kind) == text_rewards().end()) {
        return make_error(ErrorCode::BadFile,
                          heads.name + ": config.json: shape: reward is " + in_quotes(printable(out.kind)) + ", expected one of " +
                              joined(text_rewards()),
                          "The folder is damaged or of another program: train the "
                          "value net again.");
    }
    TIMBERLINE_ASSIGN(out.wanted_length, heads.size("wanted_length", 1, kLongestText));
    return out;
}

}  // namespace

Result<ValueNet> ValueNet::make(const HeadFolder& heads, const model::LanguageModel& target)
{
    ValueNet out;
    TIMBERLINE_ASSIGN(const auto units, heads.size("units", 1, kMostValueUnits));
    TIMBERLINE_ASSIGN(out.reward_, reward_of(heads));
    TIMBERLINE_ASSIGN(out.in_, PackedLinear::from(heads, "in.weight", units, target.folder.config.hidden, "in.bias"));
    TIMBERLINE_ASSIGN(out.out_, PackedLinear::from(heads, "out.weight", 1, units, "out.bias"));
    return out;
}

std::vector<double> ValueNet::values(std::span<const float> rows) const
{
    const auto count = static_cast<std::int64_t>(rows.size()) / in_.inputs();
    std::vector<float> units(static_cast<std::size_t>(count * in_.outputs())), out(static_cast<std::size_t>(count));
    in_.apply(rows, count, units);
    silu_in_place(units);
    out_.apply(units, count, out);
    return {out.begin(), out.end()};
}

void put_reward(HeadFolder& heads, const RewardChoice& reward)
{
    heads.shape["reward"] = reward.kind;
    heads.shape["keywords"] = reward.keywords;
    heads.shape["wanted_length"] = reward.wanted_length;
}

}  // namespace timberline::decoding
