// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ObjectStorage
import ResticFormat
import TestSupport
import Testing

@testable import RepositoryEngine

@Suite("Opening and initializing", .timeLimit(.minutes(2)))
struct OpeningTests {
    private func code(of body: () async throws -> Void) async -> RepositoryError.Code? {
        do {
            try await body()
            return nil
        } catch let error as RepositoryError {
            return error.code
        } catch {
            Issue.record(error)
            return nil
        }
    }

    private func openCode(_ storage: any ObjectStorage, _ password: String = "test password") async -> RepositoryError
        .Code?
    {
        await code { _ = try await Repository.open(on: storage, password: RepositoryPassword(password)) }
    }

    private func initialized() async throws -> MemoryStorage {
        let storage = MemoryStorage()
        _ = try await Repository.initialize(on: storage, password: testPassword, options: .testing())
        return storage
    }

    @Test("each way of not being a repository has its own error")
    func notARepository() async throws {
        #expect(await openCode(MemoryStorage()) == .noRepository)
        #expect(await openCode(MemoryStorage(objects: ["photos/cat.jpg": [1]])) == .foreignContent)
        #expect(await openCode(DirectoryStorage(root: "/nonexistent/place")) == .containerMissing)
        let storage = try await initialized()
        try await storage.delete("config")
        #expect(await openCode(storage) == .corrupt)
    }

    @Test("a wrong password is not a damaged repository")
    func wrongPassword() async throws {
        let storage = try await initialized()
        #expect(await openCode(storage, "guess") == .wrongPassword)
        #expect(await openCode(storage) == nil)
    }

    @Test("a damaged key file keeps no other key from opening")
    func otherKeyDamaged() async throws {
        let storage = try await initialized()
        // Sorts before every real one.
        try await storage.put("keys/" + String(repeating: "0", count: 64), ObjectBody(Array("{}".utf8)))
        #expect(await openCode(storage) == nil)
        #expect(await openCode(storage, "guess") == .corrupt)
    }

    @Test("a damaged config or key is named")
    func damaged() async throws {
        let storage = try await initialized()
        var config = try await storage.get("config")
        config[20] ^= 1
        try await storage.put("config", ObjectBody(config))
        #expect(await openCode(storage) == .corrupt)
        try await storage.put("config", ObjectBody([]))
        #expect(await openCode(storage) == .corrupt)
    }

    @Test("a repository that exists, even in part, is not initialized again")
    func initializeTwice() async throws {
        let storage = try await initialized()
        func again() async -> RepositoryError.Code? {
            await code {
                _ = try await Repository.initialize(on: storage, password: testPassword, options: .testing())
            }
        }
        #expect(await again() == .alreadyInitialized)
        try await storage.delete("config")
        #expect(await again() == .alreadyInitialized)
    }

    @Test("init stores the config last")
    func order() async throws {
        let storage = try await RecordingStorage.over(MemoryStorage())
        _ = try await Repository.initialize(on: storage, password: testPassword, options: .testing())
        #expect(storage.mutations.last?.key == "config")
        #expect(storage.mutations.count == 2)
        for count in 0..<2 {
            #expect(await openCode(storage.store(after: count)) != nil)
        }
    }

    @Test("keys are added, hinted at, removed, and the one in use stays")
    func keys() async throws {
        let storage = try await initialized()
        let repository = try await Repository.open(on: storage, password: testPassword)
        let second = try await repository.addKey(password: RepositoryPassword("second"), parameters: .cheap)
        var options = OpenOptions()
        options.keyHint = second.shortHex
        let opened = try await Repository.open(on: storage, password: RepositoryPassword("second"), options: options)
        #expect(opened.keyID == second)
        #expect(opened.config == repository.config)
        #expect(await code { _ = try await opened.removeKey(second.hex) } == .invalid)
        #expect(await code { _ = try await opened.removeKey("zz") } == .invalid)
        #expect(await code { _ = try await opened.removeKey("") } == .ambiguous)
        #expect(try await opened.removeKey(repository.keyID.shortHex) == repository.keyID)
        #expect(await openCode(storage) == .wrongPassword)
        _ = try await opened.changePassword(to: RepositoryPassword("third"), parameters: .cheap)
        #expect(await openCode(storage, "second") == .wrongPassword)
        #expect(await openCode(storage, "third") == nil)
        #expect(try await opened.listKeys().count == 1)
    }

    @Test("a chosen polynomial is kept")
    func polynomial() async throws {
        let storage = MemoryStorage()
        var options = InitializeOptions.testing()
        options.polynomial = try Polynomial(hex: "3da3358b4dc173")
        _ = try await Repository.initialize(on: storage, password: testPassword, options: options)
        let opened = try await Repository.open(on: storage, password: testPassword)
        #expect(opened.polynomial == options.polynomial)
    }
}
