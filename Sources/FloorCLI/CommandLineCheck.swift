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
        for argument in arguments {
            let commands = current.configuration.subcommands
            guard !commands.isEmpty, !argument.hasPrefix("-"), argument != "help" else {
                return nil
            }
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
