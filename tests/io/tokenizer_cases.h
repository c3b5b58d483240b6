// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Small tokenizers written out for one test each.

#include "core/io/tokenizer.h"

#include <QString>
#include <QStringList>

#include <string>
#include <vector>

namespace timberline::io::cases {

/// A whole tokenizer.json; every part is JSON text.
struct Parts {
    std::string model;
    std::string added = "[]";
    std::string normalizer = "null";
    std::string pre_tokenizer = "null";
    std::string post_processor = "null";
    std::string decoder = "null";

    [[nodiscard]] std::string json() const
    {
        return R"({"version": "1.0", "truncation": null, "padding": null, "added_tokens": )" + added + R"(, "normalizer": )" + normalizer +
               R"(, "pre_tokenizer": )" + pre_tokenizer + R"(, "post_processor": )" + post_processor + R"(, "decoder": )" + decoder +
               R"(, "model": )" + model + "}";
    }
};

/// A BPE model; `vocab` and `merges` are JSON text, `more` further fields with a comma in front.
[[nodiscard]] inline std::string bpe(const std::string& vocab, const std::string& merges = "[]", const std::string& more = "")
{
    return R"({"type": "BPE", "vocab": )" + vocab + R"(, "merges": )" + merges + more + "}";
}

[[nodiscard]] inline QString text_of(const std::vector<TokenId>& ids)
{
    QStringList numbers;
    for (const TokenId id : ids) {
        numbers << QString::number(id);
    }
    return numbers.join(QLatin1Char(' '));
}

/// The ids as "1 2 3", or "error: …".
[[nodiscard]] inline QString encoded(const std::string& json, const std::string& text, bool with_special = false)
{
    const auto tokenizer = Tokenizer::parse(json, "test.json");
    if (!tokenizer.ok()) {
        return QStringLiteral("error: ") + QString::fromStdString(tokenizer.error().message);
    }
    const auto ids = tokenizer->encode(text, with_special);
    return ids.ok() ? text_of(*ids) : QStringLiteral("error: ") + QString::fromStdString(ids.error().message);
}

/// The decoded text, or "error: …".
[[nodiscard]] inline QString decoded(const std::string& json, const std::vector<TokenId>& ids, bool skip_special = true)
{
    const auto tokenizer = Tokenizer::parse(json, "test.json");
    if (!tokenizer.ok()) {
        return QStringLiteral("error: ") + QString::fromStdString(tokenizer.error().message);
    }
    return QString::fromStdString(tokenizer->decode(ids, skip_special));
}

}  // namespace timberline::io::cases
