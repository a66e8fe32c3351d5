// SPDX-License-Identifier: Apache-2.0

/// The few lines at the bottom of a terminal that are drawn over and over.
///
/// Produces the bytes to send and performs nothing. Each redraw overwrites in place, so nothing flickers.
package struct StatusArea: Sendable {
    private var shownLineCount = 0

    package init() {}

    /// Replaces what is shown by `lines`, cut to the terminal's size.
    package mutating func redraw(_ lines: [String], size: TerminalSize) -> String {
        guard !lines.isEmpty else { return erase() }
        let shown = lines.prefix(max(1, size.rows - 1)).map { TextWidth.truncated($0, to: size.columns - 1) }
        let text = toFirstLine + shown.map { $0 + "\u{1b}[K" }.joined(separator: "\n") + "\u{1b}[J"
        shownLineCount = shown.count
        return text
    }

    /// Takes the lines away; the cursor stands where they began.
    package mutating func erase() -> String {
        guard shownLineCount > 0 else { return "" }
        let text = toFirstLine + "\u{1b}[J"
        shownLineCount = 0
        return text
    }

    private var toFirstLine: String {
        guard shownLineCount > 0 else { return "" }
        return shownLineCount > 1 ? "\r\u{1b}[\(shownLineCount - 1)A" : "\r"
    }
}
