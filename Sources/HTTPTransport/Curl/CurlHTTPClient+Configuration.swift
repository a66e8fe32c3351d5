// SPDX-License-Identifier: Apache-2.0

extension CurlHTTPClient {
    /// How a client connects, whom it trusts, and its limits.
    package struct Configuration: Sendable {
        /// Which HTTP versions are spoken.
        package enum Versions: Sendable {
            /// HTTP/2 when the server offers it over TLS, many requests sharing one connection; else HTTP/1.1.
            ///
            /// Right for many small requests and watches (Kubernetes).
            case automatic
            /// HTTP/1.1 only: one connection for each request under way. Right for bulk transfers, which want more than one TCP window.
            case http1
        }

        /// How connections leave this machine.
        package enum Proxy: Sendable {
            /// From `http_proxy`, `HTTPS_PROXY`, `ALL_PROXY`, minus the hosts of `NO_PROXY`.
            case environment
            case none
            /// `http://`, `https://`, `socks5://` or `socks5h://` with host and port, for every host; may carry user and password.
            case url(String)
        }

        /// PEM text or where it lies.
        package enum PEM: Sendable {
            case file(String)
            case bytes([UInt8])
        }

        /// A certificate to show to servers.
        package struct ClientCertificate: Sendable {
            /// The certificate, and intermediates after it.
            package var certificate: PEM
            package var key: PEM
            package var keyPassword: String?

            package init(certificate: PEM, key: PEM, keyPassword: String? = nil) {
                self.certificate = certificate
                self.key = key
                self.keyPassword = keyPassword
            }
        }

        package var versions: Versions = .automatic
        package var proxy: Proxy = .environment
        /// The only certificate authorities trusted; nil for the system's.
        package var certificateAuthorities: PEM?
        package var clientCertificate: ClientCertificate?
        /// The name the server's certificate must bear, and is asked for, instead of the URL's host.
        package var tlsServerName: String?
        /// Whether any certificate and host name is accepted.
        package var allowsInsecureTLS = false
        /// Sent as `User-Agent` unless a request names its own; nil for none.
        package var userAgent: String? = "velero"

        /// Limit for name resolution, connection, proxy and TLS handshake together.
        package var connectTimeout: Duration = .seconds(30)
        /// Limit for standing still, unless the request says otherwise.
        package var stallTimeout: Duration = .seconds(300)

        /// How many idle connections are kept.
        package var maximumIdleConnectionCount = 64
        /// How long a connection may idle and still be reused.
        package var maximumIdleTime: Duration = .seconds(90)

        /// Largest head of an answer, interim answers and trailers included.
        package var maximumHeadByteCount = 256 << 10
        /// Most header lines of an answer, counted likewise.
        package var maximumHeaderCount = 1_000
        /// Unread bytes of one answer at which reception pauses.
        package var receiveWindowByteCount = 1 << 20
        /// Unsent bytes of one streamed request body at which its source has to wait.
        package var sendWindowByteCount = 1 << 20

        package init() {}
    }
}
