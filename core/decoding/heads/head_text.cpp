// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/heads/head_text.h"

#include "core/base/files.h"
#include "core/base/json.h"
#include "core/base/random.h"
#include "core/base/text.h"
#include "core/base/thread_pool.h"
#include "core/decoding/heads/text_lanes.h"
#include "core/rules/sampling.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

namespace timberline::decoding {
namespace {

constexpr std::uintmax_t kLargestText = std::uintmax_t{256} << 20;

/// One batch of sequences that grow in step.
class Writing
{
public:
    Writing(const model::LanguageModel& target, const WrittenText& settings, std::int64_t first)
        : target_(target), settings_(settings), first_(first), lanes_(target.decoder->config(), settings.rows, settings.length)
    {}

    Status run(std::vector<std::vector<TokenId>>& out, const CancelToken& cancel)
    {
        begin();
        std::vector<std::int32_t> active(sequences_.size());
        for (std::size_t i = 0; i < active.size(); ++i) {
            active[i] = static_cast<std::int32_t>(i);
        }
        for (std::int64_t position = 0; position + 1 < settings_.length && !active.empty(); ++position) {
            TIMBERLINE_TRY(feed(position, active, cancel));
            extend(position, active);
            std::erase_if(active, [&](std::int32_t lane) { return ended_[static_cast<std::size_t>(lane)] != 0; });
        }
        std::ranges::copy_if(sequences_, std::back_inserter(out), [](const auto& sequence) { return sequence.size() >= 2; });
        return {};
    }

private:
    void begin()
    {
        for (std::int64_t row = 0; row < settings_.rows; ++row) {
            const auto which = static_cast<std::size_t>(first_ + row) % settings_.prompts.size();
            auto prompt = settings_.prompts[which];
            prompt.resize(std::min(prompt.size(), static_cast<std::size_t>(settings_.length)));
            given_.push_back(static_cast<std::int64_t>(prompt.size()));
            sequences_.push_back(std::move(prompt));
            ended_.push_back(0);
        }
    }

    Status feed(std::int64_t position, const std::vector<std::int32_t>& active, const CancelToken& cancel)
    {
        tokens_.clear();
        for (const auto lane : active) {
            tokens_.push_back(sequences_[static_cast<std::size_t>(lane)][static_cast<std::size_t>(position)]);
        }
        return lanes_.feed(*target_.decoder, tokens_, active, position, output_, cancel);
    }

    void extend(std::int64_t position, const std::vector<std::int32_t>& active)
    {
        const auto width = static_cast<std::size_t>(target_.decoder->config().vocabulary);
        ThreadPool::instance().parallel_for(static_cast<std::int64_t>(active.size()), 1, [&](std::int64_t first, std::int64_t last) {
            std::vector<float> law;
            for (std::int64_t row = first; row < last; ++row) {
                const auto lane = static_cast<std::size_t>(active[static_cast<std::size_t>(row)]);
                auto& sequence = sequences_[lane];
                if (static_cast<std::int64_t>(sequence.size()) > position + 1) {
                    continue;  // still in the prompt
                }
                const auto logits = std::span<const float>(output_.logits).subspan(static_cast<std::size_t>(row) * width, width);
                const TokenId next = choose(lane, position + 1, logits, law);
                sequence.push_back(next);
                ended_[lane] = std::ranges::find(target_.folder.stop_ids, next) != target_.folder.stop_ids.end() ? 1 : 0;
            }
        });
    }

    [[nodiscard]] TokenId choose(std::size_t lane, std::int64_t position, std::span<const float> logits, std::vector<float>& law) const
    {
        record::Sampling sampling;
        sampling.temperature = position < given_[lane] + settings_.opening ? 1.0 : settings_.temperature;
        if (sampling.temperature == 0) {
            return rules::argmax(logits);
        }
        law.assign(logits.begin(), logits.end());
        rules::apply_sampling(sampling, {}, law);
        return rules::sample(law, uniform({.seed = settings_.seed,
                                           .purpose = RandomPurpose::TargetSample,
                                           .round = static_cast<std::uint32_t>(first_) + static_cast<std::uint32_t>(lane),
                                           .position = static_cast<std::uint32_t>(position)}));
    }

