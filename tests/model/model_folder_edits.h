// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/files.h"
#include "core/model/language_model.h"

#include <QTemporaryDir>
#include <QTest>

#include <cstring>
#include <filesystem>
#include <functional>
#include <string>

/// Copies of fixture folders that a test may damage: config.json, the safetensors header, the tokenizer.
namespace model_folders {

using namespace timberline;
using namespace timberline::model;

namespace fs = std::filesystem;

const fs::path kFixtures = TIMBERLINE_FIXTURES;
constexpr const char* kBase = "llama-gqa";

/// A copy of a fixture that a test may damage.
inline fs::path copy_fixture(const QTemporaryDir& parent, const char* fixture = kBase, const char* name = "model")
{
    const fs::path folder = fs::path(parent.path().toStdString()) / name;
    fs::create_directories(folder);
    for (const auto& entry : fs::directory_iterator(kFixtures / fixture)) {
        if (entry.path().filename() != "expected.safetensors") {
            fs::copy_file(entry.path(), folder / entry.path().filename());
        }
    }
    return folder;
}

inline void write(const fs::path& path, const std::string& text)
{
    if (!write_file(path, text)) {
        qFatal("the test folder cannot be written");
    }
}

inline Json json_of(const fs::path& path)
{
    const auto text = read_file(path);
    return text ? Json::parse(*text) : Json();
}

inline void edit(const fs::path& path, const std::function<void(Json&)>& change)
{
    Json json = json_of(path);
    change(json);
    write(path, json.dump());
}

inline void set_config(const fs::path& folder, const char* key, const Json& value)
{
    edit(folder / "config.json", [&](Json& json) { json[key] = value; });
}

/// Rewrites the header of model.safetensors, keeping the data.
inline void edit_header(const fs::path& folder, const std::function<void(std::string&)>& change)
{
    const fs::path path = folder / "model.safetensors";
    const std::string content = *read_file(path);
    std::uint64_t length = 0;
    std::memcpy(&length, content.data(), 8);
    std::string header = content.substr(8, length);
    change(header);
    const std::uint64_t now = header.size();
    std::string out(8, '\0');
    std::memcpy(out.data(), &now, 8);
    write(path, out + header + content.substr(8 + length));
}

inline void replace(std::string& text, const std::string& from, const std::string& to)
{
    const std::size_t at = text.find(from);
    if (at == std::string::npos) {
        qFatal("the fixture does not hold what the test wants to damage");
    }
    text.replace(at, from.size(), to);
}

}  // namespace model_folders
