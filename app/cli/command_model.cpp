// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "core/base/compute_threads.h"
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/io/archive.h"
#include "core/model/language_model.h"
#include "core/run/engine.h"

namespace timberline::cli {
namespace {

std::string mebibytes(std::int64_t bytes)
{
    return number(static_cast<double>(bytes) / 1048576.0) + " MiB";
}

std::string shape_text(const std::vector<std::int64_t>& shape)
{
    std::string out;
    for (const auto size : shape) {
        out += (out.empty() ? "" : " x ") + std::to_string(size);
    }
    return out.empty() ? "scalar" : out;
}

OrderedJson info_json(const run::ModelInfo& info)
{
    OrderedJson out;
    out["name"] = info.name;
    out["path"] = info.path;
    out["architecture"] = info.architecture;
    out["tokenizer"] = info.tokenizer;
    out["parameters"] = info.parameters;
    out["layers"] = info.layers;
    out["hidden"] = info.hidden;
    out["heads"] = info.heads;
    out["kv_heads"] = info.kv_heads;
    out["head_dim"] = info.head_dim;
    out["intermediate"] = info.intermediate;
    out["vocabulary"] = info.vocabulary;
    out["context"] = info.context;
    out["stop_ids"] = info.stop_ids;
    out["memory_bytes"] = {{"weights", info.weight_bytes},
                           {"kv_cache", info.kv_cache_bytes},
                           {"workspace", info.workspace_bytes},
                           {"total", info.weight_bytes + info.kv_cache_bytes + info.workspace_bytes}};
    out["tensors"] = OrderedJson::array();
    for (const auto& tensor : info.tensors) {
        out["tensors"].push_back({{"name", tensor.name}, {"type", tensor.type}, {"shape", tensor.shape}, {"bytes", tensor.bytes}});
    }
    out["diagnostics"] = info.diagnostics;
    return out;
}

std::string info_text(const run::ModelInfo& info)
{
    const auto total = info.weight_bytes + info.kv_cache_bytes + info.workspace_bytes;
    std::string stop;
    for (const auto id : info.stop_ids) {
        stop += (stop.empty() ? "" : ", ") + std::to_string(id);
    }
    std::vector<std::vector<std::string>> rows = {
        {"path", info.path},
        {"architecture", info.architecture},
        {"parameters", std::to_string(info.parameters)},
        {"layers", std::to_string(info.layers)},
        {"hidden size", std::to_string(info.hidden)},
        {"heads",
         std::to_string(info.heads) + " of " + std::to_string(info.head_dim) + ", " + std::to_string(info.kv_heads) + " key/value"},
        {"MLP size", std::to_string(info.intermediate)},
        {"vocabulary", std::to_string(info.vocabulary)},
        {"context", std::to_string(info.context)},
        {"tokenizer", info.tokenizer},
        {"stop ids", stop.empty() ? "none" : stop},
        {"memory", mebibytes(total) + " at full context: weights " + mebibytes(info.weight_bytes) + ", KV cache " +
                       mebibytes(info.kv_cache_bytes) + ", workspace " + mebibytes(info.workspace_bytes)},
    };
    for (const auto& diagnostic : info.diagnostics) {
        rows.push_back({"remark", diagnostic});
    }
    std::vector<std::vector<std::string>> tensors;
    for (const auto& tensor : info.tensors) {
        tensors.push_back({tensor.name, tensor.type, shape_text(tensor.shape), std::to_string(tensor.bytes)});
    }
    return table({"model", info.name}, rows) + "\n" + table({"tensor", "type", "shape", "bytes"}, tensors);
}

int info(const Arguments& arguments, const CancelToken&)
{
    const auto engine = run::make_engine();
    const auto description = engine->model_info(arguments.positional[0]);
    if (!description) {
        return fail(description.error());
    }
    if (arguments.has("json")) {
        print_json(info_json(*description));
    } else {
        print(info_text(*description));
    }
    return kOk;
}

Status check_ids(const std::vector<TokenId>& ids, const model::DecoderConfig& config)
{
    if (ids.empty()) {
        return make_error(ErrorCode::InvalidArgument, "--ids is empty; expected token ids separated by commas",
                          "For example --ids 0,1902,331.");
    }
    for (const auto id : ids) {
        if (id >= config.vocabulary) {
            return make_error(ErrorCode::InvalidArgument,
                              "--ids holds " + std::to_string(id) + ", outside the vocabulary (expected 0 to " +
                                  std::to_string(config.vocabulary - 1) + ")",
                              "Use ids of this model's tokenizer.");
        }
    }
    if (static_cast<std::int64_t>(ids.size()) > config.context) {
        return make_error(ErrorCode::InvalidArgument,
                          "--ids holds " + std::to_string(ids.size()) + " tokens; the model takes at most " +
                              std::to_string(config.context),
                          "Shorten the list.");
    }
    return {};
}

/// [heads, T, columns] → [heads, T, T].
io::Array square(const std::vector<float>& rows, std::int64_t heads, std::int64_t tokens, std::int64_t columns)
{
    std::vector<float> out(static_cast<std::size_t>(heads * tokens * tokens));
    for (std::int64_t row = 0; row < heads * tokens; ++row) {
        std::copy_n(rows.begin() + row * columns, tokens, out.begin() + row * tokens);
    }
    return io::make_array({heads, tokens, tokens}, out.data());
}

Result<io::Arrays> full_pass(const model::LanguageModel& model, const std::vector<TokenId>& ids, const CancelToken& cancel)
{
    const auto& config = model.decoder->config();
    const auto tokens = static_cast<std::int64_t>(ids.size());
    const auto store = model.decoder->make_store(tokens);
    model::ForwardInput input;
    input.tokens = ids;
    input.logits = model::ForwardInput::Logits::All;
    input.capture = {.hidden = true, .attention = true};
    model::ForwardOutput output;
    TIMBERLINE_TRY(model.decoder->forward(input, *store, output, cancel));
    io::Arrays arrays;
    arrays.emplace("logits", io::make_array({tokens, config.vocabulary}, output.logits.data()));
    const auto& captures = output.captures;
    for (std::size_t i = 0; i < captures.hidden.size(); ++i) {
        arrays.emplace("hidden." + std::to_string(i), io::make_array({tokens, config.hidden}, captures.hidden[i].data()));
    }
    for (std::size_t i = 0; i < captures.attention.size(); ++i) {
        arrays.emplace("attention." + std::to_string(i), square(captures.attention[i], config.heads, tokens, captures.attention_columns));
    }
    return arrays;
}

Status write_logits(const Arguments& arguments, const CancelToken& cancel)
{
    if (!arguments.has("ids") || !arguments.has("out")) {
        return make_error(ErrorCode::InvalidArgument, "`timberline-cli model logits` needs --ids LIST and --out F.npz",
                          "For example --ids 0,1902,331 --out logits.npz.");
    }
    TIMBERLINE_ASSIGN(const auto ids, arguments.ids("ids"));
    TIMBERLINE_ASSIGN(const auto folder, model::open_model_folder(arguments.positional[0], cancel));
    TIMBERLINE_TRY(check_ids(ids, folder.config));
    TIMBERLINE_ASSIGN(const auto loaded, model::load_language_model(arguments.positional[0], "cpu", cancel));
    TIMBERLINE_ASSIGN(const auto arrays, full_pass(*loaded, ids, cancel));
    return io::write_npz(arguments.text("out"), arrays);
}

int logits(const Arguments& arguments, const CancelToken& cancel)
{
    const auto done = write_logits(arguments, cancel);
    return done.ok() ? kOk : fail(done.error());
}

Result<io::Tokenizer> tokenizer_of(const std::string& name)
{
    TIMBERLINE_ASSIGN(auto folder, model::open_model_folder(name));
    if (!folder.tokenizer) {
        return make_error(ErrorCode::NotFound, folder.path.string() + " has no tokenizer.json",
                          "Copy the model's tokenizer.json into the folder.");
    }
    return *std::move(folder.tokenizer);
}

Result<OrderedJson> tokenize_input(const Arguments& arguments, const io::Tokenizer& tokenizer)
{
    const bool special = arguments.has("special");
    if (arguments.has("text-file")) {
        TIMBERLINE_ASSIGN(const auto text, read_file(arguments.text("text-file")));
        TIMBERLINE_ASSIGN(const auto ids, tokenizer.encode(text, special));
        return OrderedJson(ids);
    }
    const auto path = arguments.text("texts");
    TIMBERLINE_ASSIGN(const auto texts, read_json_file(path));
    if (!texts.is_array()) {
        return make_error(ErrorCode::BadFile, path + " holds no list; expected a JSON list of texts", "For example [\"one\", \"two\"].");
    }
    OrderedJson out = OrderedJson::array();
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (!texts[i].is_string()) {
            return make_error(ErrorCode::BadFile, path + ": element " + std::to_string(i) + " is no text; expected a JSON list of texts",
                              "For example [\"one\", \"two\"].");
        }
        auto ids = tokenizer.encode(texts[i].get_ref<const std::string&>(), special);
        if (!ids) {
            return ids.error().with(path + ": element " + std::to_string(i));
        }
        out.push_back(*ids);
    }
    return out;
}

int tokenize(const Arguments& arguments, const CancelToken&)
{
    if (arguments.has("text-file") == arguments.has("texts")) {
        return fail(make_error(ErrorCode::InvalidArgument, "`timberline-cli model tokenize` needs --text-file F or --texts FILE.json",
                               "Give one of them."));
    }
    const auto tokenizer = tokenizer_of(arguments.positional[0]);
    if (!tokenizer) {
        return fail(tokenizer.error());
    }
    const auto ids = tokenize_input(arguments, *tokenizer);
    if (!ids) {
        return fail(ids.error());
    }
    print(ids->dump() + "\n");
    return kOk;
}

int detokenize(const Arguments& arguments, const CancelToken&)
{
    if (!arguments.has("ids")) {
        return fail(
            make_error(ErrorCode::InvalidArgument, "`timberline-cli model detokenize` needs --ids LIST", "For example --ids 0,1902,331."));
    }
    const auto ids = arguments.ids("ids");
    if (!ids) {
        return fail(ids.error());
    }
    const auto tokenizer = tokenizer_of(arguments.positional[0]);
    if (!tokenizer) {
        return fail(tokenizer.error());
    }
    const auto text = tokenizer->decode(*ids, /*skip_special=*/arguments.has("skip-special"));
    if (arguments.has("json")) {
        print_json({{"text", text}});
    } else {
        print(text + "\n");
    }
    return kOk;
}

}  // namespace

std::vector<Command> model_commands()
{
    return {
        {{"model info", "DIR", 1, 1, "Describes a model folder: architecture, memory, tokenizer, tensors.", {{"json", "", "prints JSON"}}},
         info},
        {{"model logits",
          "DIR",
          1,
          1,
          "Writes logits, hidden states and attention of one pass as npz.",
          {{"ids", "LIST", "token ids, separated by commas"}, {"out", "F.npz", "the file to write"}}},
         logits},
        {{"model tokenize",
          "DIR",
          1,
          1,
          "Prints the token ids of a text, or of a JSON list of texts.",
          {{"text-file", "F", "a text file; prints [ids]"},
           {"texts", "FILE.json", "a JSON list of texts; prints a list of id lists"},
           {"special", "", "adds the special tokens that the tokenizer's post-processor adds"},
           {"json", "", "the output is JSON in any case"}}},
         tokenize},
        {{"model detokenize",
          "DIR",
          1,
          1,
          "Prints the text of token ids.",
          {{"ids", "LIST", "token ids, separated by commas"},
           {"skip-special", "", "leaves special tokens out"},
           {"json", "", "prints {\"text\": …}"}}},
         detokenize},
    };
}

}  // namespace timberline::cli
