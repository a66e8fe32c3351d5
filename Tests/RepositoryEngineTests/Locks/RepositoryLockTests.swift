// SPDX-License-Identifier: Apache-2.0

import ObjectStorage
import ResticFormat
import Synchronization
import TestSupport
import Testing

@testable import RepositoryEngine

@Suite("Repository locks", .timeLimit(.minutes(2)))
struct RepositoryLockTests {
    private func makeRepository(
        on storage: any ObjectStorage = MemoryStorage(),
        clock: any Clock<Duration> = ManualClock(jumps: true),
        processID: Int64 = 1
    ) async throws -> Repository {
        var options = InitializeOptions.testing()
        options.open.clock = clock
        options.open.identity.processID = processID
        return try await Repository.initialize(on: storage, password: testPassword, options: options)
    }

    private func lockCount(_ storage: any ObjectStorage) async throws -> Int {
        try await storage.listAll(prefix: "locks/").count
    }

    /// Options under which nobody is ever believed gone.
    private var trusting: LockOptions {
        var options = LockOptions()
        options.isHolderGone = { _, _ in false }
        return options
    }

    @Test("the lock exists during the body and is gone afterwards, whatever the body does")
    func scope() async throws {
        struct Stop: Error {}
        let storage = MemoryStorage()
        let repository = try await makeRepository(on: storage, clock: ContinuousClock())
        let during = try await repository.withLock(.exclusive) { _ in try await storage.listAll(prefix: "locks/").count
        }
        #expect(during == 1)
        #expect(try await lockCount(storage) == 0)
        await #expect(throws: Stop.self) {
            try await repository.withLock(.shared) { _ in throw Stop() }
        }
        #expect(try await lockCount(storage) == 0)
    }

    @Test("a cancelled task still removes its lock")
    func cancellation() async throws {
        let storage = MemoryStorage()
        let repository = try await makeRepository(on: storage, clock: ContinuousClock())
        let gate = Gate()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await repository.withLock(.shared) { _ in
                    gate.open()
                    try await ContinuousClock().sleep(for: .seconds(3600))
                }
            }
            try await gate.pass()
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.next() }
        }
        #expect(try await lockCount(storage) == 0)
    }

    @Test("a body that succeeds though it was cancelled has its result returned")
    func lateSuccess() async throws {
        let storage = MemoryStorage()
        let repository = try await makeRepository(on: storage, clock: ContinuousClock())
        let gate = Gate()
        try await withThrowingTaskGroup(of: Int.self) { group in
            group.addTask {
                try await repository.withLock(.shared) { _ in
                    gate.open()
                    // Nobody opens this one: only being cancelled leads past it.
                    try? await Gate().pass()
                    return Task.isCancelled ? 7 : 0
                }
            }
            try await gate.pass()
            group.cancelAll()
            #expect(try await group.next() == 7)
        }
        #expect(try await lockCount(storage) == 0)
    }

    @Test("a lock that was stored although its writing failed does not stay behind")
    func unacknowledged() async throws {
        let storage = MemoryStorage()
        let faulty = FaultyStorage(storage)
        let repository = try await makeRepository(on: faulty)
        faulty.add(.init(.doneButFailed(StorageError(.unavailable, "no answer")), on: [.put], prefix: "locks/"))
        await #expect(throws: StorageError.self) {
            try await repository.withLock(.exclusive) { _ in }
        }
        #expect(try await lockCount(storage) == 0)
    }

    @Test("an exclusive lock conflicts, names its holder, and leaves no lock of the loser")
    func conflict() async throws {
        let storage = MemoryStorage()
        let repository = try await makeRepository(on: storage, clock: ContinuousClock())
        let options = trusting
        try await repository.withLock(.exclusive) { held in
            let error = await #expect(throws: RepositoryError.self) {
                try await repository.withLock(.shared, options: options) { _ in }
            }
            #expect(error?.code == .locked)
            #expect(error?.message.contains(held.id.shortHex) == true)
            let count = try await storage.listAll(prefix: "locks/").count
            #expect(count == 1)
        }
    }

    @Test("the lock of a process that is gone is taken over")
    func takeOver() async throws {
        let storage = MemoryStorage()
        let dead = try await makeRepository(on: storage, clock: ContinuousClock(), processID: 4_000_000)
        _ = try await dead.lockStore.write(.exclusive)
        let repository = try await Repository.open(on: storage, password: testPassword)
        let notices = Mutex(0)
        var options = LockOptions()
        options.isHolderGone = LockOptions.goneOnThisHost(seesAllProcesses: true)
        options.onNotice = { if case .tookOver = $0 { notices.withLock { $0 += 1 } } }
        try await repository.withLock(.exclusive, options: options) { _ in }
        #expect(notices.withLock { $0 } == 1)
        #expect(try await lockCount(storage) == 0)
    }

    @Test("waiting for a lock gives up after the time given")
    func retrying() async throws {
        let storage = MemoryStorage()
        let repository = try await makeRepository(on: storage)
        _ = try await repository.lockStore.write(.exclusive)
        let waits = Mutex<[Duration]>([])
        var patient = trusting
        patient.retryDuration = .seconds(30)
        patient.onNotice = { if case .waiting(_, let delay) = $0 { waits.withLock { $0.append(delay) } } }
        let options = patient
        let error = await #expect(throws: RepositoryError.self) {
            try await repository.withLock(.shared, options: options) { _ in }
        }
        #expect(error?.code == .locked)
        #expect(waits.withLock { $0 } == [.seconds(5), .seconds(10), .seconds(15)])
    }

    @Test("a lock is refreshed by a new file every five minutes")
    func refresh() async throws {
        let clock = ManualClock()
        let storage = MemoryStorage()
        let repository = try await makeRepository(on: storage, clock: clock)
        try await withThrowingTaskGroup(of: Void.self) { group in
            let done = Gate()
            let held = Mutex<LockGuard?>(nil)
            group.addTask {
                try await repository.withLock(.shared) { lock in
                    held.withLock { $0 = lock }
                    try await done.pass()
                }
            }
            // The deadline of writing the lock sleeps too; then comes the pause before the second look.
            while held.withLock({ $0 }) == nil {
                await clock.waitForSleepers()
                clock.advance(by: .milliseconds(200))
            }
            let lock = try #require(held.withLock { $0 })
            var seen: Set<LockID> = []
            for _ in 0..<3 {
                let before = lock.id
                seen.insert(before)
                while lock.id == before {
                    await clock.waitForSleepers()
                    clock.advance(by: .seconds(20))
                }
                try lock.confirm()
            }
            #expect(seen.count == 3)
            done.open()
            try await group.waitForAll()
        }
        #expect(try await lockCount(storage) == 0)
    }

    @Test("a lock that cannot be refreshed for 22.5 minutes cancels the body")
    func lost() async throws {
        let clock = ManualClock(jumps: true)
        let faulty = FaultyStorage(MemoryStorage())
        let repository = try await makeRepository(on: faulty, clock: clock)
        let error = await #expect(throws: RepositoryError.self) {
            try await repository.withLock(.shared) { lock in
                faulty.add(.init(.fail(StorageError(.unavailable, "no network")), on: [.put], prefix: "locks/"))
                try await ContinuousClock().sleep(for: .seconds(3600))
            }
        }
        #expect(error?.code == .lockLost)
    }

    @Test("unlock removes stale locks only, unless told to remove all")
    func unlock() async throws {
        let storage = MemoryStorage()
        let repository = try await makeRepository(on: storage, processID: HolderIdentity.current.processID)
        let fresh = try await repository.lockStore.write(.shared)
        var old = repository.lockStore
        old.wallClock = WallClock { WallClock.system.now().advanced(by: .seconds(-1900)) }
        let stale = try await old.write(.shared)
        var dead = repository.lockStore
        dead.identity.processID = 4_000_000
        let gone = try await dead.write(.shared)
        // Between containers, the same host name and an unknown process id prove nothing.
        let inContainer = LockOptions.goneOnThisHost(identity: repository.options.identity, seesAllProcesses: false)
        #expect(try await repository.unlock(.stale, isHolderGone: inContainer) == [stale])
        #expect(try await repository.unlock(.stale) == [gone])
        #expect(try await repository.unlock(.all) == [fresh])
    }
}
