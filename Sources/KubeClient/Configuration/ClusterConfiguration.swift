// SPDX-License-Identifier: Apache-2.0

package import HTTPTransport

/// How to reach one API server, and as whom.
package struct ClusterConfiguration: Sendable {
    /// `https://host:port`, with a path in front of all others if need be; no slash at the end.
    package var server: String
    /// The namespace used when none is named.
    package var namespace: String
    package var credentials: any RequestCredentials
    package var certificateAuthorities: CurlHTTPClient.Configuration.PEM?
    package var clientCertificate: CurlHTTPClient.Configuration.ClientCertificate?
    /// The name the server's certificate must bear, if it is not the host's.
    package var serverName: String?
    package var allowsInsecureTLS = false
    package var proxyURL: String?
    /// On whose behalf to ask.
    package var impersonation: Impersonation?

    /// Another user whom the server lets this one speak for.
    package struct Impersonation: Sendable, Hashable {
        package var user: String
        package var uid: String?
        package var groups: [String]

        package init(user: String, uid: String? = nil, groups: [String] = []) {
            self.user = user
            self.uid = uid
            self.groups = groups
        }
    }

    package init(
        server: String,
        namespace: String = "default",
        credentials: any RequestCredentials = FixedCredentials()
    ) {
        self.server = server.last == "/" ? String(server.dropLast()) : server
        self.namespace = namespace
        self.credentials = credentials
    }

    /// What the transport must know.
    package var transport: CurlHTTPClient.Configuration {
        var transport = CurlHTTPClient.Configuration()
        transport.versions = .automatic
        transport.certificateAuthorities = certificateAuthorities
        transport.clientCertificate = clientCertificate
        transport.tlsServerName = serverName
        transport.allowsInsecureTLS = allowsInsecureTLS
        if let proxyURL { transport.proxy = .url(proxyURL) }
        return transport
    }
}
