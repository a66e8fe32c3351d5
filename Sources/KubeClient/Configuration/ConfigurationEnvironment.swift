// SPDX-License-Identifier: Apache-2.0

internal import AsyncPrimitives
internal import FoundationEssentials
package import KubeModel

/// What the configuration of a cluster is found with: variables, files, programs and the time; all of it injected.
package struct ConfigurationEnvironment: Sendable {
    /// The content of a small file; nil when there is no such file.
    package typealias FileReader = @Sendable (_ path: String) async throws -> [UInt8]?
    /// Runs a program with added environment variables and gives what it prints; throws unless it ends with exit code 0.
    package typealias ProgramRunner =
        @Sendable (_ words: [String], _ variables: [String: String]) async throws -> [UInt8]

    /// Environment variables by name; empty values count as unset.
    package var variables: [String: String]
    package var readFile: FileReader
    package var runProgram: ProgramRunner
    package var clock: any Clock<Duration>
    /// The time of day.
    package var now: @Sendable () -> KubeTime

    package init(
        variables: [String: String],
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> KubeTime = Self.systemTime,
        readFile: @escaping FileReader = Self.fileReader(),
        runProgram: @escaping ProgramRunner
    ) {
        self.variables = variables
        self.clock = clock
        self.now = now
        self.readFile = readFile
        self.runProgram = runProgram
    }

    /// A variable that is set and not empty.
    subscript(name: String) -> String? {
        guard let value = variables[name], !value.isEmpty else { return nil }
        return value
    }

    /// The time of day by the system's clock.
    package static let systemTime: @Sendable () -> KubeTime = {
        let seconds = Date().timeIntervalSince1970
        let whole = seconds.rounded(.down)
        return KubeTime(seconds: Int64(whole), nanoseconds: Int32((seconds - whole) * 1_000_000_000))
    }

    /// Reads files on a thread of its own.
    package static func fileReader() -> FileReader {
        let executor = BlockingExecutor(name: "kube-config", threadCount: 1)
        return { path in
            try await executor.run {
                guard FileManager.default.fileExists(atPath: path) else { return nil }
                guard let content = FileManager.default.contents(atPath: path) else {
                    throw KubeError(.configuration, "\(path) cannot be read; check its permissions")
                }
                guard content.count <= maximumFileByteCount else {
                    throw KubeError(.configuration, "\(path) is too large for a configuration file")
                }
                return [UInt8](content)
            }
        }
    }

    private static let maximumFileByteCount = 8 << 20
}
