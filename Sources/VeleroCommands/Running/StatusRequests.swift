// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Hands what signals ask for to whatever shows progress at the moment.
package final class StatusRequests: Sendable {
    private let handler = Mutex<(@Sendable () -> Void)?>(nil)
    private let announcer = Mutex<(@Sendable (String) -> Void)?>(nil)

    package init() {}

    /// Sets who answers from now on; nil for nobody.
    package func handle(_ body: (@Sendable () -> Void)?) {
        handler.withLock { $0 = body }
    }

    /// Sets who prints announcements from now on.
    package func handleAnnouncements(_ body: @escaping @Sendable (String) -> Void) {
        announcer.withLock { $0 = body }
    }

    /// Prints a line among whatever is on the screen.
    ///
    /// - Returns: False when nobody prints yet.
    package func announce(_ line: String) -> Bool {
        guard let current = announcer.withLock({ $0 }) else { return false }
        current(line)
        return true
    }

    /// Asks for one status line.
    package func request() {
        let current = handler.withLock { $0 }
        current?()
    }
}
