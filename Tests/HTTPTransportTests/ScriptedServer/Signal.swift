// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// A flag set once, waited for by tasks and by the scripted server's threads.
final class Signal: Sendable {
    private struct State {
        var isSet = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    /// A pipe whose writing end closes when the signal is set.
    private let descriptors: (reading: Int32, writing: Int32)

    init() {
        var pair: [Int32] = [-1, -1]
        unsafe pipe(&pair)
        descriptors = (pair[0], pair[1])
    }

    deinit {
        set()
        Glibc.close(descriptors.reading)
    }

    func set() {
        let waiters = state.withLock { state in
            if !state.isSet { Glibc.close(descriptors.writing) }
            state.isSet = true
            let waiters = state.waiters
            state.waiters = []
            return waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isSet = state.withLock { state in
                if !state.isSet { state.waiters.append(continuation) }
                return state.isSet
            }
            if isSet { continuation.resume() }
        }
    }

    /// Blocks the calling thread, which must not be one of the cooperative pool.
    func waitOnThread() {
        var request = pollfd(fd: descriptors.reading, events: Int16(POLLIN), revents: 0)
        while unsafe poll(&request, 1, -1) < 0, errno == EINTR {}
    }
}
