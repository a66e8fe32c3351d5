// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc
import Synchronization

/// Turns signals into calls off the main thread.
///
/// SIGHUP and SIGPIPE are ignored: `restic unlock` probes the holder of a lock with SIGHUP, and a reader that went away shows
/// up as a failed write.
final class SignalWatcher: Sendable {
    private let state = Mutex(State())

    private struct State {
        var sources: [any DispatchSourceSignal] = []
        var terminationCount = 0
    }

    /// Starts watching.
    ///
    /// - Parameters:
    ///   - terminate: Called once, for the first SIGINT or SIGTERM; the second ends the process at once with exit code 130.
    ///   - showStatus: Called for every SIGUSR1.
    init(terminate: @escaping @Sendable () -> Void, showStatus: @escaping @Sendable () -> Void) {
        for ignored in [SIGHUP, SIGPIPE, SIGINT, SIGTERM, SIGUSR1] { _ = signal(ignored, SIG_IGN) }
        for number in [SIGINT, SIGTERM] {
            watch(number) { [self] in
                let count = state.withLock { state in
                    state.terminationCount += 1
                    return state.terminationCount
                }
                if count == 1 { terminate() } else { _exit(CommandExitCode.interrupted.rawValue) }
            }
        }
        watch(SIGUSR1, showStatus)
    }

    private func watch(_ number: Int32, _ handler: @escaping @Sendable () -> Void) {
        state.withLock { state in
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler(handler: handler)
            source.activate()
            state.sources.append(source)
        }
    }
}
