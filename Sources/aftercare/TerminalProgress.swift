internal import Glibc
internal import Synchronization

/// One line on a terminal's standard error that tells how far something is; nothing where nobody looks.
final class TerminalProgress: Sendable {
    private let isShown = isatty(STDERR_FILENO) == 1
    private let last = Mutex("")

    /// Shows a line in the place of the last one.
    func show(_ text: @autoclosure () -> String) {
        guard isShown else { return }
        let line = String(text().prefix(Self.width - 1))
        last.withLock { last in
            guard line != last else { return }
            last = line
            writeToStandardError("\r\u{1B}[K\(line)")
        }
    }

    /// Takes the line away.
    func end() {
        guard isShown else { return }
        last.withLock { last in
            if !last.isEmpty { writeToStandardError("\r\u{1B}[K") }
            last = ""
        }
    }

    /// `█████░░░░░  52 %`
    static func bar(_ done: Int, of total: Int) -> String {
        let share = total > 0 ? min(1, Double(done) / Double(total)) : 0
        let filled = Int(share * 20)
        let percent = "\(Int(share * 100))"
        let blanks = String(repeating: " ", count: 3 - percent.count)
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 20 - filled)
        return "\(bar) \(blanks)\(percent) %"
    }

    /// Columns of the terminal; 80 where it does not tell.
    private static var width: Int {
        var size = winsize()
        return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 20 ? Int(size.ws_col) : 80
    }
}
