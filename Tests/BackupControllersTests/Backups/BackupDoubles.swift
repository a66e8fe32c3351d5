// SPDX-License-Identifier: Apache-2.0

import ClusterArchive
import KubeModel
import LocationAccess
import ObjectStorage
import TestSupport

@testable import BackupControllers

/// Locations that are directories of this machine.
struct DirectoryStores: StoreProvider {
    let root: String

    func withStore<Result: Sendable>(
        of location: String,
        _ body: @Sendable (any ObjectStorage) async throws -> Result
    ) async throws -> Result {
        let storage = DirectoryStorage(root: "\(root)/\(location)")
        try await storage.createContainer()
        return try await body(storage)
    }
}

/// One store for all locations.
struct SingleStore: StoreProvider {
    let storage: any ObjectStorage

    func withStore<Result: Sendable>(
        of location: String,
        _ body: @Sendable (any ObjectStorage) async throws -> Result
    ) async throws -> Result {
        try await body(storage)
    }
}

/// Runs no commands: notes them, and answers with the exit code of the script.
struct ScriptedCommands: CommandRunner {
    /// Exit codes by the command's first word; 0 for others.
    var codes: [String: Int] = [:]
    let run = Shared<[String]>([])
    /// Called before a command ends.
    var onRun: @Sendable (String) async throws -> Void = { _ in }

    func run(
        _ hook: BackupHook,
        in pod: KubeModel.ObjectKey,
        container: String,
        output: @Sendable ([UInt8]) -> Void
    ) async throws -> Int {
        let text = "\(pod) \(container): \(hook.command.joined(separator: " "))"
        try await onRun(text)
        run.change { $0.append(text) }
        output(Array("done\n".utf8))
        return codes[hook.command.first ?? ""] ?? 0
    }
}
