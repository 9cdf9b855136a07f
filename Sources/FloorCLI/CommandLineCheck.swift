import ArgumentParser
import FloorRosterFile

/// What is wrong with a command line before anything of it is parsed.
enum CommandLineCheck {
    /// A sentence about the program's own arguments, or nil.
    static func problem(in root: any ParsableCommand.Type) -> String? {
        for index in 1..<max(1, Int(CommandLine.argc)) {
            guard let words = unsafe CommandLine.unsafeArgv[index] else { break }
            if unsafe String(validatingCString: words) == nil {
                return "argument \(index) is not UTF-8; set the terminal's character set to it"
            }
        }
        return unknownCommand(in: Array(CommandLine.arguments.dropFirst()), of: root)
    }

    /// A sentence about a word that stands where a command's name is wanted, or nil.
    static func unknownCommand(
        in arguments: [String],
        of root: any ParsableCommand.Type
    ) -> String? {
        var (current, path) = (root, "floorbus")
        // What follows it is a command's name like any other.
        for argument in arguments where argument != "help" {
            let commands = current.configuration.subcommands
            guard !commands.isEmpty, !argument.hasPrefix("-") else { return nil }
            var names: [String] = []
            var next: (any ParsableCommand.Type)?
            for command in commands {
                guard let name = command.configuration.commandName else { return nil }
                names.append(name)
                if name == argument { next = command }
            }
            if let next {
                (current, path) = (next, path + " " + argument)
                continue
            }
            let shown = Output.printable(argument)
            let nearest = Spelling.nearest(argument, names).map { "; did you mean '\($0)'?" }
            return "'\(path)' has no command '\(shown)'"
                + (nearest ?? "; its commands are \(names.joined(separator: ", "))")
        }
        return nil
    }
}

extension CommandLineCheck {
    /// A sentence about an option that is nearly one of its command's, or nil: without it the
    /// parser complains of what is missing in its place.
    static func unknownOption(
        in arguments: [String],
        of root: any ParsableCommand.Type
    ) -> String? {
        var (command, path) = (root, "floorbus")
        var rest = arguments[...]
        while let word = rest.first,
            let next = command.configuration.subcommands.first(where: {
                $0.configuration.commandName == word
            })
        {
            (command, path) = (next, path + " " + word)
            rest.removeFirst()
        }
        let known = options(of: command, root)
        for word in rest.prefix(while: { $0 != "--" }) where word.hasPrefix("--") {
            let name = String(word.prefix { $0 != "=" })
            guard !known.contains(name), let meant = Spelling.nearest(name, known) else { continue }
            return "'\(path)' has no option '\(Output.printable(name))'; did you mean '\(meant)'?"
        }
        return nil
    }

    /// The long options of a command, as its help shows them: `  -h, --help   Show …`.
    private static func options(
        of command: any ParsableCommand.Type,
        _ root: any ParsableCommand.Type
    ) -> [String] {
        let help = root.helpMessage(for: command, columns: 400)
        return help.split(separator: "\n").filter { $0.hasPrefix("  -") }.flatMap { line in
            line.dropFirst(2).split(separator: " ", omittingEmptySubsequences: false)
                .prefix { !$0.isEmpty }.filter { $0.hasPrefix("--") }.map(String.init)
        }
    }
}

/// Endpoints as people write them.
enum EndpointText {
    /// Why a text is no endpoint; nil if it is one.
    ///
    /// - Parameters:
    ///   - text: what was written.
    ///   - listens: whether it is for a hub: port 0 takes a free one.
    /// - Returns: a sentence, or nil.
    static func problem(_ text: String, listens: Bool) -> String? {
        let sentence =
            "'\(Output.printable(text))' is not an endpoint; write tcp://ADDRESS:PORT with a port "
            + "up to 65535, or ipc:///PATH"
        if text.hasPrefix("ipc://") { return text.utf8.count > 6 ? nil : sentence }
        guard text.hasPrefix("tcp://") else { return sentence }
        let rest = text.dropFirst(6)
        guard let colon = rest.lastIndex(of: ":"), colon > rest.startIndex else { return sentence }
        let port = rest[rest.index(after: colon)...]
        // libzmq's own word for a free port.
        if listens, port == "*" { return nil }
        guard let number = UInt16(port), listens || number > 0, !port.hasPrefix("+") else {
            return sentence
        }
        return nil
    }

    /// The endpoint to bind: the name of this machine's own loopback is an address.
    static func bound(_ text: String) -> String {
        let name = "tcp://localhost:"
        guard text.hasPrefix(name) else { return text }
        return "tcp://127.0.0.1:" + text.dropFirst(name.count)
    }
}
