// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/run/guard.h"

#include <algorithm>
#include <csignal>

namespace timberline::cli {
namespace {

/// Raised by SIGINT and SIGTERM. Lives as long as the process: a handler may run at any time.
const CancelToken* interrupt_token = nullptr;

extern "C" void on_interrupt(int signal)
{
    // The first asks for an orderly end (relaxed store on a lock-free flag: safe in a handler), the second ends at once.
    interrupt_token->cancel();
    std::signal(signal, SIG_DFL);
}

std::string version_text()
{
    return "timberline-cli " + std::string(version()) + "\n";
}

std::string overview()
{
    std::string out = "Timberline on the command line: runs language models and writes down how they decode.\n\nUsage: timberline-cli "
                      "COMMAND [arguments]\n\nCommands:\n";
    std::size_t width = 0;
    for (const auto& command : commands()) {
        width = std::max(width, command.syntax.command.size());
    }
    for (const auto& command : commands()) {
        auto name = command.syntax.command;
        name.resize(width + 2, ' ');
        out += "  " + name + command.syntax.summary.substr(0, command.syntax.summary.find('\n')) + "\n";
    }
    return out + "\n`timberline-cli COMMAND --help` says more. Exit codes: 0 done, 1 the run failed, 2 bad arguments or input.\n";
}

/// The command whose words stand first, and how many words they are.
const Command* find_command(const std::vector<std::string>& words, std::size_t& length)
{
    for (const auto& command : commands()) {
        const auto space = command.syntax.command.find(' ');
        const bool two = space != std::string::npos;
        if (words[0] == command.syntax.command.substr(0, space) &&
            (!two || (words.size() > 1 && words[1] == command.syntax.command.substr(space + 1)))) {
            length = two ? 2 : 1;
            return &command;
        }
    }
    return nullptr;
}

int unknown_command(const std::vector<std::string>& words)
{
    std::vector<std::string> valid;
    for (const auto& command : commands()) {
        valid.push_back(command.syntax.command);
    }
    const bool group = std::ranges::any_of(valid, [&](const std::string& name) { return name.starts_with(words[0] + " "); });
    if (group) {
        std::erase_if(valid, [&](const std::string& name) { return !name.starts_with(words[0] + " "); });
        const std::string word = words[0] + (words.size() > 1 ? " " + words[1] : "");
        return fail(make_error(ErrorCode::InvalidArgument, in_quotes(word) + " is not a command; expected one of " + joined(valid),
                               spelling_hint(word, valid)));
    }
    return fail(make_error(ErrorCode::InvalidArgument, in_quotes(words[0]) + " is not a command", spelling_hint(words[0], valid)));
}

int dispatch(const std::vector<std::string>& words, const CancelToken& cancel)
{
    if (words.empty()) {
        return fail(make_error(ErrorCode::InvalidArgument, "no command was given", "`timberline-cli --help` lists the commands."));
    }
    if (words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
        print(overview());
        return kOk;
    }
    if (words[0] == "--version") {
        print(version_text());
        return kOk;
    }
    std::size_t length = 0;
    const auto* command = find_command(words, length);
    const auto asks = [&](const std::string& option) {
        const auto end = std::ranges::find(words, "--");
        return std::find(words.begin(), end, option) != end;
    };
    if (command == nullptr) {
        if (asks("--help") || asks("--version")) {
            print(asks("--help") ? overview() : version_text());
            return kOk;
        }
        return unknown_command(words);
    }
    const std::vector<std::string> rest(words.begin() + static_cast<std::ptrdiff_t>(length), words.end());
    // As the value of another option these words are text: `--prompt --help`.
    auto arguments = parse_arguments(command->syntax, rest);
    if (!arguments.ok() && (asks("--help") || asks("--version"))) {
        print(asks("--help") ? usage(command->syntax) : version_text());
        return kOk;
    }
    return arguments.ok() ? command->run(*arguments, cancel) : fail(arguments.error());
}

}  // namespace

const std::vector<Command>& commands()
{
    static const std::vector<Command> list = [] {
        std::vector<Command> out;
        const auto append = [&](std::vector<Command> more) { out.insert(out.end(), more.begin(), more.end()); };
        append({run_command(), methods_command()});
        append(model_commands());
        append({generate_command(), train_command(), landscape_command(), sweep_command(), compare_command(), import_command()});
        append({bench_command(), selftest_command()});
        return out;
    }();
    return list;
}

}  // namespace timberline::cli

int main(int argc, char** argv)
{
    using namespace timberline;
    static const CancelToken cancel;
    cli::interrupt_token = &cancel;
    std::signal(SIGINT, cli::on_interrupt);
    std::signal(SIGTERM, cli::on_interrupt);
    const std::vector<std::string> words(argv + 1, argv + argc);
    const auto code = run::guarded([&]() -> Result<int> { return cli::dispatch(words, cancel); });
    return code.ok() ? *code : cli::fail(code.error());
}
