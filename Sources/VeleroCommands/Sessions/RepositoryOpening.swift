// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ObjectStorage
import RepositoryEngine
import ResticFormat
import Synchronization

extension ResticSubcommand {
    /// Opens the repository the global flags name, takes the lock, runs `body`, and lets go of everything in any case.
    ///
    /// - Parameter usesCache: False to read everything from the repository itself, whatever the flags say.
    func withRepository(
        _ need: LockNeed,
        usesCache: Bool = true,
        in context: CommandContext,
        _ body: @escaping @Sendable (RepositorySession) async throws -> Void
    ) async throws {
        var flags = try global.settings(in: context)
        if !usesCache { flags.usesCache = false }
        let settings = flags
        try need.requireAllowed(
            takesLock: settings.takesLock,
            command: Self.configuration.commandName ?? "this command"
        )
        let console = Console(context, verbosity: settings.verbosity, isJSON: settings.isJSON)
        let opening = RepositoryOpening(settings: settings, context: context, console: console)
        try await opening.withStorage(try global.selection(in: context)) { storage, selection in
            let repository = try await opening.open(storage, selection)
            let unlocked = RepositorySession(
                repository: repository,
                settings: settings,
                console: console,
                context: context
            )
            try await opening.withLock(need, on: repository) { lock in
                var session = unlocked
                session.lock = lock
                try await body(session)
            }
        }
        try console.finish()
    }
}

/// The steps from flags to an opened, locked repository.
struct RepositoryOpening: Sendable {
    static let passwordAttempts = 3

    let settings: GlobalSettings
    let context: CommandContext
    let console: Console

    func withStorage<Result>(
        _ selection: RepositorySelection,
        _ body: (any ObjectStorage, RepositorySelection) async throws -> Result
    ) async throws -> Result {
        let console = console
        let factory = StorageFactory(settings: settings, context: context) { console.warn($0) }
        return try await factory.withStorage(at: selection.location) { try await body($0, selection) }
    }

    /// Opens with the password; one that is typed may be tried three times.
    func open(_ storage: any ObjectStorage, _ selection: RepositorySelection) async throws -> Repository {
        var options = openOptions(keyHint: selection.keyHint)
        // Copying packs from one local disk to another gains nothing.
        if case .directory = selection.location { options.cache?.keepsTreePacks = false }
        var attempt = 1
        while true {
            let password = try selection.password.read(
                from: context.input,
                prompt: "enter password for repository: "
            )
            do {
                let repository = try await Repository.open(
                    on: storage,
                    password: RepositoryPassword(password),
                    options: options
                )
                tendCache(of: repository)
                console.detail(
                    "repository \(repository.id.shortHex) opened at \(selection.location.shown) (format \(repository.config.version.rawValue))"
                )
                return repository
            } catch let error as RepositoryError where error.code == .wrongPassword {
                guard selection.password == .prompt, context.input.isTerminal, attempt < Self.passwordAttempts else {
                    throw error
                }
                attempt += 1
                console.warn("wrong password; try again")
            }
        }
    }

    func openOptions(keyHint: String?) -> OpenOptions {
        var options = OpenOptions()
        options.keyHint = keyHint
        options.compression = settings.compression.mode
        if let byteCount = settings.packByteCount { options.packTargetByteCount = byteCount }
        options.verifiesUploads = settings.verifiesBeforeUpload
        options.identity = HolderIdentity(context.identity)
        if let directory = settings.cacheBase(in: context) {
            let console = console
            options.cache = RepositoryCache(directory: directory) { console.warn($0) }
        }
        return options
    }

    /// Runs `body` under the lock that `need` asks for.
    func withLock(
        _ need: LockNeed,
        on repository: Repository,
        _ body: @escaping @Sendable (LockGuard?) async throws -> Void
    ) async throws {
        guard settings.takesLock, let kind = need.kind else { return try await body(nil) }
        let console = console
        var options = LockOptions()
        options.retryDuration = settings.lockRetryTime
        options.onNotice = { notice in console.warn(notice.text) }
        let isHeld = Mutex(false)
        do {
            try await repository.withLock(kind, options: options) { lock in
                isHeld.withLock { $0 = true }
                try await body(lock)
            }
        } catch let error as StorageError where [.readOnly, .denied].contains(error.code) && !isHeld.withLock({ $0 }) {
            let advice = need.isSkippable ? "; add --no-lock to read without a lock" : ""
            throw CommandFailure("the repository cannot be locked: \(error.message)\(advice)")
        }
    }

    /// Notes that the cache is in use, and removes those that have long not been if asked to.
    private func tendCache(of repository: Repository) {
        guard let base = settings.cacheBase(in: context) else { return }
        let caches = CacheDirectories(path: base)
        caches.noteUse(of: repository.id.hex)
        guard settings.cleansCache else { return }
        let old = caches.list().filter { $0.isOld(atAge: CacheDirectories.usualAge) }
        if !old.isEmpty { console.detail("removing \(old.count) old cache directories from \(base)") }
        for entry in old {
            do throws(CommandFailure) { try caches.remove(entry) } catch { console.warn(error.message) }
        }
    }
}

extension LockNeed {
    var kind: LockKind? {
        switch self {
        case .none: nil
        case .reading, .appending: .shared
        case .exclusive: .exclusive
        }
    }

    var isSkippable: Bool {
        switch self {
        case .reading, .exclusive(isOptional: true): true
        default: false
        }
    }
}

extension LockNotice {
    /// The sentence for standard error.
    var text: String {
        switch self {
        case .waiting(let other, let delay):
            "the repository is locked by process \(other.lock.processID) of \(other.lock.username)@\(other.lock.hostname); "
                + "trying again in \(delay.components.seconds) s"
        case .tookOver(let other):
            "removed the lock of process \(other.lock.processID), which no longer runs on this host"
        case .refreshFailed(let error):
            "the lock could not be refreshed and will be tried again: \(FailureText.failure(for: error).message)"
        case .releaseFailed(let error):
            "the lock could not be removed; `unlock` removes it later: \(FailureText.failure(for: error).message)"
        }
    }
}

extension HolderIdentity {
    init(_ identity: ProcessIdentity) {
        self.init(
            hostname: identity.hostName,
            username: identity.userName,
            processID: Int64(identity.processID),
            userID: identity.userID,
            groupID: identity.groupID
        )
    }
}

extension GlobalSettings.Compression {
    var mode: CompressionMode {
        switch self {
        case .off: .off
        case .fastest: .fastest
        case .auto: .auto
        case .better: .better
        case .max: .max
        }
    }
}
