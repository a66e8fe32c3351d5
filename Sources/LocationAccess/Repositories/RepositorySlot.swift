// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import ObjectStorage
import RepositoryEngine
import Synchronization

/// The place for one key's opened repository, and who uses it.
final class RepositorySlot: Sendable {
    private struct State {
        var access: (value: RepositoryAccess, moment: Duration)?
        var current: OpenedRepository?
    }

    private let state = Mutex(State())
    /// Held while the repository is looked up or opened, so that many callers open it once.
    private let gate = AsyncSemaphore(limit: 1)

    /// Takes what `open` returns into use, given what is open now; ``release(_:at:)`` must follow.
    func use(
        _ open: (OpenedRepository?) async throws -> OpenedRepository
    ) async throws -> OpenedRepository {
        try await gate.wait()
        defer { gate.signal() }
        let opened = try await open(state.withLock { $0.current })
        opened.addUser()
        state.withLock { $0.current = opened }
        return opened
    }

    /// - Returns: Whether nobody uses it any more.
    func release(_ opened: OpenedRepository, at moment: Duration) -> Bool { opened.removeUser(at: moment) }

    enum Closing {
        case inUse
        /// Somebody has used it since; to be asked again after the pause.
        case later(Duration)
        /// Taken out; to be closed by the caller.
        case closed(OpenedRepository)
    }

    /// Takes out what nobody has used for so long.
    ///
    /// Waits for whoever is about to use it, who then is its user.
    /// - Throws: `CancellationError`.
    func closeIfIdle(for idleTime: Duration, now: Duration) async throws -> Closing {
        try await gate.wait()
        defer { gate.signal() }
        return state.withLock { state in
            guard let current = state.current, let idleSince = current.idleSince else { return .inUse }
            let left = idleSince + idleTime - now
            guard left <= .zero else { return .later(left) }
            state = State()
            return .closed(current)
        }
    }

    var isOpen: Bool { state.withLock { $0.current?.repository != nil } }

    func freshAccess(since moment: Duration) -> RepositoryAccess? {
        state.withLock { state in state.access.flatMap { $0.moment >= moment ? $0.value : nil } }
    }

    func note(_ access: RepositoryAccess, at moment: Duration) {
        state.withLock { $0.access = (access, moment) }
    }

    func forgetAccess() { state.withLock { $0.access = nil } }
}

/// A connected store, and the repository in it once it was opened.
final class OpenedRepository: Sendable {
    private struct State {
        var repository: Repository?
        var userCount = 0
        var idleSince: Duration = .zero
    }

    let access: RepositoryAccess
    let storage: any ObjectStorage
    private let connected: ConnectedStorage
    private let state = Mutex(State())

    init(access: RepositoryAccess, connected: ConnectedStorage, storage: any ObjectStorage) {
        self.access = access
        self.connected = connected
        self.storage = storage
    }

    /// Set under the slot's gate.
    var repository: Repository? {
        get { state.withLock { $0.repository } }
        set { state.withLock { $0.repository = newValue } }
    }

    func addUser() { state.withLock { $0.userCount += 1 } }

    /// - Returns: Whether that was the last one.
    func removeUser(at moment: Duration) -> Bool {
        state.withLock { state in
            state.userCount -= 1
            state.idleSince = moment
            return state.userCount == 0
        }
    }

    /// When the last user let go of it; nil while there is one.
    var idleSince: Duration? { state.withLock { $0.userCount == 0 ? $0.idleSince : nil } }

    /// Ends the connections; nobody may use it any more.
    func close() async {
        state.withLock { $0.repository = nil }
        await connected.close()
    }
}
