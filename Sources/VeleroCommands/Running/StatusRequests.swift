// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Hands SIGUSR1 to whatever shows progress at the moment.
package final class StatusRequests: Sendable {
    private let handler = Mutex<(@Sendable () -> Void)?>(nil)

    package init() {}

    /// Sets who answers from now on; nil for nobody.
    package func handle(_ body: (@Sendable () -> Void)?) {
        handler.withLock { $0 = body }
    }

    /// Asks for one status line.
    package func request() {
        let current = handler.withLock { $0 }
        current?()
    }
}
