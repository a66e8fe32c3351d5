// SPDX-License-Identifier: Apache-2.0

internal import CCurl

/// libcurl's verdict on a failed transfer, put into our words.
struct CurlFailure {
    let status: CURLcode
    /// libcurl's own words; may be empty.
    let detail: String
    /// The proxy's answer to CONNECT; 0 if there was none.
    let connectStatus: Int
    let origin: String
    let isConnected: Bool

    init(_ status: CURLcode, _ handle: CurlHandle, _ request: HTTPRequest) {
        self.status = status
        let ownWords = handle.detail
        let text = ownWords.isEmpty ? unsafe String(cString: curl_easy_strerror(status)) : ownWords
        // libcurl names hosts, seldom more; what could be a user or a query stays out.
        detail = text.contains("@") || text.contains("?") ? unsafe String(cString: curl_easy_strerror(status)) : text
        connectStatus = handle.info(CURLINFO_HTTP_CONNECTCODE)
        origin = request.origin
        isConnected = handle.offsetInfo(CURLINFO_PRETRANSFER_TIME_T) > 0
    }

    var error: HTTPError {
        if connectStatus >= 300 { return tunnelError }
        switch status {
        case CURLE_COULDNT_RESOLVE_HOST:
            return HTTPError(.resolve, "cannot resolve the host of \(origin); check its name and the DNS configuration")
        case CURLE_COULDNT_RESOLVE_PROXY:
            let remedy = "check the proxy's name in the configuration or in HTTPS_PROXY and http_proxy"
            return HTTPError(.proxy, "cannot resolve the proxy used for \(origin); \(remedy)", isRetryable: true)
        case CURLE_PROXY:
            return HTTPError(.proxy, "the proxy used for \(origin) fails: \(detail)")
        case CURLE_COULDNT_CONNECT:
            let remedy = "check that the address is right, the server runs and no firewall is in between"
            return HTTPError(.connect, "cannot connect to \(origin): \(detail); \(remedy)")
        case CURLE_OPERATION_TIMEDOUT:
            let remedy = "check the address, the network and firewalls"
            return HTTPError(.connectTimeout, "cannot connect to \(origin) in time: \(detail); \(remedy)")
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS:
            let remedy = "give the authority's certificate as CA file if the server is the right one"
            return HTTPError(.tls, "the certificate of \(origin) is not acceptable: \(detail); \(remedy)")
        case CURLE_SSL_CACERT_BADFILE:
            return HTTPError(.tls, "cannot use the CA file given for \(origin): \(detail)")
        case CURLE_SSL_CERTPROBLEM:
            return HTTPError(.tls, "cannot use the client certificate or key given for \(origin): \(detail)")
        case CURLE_SSL_CONNECT_ERROR: return handshakeError
        case CURLE_SSL_CIPHER, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_ENGINE_INITFAILED,
            CURLE_SSL_CRL_BADFILE, CURLE_USE_SSL_FAILED, CURLE_SSL_CLIENTCERT:
            return HTTPError(.tls, "TLS with \(origin) fails: \(detail)")
        case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_HTTP2, CURLE_HTTP2_STREAM,
            CURLE_SEND_FAIL_REWIND:
            return HTTPError(.interrupted, "the connection to \(origin) ended before the answer did: \(detail)")
        case CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING, CURLE_UNSUPPORTED_PROTOCOL, CURLE_TOO_MANY_REDIRECTS:
            return HTTPError(.protocolViolation, "\(origin) answers against the rules of HTTP: \(detail)")
        case CURLE_URL_MALFORMAT, CURLE_LOGIN_DENIED:
            return HTTPError(.invalidRequest, "the URL for \(origin) is not acceptable; it must not name a user")
        default:
            return HTTPError(.library, "the exchange with \(origin) failed: \(detail)")
        }
    }

    private var tunnelError: HTTPError {
        let problem = "the proxy refuses to connect to \(origin): status \(connectStatus)"
        guard connectStatus != 407 else {
            return HTTPError(.proxy, "\(problem); put user and password into the proxy's URL")
        }
        return HTTPError(
            .proxy,
            "\(problem); check the proxy's rules or add the host to NO_PROXY",
            isRetryable: connectStatus >= 500
        )
    }

    /// A handshake that was cut is worth another try, one that was refused is not.
    private var handshakeError: HTTPError {
        let marks = ["SSL_ERROR_SYSCALL", "reset by peer", "unexpected eof", "Broken pipe"]
        guard marks.contains(where: { detail.contains($0) }) else {
            let remedy = "check that the port speaks TLS and that versions and certificates fit"
            return HTTPError(.tls, "the TLS handshake with \(origin) fails: \(detail); \(remedy)")
        }
        return HTTPError(.interrupted, "the connection to \(origin) ended in the TLS handshake: \(detail)")
    }
}
