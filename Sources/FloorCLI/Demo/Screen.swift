import Foundation

/// How a piece of text looks.
enum Look: Sendable {
    case plain
    case title
    case dim
    case good
    case warning
    case bad

    /// The ANSI (ECMA-48) code that begins it.
    var code: String {
        switch self {
        case .plain: "0"
        case .title: "1"
        case .dim: "2"
        case .good: "32"
        case .warning: "33"
        case .bad: "1;31"
        }
    }

    var codeWithoutColor: String {
        switch self {
        case .plain, .good, .warning: "0"
        case .title, .bad: "1"
        case .dim: "2"
        }
    }
}

/// One line of the screen: pieces of text, each with its look.
struct ScreenLine: Equatable {
    private(set) var pieces: [(text: String, look: Look)] = []
    private(set) var width = 0

    init(_ text: String = "", _ look: Look = .plain) { add(text, look) }

    mutating func add(_ text: String, _ look: Look = .plain) {
        guard !text.isEmpty else { return }
        pieces.append((text, look))
        width += text.count
    }

    /// Adds text right-aligned (positive) or left-aligned (negative) in a column.
    mutating func add(_ text: String, column: Int, _ look: Look = .plain) {
        let size = abs(column)
        let cut = text.count > size ? String(text.prefix(size)) : text
        let fill = String(repeating: " ", count: size - cut.count)
        add(column > 0 ? fill + cut : cut + fill, look)
    }

    /// The line without looks, cut to a width, without blanks at its end.
    func plain(_ width: Int) -> String {
        var text = String(pieces.map(\.text).joined().prefix(width))
        while text.last == " " { text.removeLast() }
        return text
    }

    /// The line with its looks, cut to a width.
    ///
    /// - Parameters:
    ///   - width: columns.
    ///   - hasColors: whether looks may be colours; else what is bad is bold.
    /// - Returns: the line with its codes.
    func styled(_ width: Int, hasColors: Bool = true) -> String {
        var left = width
        var out = ""
        for (text, look) in pieces where left > 0 {
            let cut = text.prefix(left)
            left -= cut.count
            let code = hasColors ? look.code : look.codeWithoutColor
            out += code == "0" ? String(cut) : "\u{1B}[\(code)m\(cut)\u{1B}[0m"
        }
        return out
    }

    static func == (left: ScreenLine, right: ScreenLine) -> Bool {
        left.pieces.elementsEqual(right.pieces) { $0.text == $1.text && $0.look == $1.look }
    }
}

/// A terminal's alternate screen, redrawn where it has changed.
///
/// Codes are those that xterm, the Linux console, screen and tmux share.
struct TerminalScreen {
    private var shown: [ScreenLine] = []
    private var size = (width: 0, height: 0)

    private let hasColors = Output.hasColors

    /// Whether there is a screen, and not a file, a pipe or a terminal that prints lines.
    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 && Output.hasScreen }

    /// Columns and rows; 80 by 24 when the terminal does not say.
    static func currentSize() -> (width: Int, height: Int) {
        var window = winsize()
        let result = unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window)
        guard result == 0, window.ws_col > 0, window.ws_row > 0 else { return (80, 24) }
        return (Int(window.ws_col), Int(window.ws_row))
    }

    /// To the alternate screen, without a cursor.
    mutating func open() throws {
        size = (0, 0)
        try Output.write("\u{1B}[?1049h\u{1B}[?25l")
    }

    /// Back to where the terminal was.
    func close() {
        // A terminal that is gone needs nothing back.
        try? Output.write("\u{1B}[0m\u{1B}[?25h\u{1B}[?1049l")
    }

    /// Shows lines; only the rows that changed are written, in one piece, so nothing flickers.
    mutating func show(_ lines: [ScreenLine], width: Int, height: Int) throws {
        var out = ""
        if size != (width, height) {
            out += "\u{1B}[2J"
            shown = []
            size = (width, height)
        }
        for row in 0..<height {
            let line = row < lines.count ? lines[row] : ScreenLine()
            if row < shown.count, shown[row] == line { continue }
            // Erased first: after the last column, "erase to the end" would take that column.
            out += "\u{1B}[\(row + 1);1H\u{1B}[2K" + line.styled(width, hasColors: hasColors)
        }
        shown = (0..<height).map { $0 < lines.count ? lines[$0] : ScreenLine() }
        // As one update, for terminals that know how (synchronized output, mode 2026).
        if !out.isEmpty { try Output.write("\u{1B}[?2026h" + out + "\u{1B}[?2026l") }
    }
}
