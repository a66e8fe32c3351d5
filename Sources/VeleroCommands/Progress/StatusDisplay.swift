// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Messages and a status area sharing one output, from any number of tasks.
///
/// A reader that went away is remembered instead of thrown here: progress callbacks cannot fail, the command asks at its end.
package final class StatusDisplay: Sendable {
    private struct State {
        var area = StatusArea()
        var lines: [String] = []
        var failure: (any Error)?
    }

    private let output: any CommandOutput
    private let state = Mutex(State())
    /// True when status lines are redrawn in place; otherwise each ``show(_:)`` prints lines.
    package let isLive: Bool

    package init(_ output: any CommandOutput, isLive: Bool) {
        self.output = output
        self.isLive = isLive
    }

    /// Prints a line of the command's result or story.
    package func print(_ line: String = "") {
        emit(line + "\n", toError: false)
    }

    /// Prints a line to standard error.
    package func printError(_ line: String) {
        emit(line + "\n", toError: true)
    }

    /// Writes prepared bytes to standard output.
    package func write(_ bytes: [UInt8]) {
        state.withLock { state in
            send(state.area.erase(), &state)
            send(bytes, &state)
            redraw(&state)
        }
    }

    /// Shows the state of the work: in place on a terminal, as new lines elsewhere.
    package func show(_ lines: [String]) {
        state.withLock { state in
            guard isLive else { return send(lines.map { $0 + "\n" }.joined(), &state) }
            state.lines = lines
            guard !lines.isEmpty else { return send(state.area.erase(), &state) }
            redraw(&state)
        }
    }

    /// Removes the status area; later messages stand alone.
    package func clear() {
        state.withLock { state in
            send(state.area.erase(), &state)
            state.lines = []
        }
    }

    /// Leaves the last status on the screen as ordinary lines.
    package func keep(_ lines: [String]) {
        state.withLock { state in
            send(state.area.erase(), &state)
            state.lines = []
            send(lines.map { $0 + "\n" }.joined(), &state)
        }
    }

    /// - Throws: The first failure of standard output.
    package func requireOutput() throws {
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }

    private func emit(_ text: String, toError: Bool) {
        state.withLock { state in
            send(state.area.erase(), &state)
            if toError { output.writeError(Array(text.utf8)) } else { send(text, &state) }
            redraw(&state)
        }
    }

    private func redraw(_ state: inout State) {
        guard isLive, !state.lines.isEmpty else { return }
        send(state.area.redraw(state.lines, size: output.terminalSize), &state)
    }

    private func send(_ text: String, _ state: inout State) {
        guard !text.isEmpty else { return }
        send(Array(text.utf8), &state)
    }

    private func send(_ bytes: [UInt8], _ state: inout State) {
        guard state.failure == nil else { return }
        do { try output.write(bytes) } catch { state.failure = error }
    }
}
