// SPDX-License-Identifier: Apache-2.0

package import ClusterArchive
package import KubeClient
package import KubeModel
package import LocationAccess

/// What backups reach beside the API server's objects.
package struct BackupParts: Sendable {
    /// Where backups are kept.
    package var stores: any StoreProvider
    /// Runs commands in containers.
    package var commands: any CommandRunner

    package init(stores: any StoreProvider, commands: any CommandRunner) {
        self.stores = stores
        self.commands = commands
    }
}

/// Runs hooks in pods.
package protocol CommandRunner: Sendable {
    /// Runs a command in a container to its end.
    ///
    /// - Parameter output: Takes what the command writes, as it comes.
    /// - Returns: The exit code.
    func run(
        _ hook: BackupHook,
        in pod: ObjectKey,
        container: String,
        output: @Sendable ([UInt8]) -> Void
    ) async throws -> Int
}

/// Runs commands through the API server.
package struct ExecRunner: CommandRunner {
    private let client: KubeClient

    package init(_ client: KubeClient) { self.client = client }

    package func run(
        _ hook: BackupHook,
        in pod: ObjectKey,
        container: String,
        output: @Sendable ([UInt8]) -> Void
    ) async throws -> Int {
        try await client.exec(in: pod, container: container, command: hook.command, timeout: hook.timeout) { _, bytes in
            output(bytes)
        }
    }
}
