// SPDX-License-Identifier: Apache-2.0

internal import AsyncPrimitives
internal import CMicroHTTPD

/// Serves `/metrics`, `/healthz` and `/readyz` over HTTP while a body runs.
///
/// One thread of its own answers everything. At most 32 connections are open at a time, of 16 KiB each, and a silent one is closed
/// after 10 seconds.
package enum HealthServer {
    private static let connectionLimit: UInt32 = 32
    private static let connectionByteCount = 16 << 10
    private static let timeoutInSeconds: UInt32 = 10

    /// Listens, runs `body` with the port, and stops listening.
    ///
    /// - Throws: ``HealthServerError`` if the address cannot be listened on, else what `body` throws.
    package static func serve<Result>(
        _ address: ListenAddress,
        _ sources: HealthSources,
        _ body: (_ port: UInt16) async throws -> Result
    ) async throws -> Result {
        // Starting and stopping wait for the server's thread.
        let executor = BlockingExecutor(name: "health", threadCount: 1)
        let daemon = try await executor.run { try start(address, sources) }
        do {
            let result = try await body(daemon.port)
            await executor.run { daemon.stop() }
            return result
        } catch {
            await executor.run { daemon.stop() }
            throw error
        }
    }

    @inline(never)
    private static func start(_ address: ListenAddress, _ sources: HealthSources) throws -> HealthDaemon {
        let socket = try ListeningSocket(address)
        return try HealthDaemon(
            socket,
            sources,
            connectionLimit: connectionLimit,
            connectionByteCount: connectionByteCount,
            timeoutInSeconds: timeoutInSeconds
        )
    }
}
