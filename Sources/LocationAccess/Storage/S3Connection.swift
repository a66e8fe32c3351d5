// SPDX-License-Identifier: Apache-2.0

package import HTTPTransport
package import ObjectStorage
package import S3Storage

/// A bucket and how it is reached: enough to connect to it at any time.
package struct S3Connection: Sendable {
    /// Where the key pair comes from.
    package enum Credentials: Sendable {
        /// Requests go unsigned.
        case anonymous
        /// Environment variables, shared files, web identity, container endpoint, instance metadata.
        case environment
        /// The text of a shared credentials file and the profile in it; `name` stands for it in messages.
        case sharedFile([UInt8], name: String, profile: String?)
    }

    package var configuration: S3Configuration
    /// How the server is connected to.
    package var transport: CurlHTTPClient.Configuration
    /// Environment variables, for credentials and the region.
    package var variables: [String: String]
    package var credentials: Credentials

    package init(
        configuration: S3Configuration,
        transport: CurlHTTPClient.Configuration,
        variables: [String: String],
        credentials: Credentials = .environment
    ) {
        self.configuration = configuration
        self.transport = transport
        self.variables = variables
        self.credentials = credentials
    }

    /// Connects; ``ConnectedStorage/close()`` ends the connections.
    ///
    /// - Throws: `HTTPError` if no client can be had, `CredentialsError` for unusable shared files.
    package func connect() async throws -> ConnectedStorage {
        let client = try CurlHTTPClient(configuration: transport)
        do {
            var local = transport
            local.proxy = .none
            let localClient = try CurlHTTPClient(configuration: local)
            do {
                return ConnectedStorage(try await storage(client, localClient), clients: [client, localClient])
            } catch {
                await localClient.close()
                throw error
            }
        } catch {
            await client.close()
            throw error
        }
    }

    /// Lends the store; its connections are closed afterwards.
    package func withStorage<Result>(_ body: (any ObjectStorage) async throws -> Result) async throws -> Result {
        let connected = try await connect()
        do {
            let result = try await body(connected.storage)
            await connected.close()
            return result
        } catch {
            await connected.close()
            throw error
        }
    }

    private func storage(_ client: any HTTPClient, _ localClient: any HTTPClient) async throws -> S3Storage {
        var sources = CredentialsEnvironment(variables: variables, client: client, localClient: localClient)
        if case .sharedFile(let content, let name, _) = credentials { sources.useOnly(content, named: name) }
        var configuration = configuration
        if configuration.region == nil { configuration.region = try await sources.configuredRegion() }
        let provider: any CredentialsProvider =
            switch credentials {
            case .anonymous: AnonymousCredentials()
            case .environment: CredentialsChain.standard(sources)
            case .sharedFile(_, _, let profile):
                CachedCredentials(
                    ProfileCredentials(sources, profileName: profile ?? "default"),
                    wallClock: sources.wallClock
                )
            }
        return S3Storage(configuration: configuration, credentials: provider, client: client)
    }
}

extension CredentialsEnvironment {
    /// Takes a text in the place of all shared files, and forgets the key pairs of the environment.
    ///
    /// Other files, such as a web identity's token, are read as before.
    fileprivate mutating func useOnly(_ content: [UInt8], named name: String) {
        // Where services are is no credential.
        let own = ["AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL_STS", "HOME"]
        variables = variables.filter { !$0.key.hasPrefix("AWS_") || own.contains($0.key) }
        variables["AWS_SHARED_CREDENTIALS_FILE"] = name
        variables["AWS_CONFIG_FILE"] = Self.noFile
        let read = readFile
        readFile = { path in
            switch path {
            case name: content
            case Self.noFile: nil
            default: try await read(path)
            }
        }
    }

    private static var noFile: String { "(no config file)" }
}

/// A store with the connections beneath it.
package final class ConnectedStorage: Sendable {
    package let storage: any ObjectStorage
    private let clients: [CurlHTTPClient]

    package init(_ storage: any ObjectStorage, clients: [CurlHTTPClient] = []) {
        self.storage = storage
        self.clients = clients
    }

    /// Ends the connections; dropping the last reference does so too, a little later.
    package func close() async {
        for client in clients { await client.close() }
    }
}
