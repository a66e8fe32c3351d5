// SPDX-License-Identifier: Apache-2.0

internal import CCurl
internal import CShims

extension CurlTransfer {
    /// Tells libcurl everything about the request and the connection it wants.
    func configureHandle(_ configuration: CurlHTTPClient.Configuration) throws(HTTPError) {
        setCallbacks()
        setRequest(configuration)
        setConnection(configuration)
        setTrust(configuration)
        setProxy(configuration.proxy)
        if let failure = handle.failure {
            let reason = unsafe String(cString: curl_easy_strerror(failure))
            throw HTTPError(
                .library,
                "this libcurl does not take an option: \(reason); version 7.87 or newer is needed"
            )
        }
    }

    private func setCallbacks() {
        // SAFETY: see the callbacks; the driver keeps this object until the handle has left the multi handle.
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe handle.set(CURLOPT_PRIVATE, pointer: context)
        unsafe handle.set(CURLOPT_WRITEDATA, pointer: context)
        unsafe handle.set(CURLOPT_HEADERDATA, pointer: context)
        unsafe handle.set(CURLOPT_READDATA, pointer: context)
        unsafe handle.set(CURLOPT_SEEKDATA, pointer: context)
        handle.setCallbacks()
    }

    private func setRequest(_ configuration: CurlHTTPClient.Configuration) {
        setURL(configuration)
        handle.set(CURLOPT_PATH_AS_IS, 1)
        handle.set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
        handle.set(CURLOPT_PROTOCOLS_STR, "http,https")
        if request.maximumRedirectCount > 0 {
            handle.set(CURLOPT_FOLLOWLOCATION, 1)
            handle.set(CURLOPT_MAXREDIRS, request.maximumRedirectCount)
            handle.set(CURLOPT_REDIR_PROTOCOLS_STR, request.isSecure ? "https" : "http,https")
        }
        let byteCount: Int? =
            switch request.body {
            case .none: request.method == "POST" || request.method == "PUT" || request.method == "PATCH" ? 0 : nil
            case .pieces(let pieces): pieces.reduce(0) { $0 + $1.count }
            case .stream(let stream): stream.byteCount ?? -1
            }
        if let byteCount {
            handle.set(CURLOPT_UPLOAD, 1)
            handle.set(CURLOPT_INFILESIZE_LARGE, offset: byteCount)
        } else if request.method == "HEAD" {
            handle.set(CURLOPT_NOBODY, 1)
        }
        if request.method != "HEAD" || byteCount != nil { handle.set(CURLOPT_CUSTOMREQUEST, request.method) }
        handle.setHeaders(headerLines(configuration))
    }

    /// libcurl takes the name for TLS from the URL: with another one the URL names that, and the connection is directed.
    private func setURL(_ configuration: CurlHTTPClient.Configuration) {
        guard let name = configuration.tlsServerName, request.isSecure else {
            handle.set(CURLOPT_URL, request.url)
            return
        }
        handle.setConnectionTarget(request.origin)
        let target = request.url.dropFirst("https://".count).drop { $0 != "/" && $0 != "?" && $0 != "#" }
        handle.set(CURLOPT_URL, "https://\(name)\(target)")
    }

    /// The headers in libcurl's notation: `Name: value`, `Name;` for an empty value, `Name:` for one it must not add itself.
    private func headerLines(_ configuration: CurlHTTPClient.Configuration) -> [String] {
        var lines = request.headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        let names = Set(request.headers.map { $0.name.lowercased() })
        if configuration.tlsServerName != nil, request.isSecure, !names.contains("host") {
            lines.append("Host: \(request.origin)")
        }
        // Else libcurl would cut the raw bytes that follow into chunks.
        if request.switchesProtocol { lines.append("Transfer-Encoding:") }
        if !names.contains("accept") { lines.append("Accept:") }
        if !names.contains("expect") { lines.append(request.expectsContinue ? "Expect: 100-continue" : "Expect:") }
        if !names.contains("user-agent"), let userAgent = configuration.userAgent {
            lines.append("User-Agent: \(userAgent)")
        }
        return lines
    }

    private func setConnection(_ configuration: CurlHTTPClient.Configuration) {
        handle.set(CURLOPT_NOSIGNAL, 1)
        // A removed transfer must not wait for its name resolution to end.
        handle.set(CURLOPT_QUICK_EXIT, 1)
        if request.switchesProtocol {
            handle.set(CURLOPT_FRESH_CONNECT, 1)
            handle.set(CURLOPT_FORBID_REUSE, 1)
        }
        switch request.switchesProtocol ? .http1 : configuration.versions {
        case .automatic:
            handle.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
            handle.set(CURLOPT_PIPEWAIT, request.isSecure ? 1 : 0)
            // In HTTP/2 a transfer that times out does not close the connection others use: one whose peer is gone without a word
            // (power, a firewall's memory) would swallow requests for a quarter of an hour.
            handle.setAcknowledgementLimit()
        case .http1: handle.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        }
        handle.set(CURLOPT_CONNECTTIMEOUT_MS, configuration.connectTimeout.wholeMilliseconds)
        handle.set(CURLOPT_MAXAGE_CONN, max(configuration.maximumIdleTime.wholeMilliseconds / 1_000, 1))
        handle.set(CURLOPT_TCP_KEEPALIVE, 1)
        handle.set(CURLOPT_TCP_KEEPIDLE, 30)
        handle.set(CURLOPT_TCP_KEEPINTVL, 15)
        handle.set(CURLOPT_BUFFERSIZE, 512 << 10)
        handle.set(CURLOPT_UPLOAD_BUFFERSIZE, 512 << 10)
    }

    private func setTrust(_ configuration: CurlHTTPClient.Configuration) {
        if let authorities = configuration.certificateAuthorities {
            handle.set(CURLOPT_CAPATH, nil)
            set(authorities, file: CURLOPT_CAINFO, bytes: CURLOPT_CAINFO_BLOB)
        }
        if let client = configuration.clientCertificate {
            set(client.certificate, file: CURLOPT_SSLCERT, bytes: CURLOPT_SSLCERT_BLOB)
            set(client.key, file: CURLOPT_SSLKEY, bytes: CURLOPT_SSLKEY_BLOB)
            if let password = client.keyPassword { handle.set(CURLOPT_KEYPASSWD, password) }
        }
        if configuration.allowsInsecureTLS {
            handle.set(CURLOPT_SSL_VERIFYPEER, 0)
            handle.set(CURLOPT_SSL_VERIFYHOST, 0)
        }
    }

    private func set(_ pem: CurlHTTPClient.Configuration.PEM, file: CURLoption, bytes: CURLoption) {
        switch pem {
        case .file(let path): handle.set(file, path)
        case .bytes(let text): handle.set(bytes, bytes: text)
        }
    }

    private func setProxy(_ proxy: CurlHTTPClient.Configuration.Proxy) {
        handle.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        switch proxy {
        case .environment: break
        case .none: handle.set(CURLOPT_PROXY, "")
        case .url(let url):
            handle.set(CURLOPT_PROXY, url)
            handle.set(CURLOPT_NOPROXY, "")
        }
    }
}

extension Duration {
    /// For libcurl, which takes 0 as "no limit": at least 1.
    var wholeMilliseconds: Int { Int(min(max(self / .milliseconds(1), 1), Double(Int32.max))) }

    /// As error texts write it.
    var secondsText: String {
        let milliseconds = wholeMilliseconds
        return milliseconds % 1_000 == 0 ? "\(milliseconds / 1_000) s" : "\(milliseconds) ms"
    }
}
