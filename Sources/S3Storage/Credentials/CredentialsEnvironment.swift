// SPDX-License-Identifier: Apache-2.0

internal import AsyncPrimitives
internal import FoundationEssentials
package import HTTPTransport

/// What credentials are found with: environment variables, files, HTTP and the time; all of it injected.
package struct CredentialsEnvironment: Sendable {
    /// Environment variables by name; empty values count as unset.
    package var variables: [String: String]
    /// The content of a small file; nil when there is no such file.
    package var readFile: @Sendable (_ path: String) async throws -> [UInt8]?
    /// For services on the network (STS).
    package var client: any HTTPClient
    /// For services of this very machine or pod (metadata, container credentials): must not use a proxy.
    package var localClient: any HTTPClient
    /// Dates signatures of STS requests.
    package var wallClock: WallClock

    package init(
        variables: [String: String],
        client: any HTTPClient,
        localClient: any HTTPClient,
        wallClock: @escaping WallClock = UTCTime.systemClock,
        readFile: @escaping @Sendable (_ path: String) async throws -> [UInt8]? = Self.fileReader()
    ) {
        self.variables = variables
        self.client = client
        self.localClient = localClient
        self.wallClock = wallClock
        self.readFile = readFile
    }

    /// Reads files on a thread of its own.
    package static func fileReader() -> @Sendable (_ path: String) async throws -> [UInt8]? {
        let executor = BlockingExecutor(name: "credentials", threadCount: 1)
        return { path in
            try await executor.run {
                guard FileManager.default.fileExists(atPath: path) else { return nil }
                guard let content = FileManager.default.contents(atPath: path) else {
                    throw CredentialsError(.invalid, "\(path) cannot be read; check its permissions")
                }
                guard content.count <= maximumFileByteCount else {
                    throw CredentialsError(.invalid, "\(path) is too large for a credentials file")
                }
                return [UInt8](content)
            }
        }
    }

    private static let maximumFileByteCount = 1 << 20

    /// A variable that is set and not empty.
    subscript(name: String) -> String? {
        guard let value = variables[name], !value.isEmpty else { return nil }
        return value
    }

    /// The text of a file without white space around it; nil when there is no such file.
    func text(ofFile path: String) async throws -> String? {
        guard let bytes = try await readFile(path) else { return nil }
        var text = Substring(String(decoding: bytes, as: UTF8.self))
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }

    /// A path with `~` for the home directory resolved.
    func expandingHome(_ path: String) -> String {
        guard path == "~" || path.hasPrefix("~/"), let home = self["HOME"] else { return path }
        return home + path.dropFirst()
    }
}