    const model::LanguageModel& target_;
    const WrittenText& settings_;
    std::int64_t first_;
    TextLanes lanes_;
    std::vector<std::vector<TokenId>> sequences_;
    std::vector<std::int64_t> given_;
    std::vector<char> ended_;
    std::vector<TokenId> tokens_;
    model::ForwardOutput output_;
};

}  // namespace

Result<std::vector<std::vector<TokenId>>> write_text(const model::LanguageModel& target, const WrittenText& given,
                                                     const std::function<void(double)>& progress, const CancelToken& cancel)
{
    const auto& config = target.decoder->config();
    if (given.length < 2 || given.length > config.context) {
        return make_error(ErrorCode::InvalidArgument,
                          "sequences of " + std::to_string(given.length) +
                              " tokens were asked for: expected 2 to the target's context of " + std::to_string(config.context),
                          "Change length.");
    }
    WrittenText settings = given;
    if (settings.prompts.empty()) {
        TIMBERLINE_ASSIGN(auto start, target.folder.encode_prompt(""));
        settings.prompts.push_back(std::move(start));
    }
    for (const auto& prompt : settings.prompts) {
        const auto inside = [&](TokenId token) { return token >= 0 && token < config.vocabulary; };
        if (prompt.empty() || !std::ranges::all_of(prompt, inside)) {
            return make_error(ErrorCode::InvalidArgument, "a prompt is empty or holds a token outside the target's vocabulary",
                              "Give prompts of this model's tokenizer; a model without begin token needs some.");
        }
    }
    std::vector<std::vector<TokenId>> out;
    std::int64_t written = 0;
    for (std::int64_t first = 0; written < settings.tokens; first += settings.rows) {
        const std::size_t before = out.size();
        TIMBERLINE_TRY(Writing(target, settings, first).run(out, cancel));
        for (std::size_t i = before; i < out.size(); ++i) {
            written += static_cast<std::int64_t>(out[i].size());
        }
        if (out.size() == before) {
            return make_error(ErrorCode::InvalidArgument, "the target ended every text at once: there is nothing to train on",
                              "Give other prompts, or a text file.");
        }
        if (progress) {
            progress(std::min(1.0, static_cast<double>(written) / static_cast<double>(settings.tokens)));
        }
    }
    return out;
}

Result<std::vector<std::vector<TokenId>>> read_text(const std::filesystem::path& file, const model::ModelFolder& folder,
                                                    std::int64_t tokens, std::int64_t length)
{
    if (!folder.tokenizer) {
        return make_error(ErrorCode::NotFound, folder.name + " has no tokenizer.json: it cannot read the text " + printable(file.string()),
                          "Let the target write the text.");
    }
    TIMBERLINE_ASSIGN(const auto text, read_file(file, kLargestText));
    TIMBERLINE_ASSIGN(auto start, folder.encode_prompt(""));
    if (static_cast<std::int64_t>(start.size()) >= length) {
        start.resize(static_cast<std::size_t>(length) - 1);
    }
    std::vector<std::vector<TokenId>> out;
    std::int64_t count = 0;
    std::size_t begin = 0;
    while (begin < text.size() && count < tokens) {
        const auto end = std::min(text.find('\n', begin), text.size());
        TIMBERLINE_ASSIGN(const auto ids, folder.tokenizer->encode(text.substr(begin, end - begin), false));
        begin = end + 1;
        const auto step = static_cast<std::size_t>(length) - start.size();
        for (std::size_t i = 0; i + 1 < ids.size() && count < tokens; i += step) {
            auto sequence = start;
            sequence.insert(sequence.end(), ids.begin() + static_cast<std::ptrdiff_t>(i),
                            ids.begin() + static_cast<std::ptrdiff_t>(std::min(i + step, ids.size())));
            count += static_cast<std::int64_t>(sequence.size());
            out.push_back(std::move(sequence));
        }
    }
    const bool known = std::ranges::all_of(out, [&](const auto& sequence) {
        return std::ranges::all_of(sequence, [&](TokenId id) { return id >= 0 && id < folder.config.vocabulary; });
    });
    if (out.empty() || !known) {
        return make_error(ErrorCode::BadFile,
                          file.string() +
                              (out.empty() ? ": it holds no line of two tokens" : ": its tokens lie outside the model's vocabulary"),
                          "Name a plain text file in the model's language.");
    }
    return out;
}

HeadText split_text(std::vector<std::vector<TokenId>> sequences, double held_out_share, std::uint64_t seed)
{
    HeadText out;
    for (std::size_t i = 0; i < sequences.size(); ++i) {
        const double u = uniform({.seed = seed, .purpose = RandomPurpose::DataSplit, .position = static_cast<std::uint32_t>(i)});
        (u < held_out_share ? out.held_out : out.train).push_back(std::move(sequences[i]));
    }
    std::set<std::vector<TokenId>> seen(out.train.begin(), out.train.end());
    std::erase_if(out.held_out, [&](const auto& sequence) { return !seen.insert(sequence).second; });
    if (out.held_out.empty() && out.train.size() > 1) {
        const auto last = out.train.back();
        out.held_out.push_back(last);
        if (std::ranges::any_of(out.train, [&](const auto& sequence) { return sequence != last; })) {
            std::erase(out.train, last);
        } else {
            out.train.pop_back();  // all are the same text
        }
    }
    if (out.train.empty() && !out.held_out.empty()) {
        out.train.push_back(out.held_out.front());
    }
    return out;
}

Status save_text(const std::filesystem::path& file, const std::vector<std::vector<TokenId>>& sequences, const std::string& key)
{
    std::string out = key + "\n";
    for (const auto& sequence : sequences) {
        for (std::size_t i = 0; i < sequence.size(); ++i) {
            out += i > 0 ? " " : "";
            out += std::to_string(sequence[i]);
        }
        out += '\n';
    }
    return write_file(file, out);
}

std::vector<std::vector<TokenId>> load_text(const std::filesystem::path& file, const std::string& key, std::int64_t vocabulary)
{
    const auto text = read_file(file, kLargestText);
    if (!text.ok() || !text->starts_with(key + "\n")) {
        return {};
    }
    std::vector<std::vector<TokenId>> out;
    std::vector<TokenId> sequence;
    const char* at = text->data() + key.size() + 1;
    const char* const end = text->data() + text->size();
    while (at < end) {
        TokenId id = 0;
        const auto [next, code] = std::from_chars(at, end, id);
        if (code != std::errc{} || next == end || (*next != ' ' && *next != '\n') || id < 0 || id >= vocabulary) {
            return {};
        }
        sequence.push_back(id);
        if (*next == '\n') {
            if (sequence.size() < 2) {
                return {};
            }
            out.push_back(std::move(sequence));
            sequence.clear();
        }
        at = next + 1;
    }
    return sequence.empty() ? out : std::vector<std::vector<TokenId>>{};
}

}  // namespace timberline::decoding
