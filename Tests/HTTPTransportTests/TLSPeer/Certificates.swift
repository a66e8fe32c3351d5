// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Certificates made by openssl for a test: an authority, a server named `localhost`, a client, and a stranger's authority.
final class Certificates {
    let directory: String

    init() throws {
        var template = Array("/tmp/velero-tls-XXXXXX".utf8CString)
        guard let made = unsafe mkdtemp(&template) else { throw SocketError(call: "mkdtemp", code: errno) }
        directory = unsafe String(cString: made)
        for authority in ["authority", "stranger"] {
            try ChildProcess.run(
                openssl(
                    "req",
                    "-x509",
                    "-subj",
                    "/CN=\(authority)",
                    "-keyout",
                    "\(authority).key",
                    "-out",
                    "\(authority).pem"
                )
            )
        }
        for (name, subject) in [("server", "localhost"), ("client", "agent")] {
            let signing = ["-CA", path("authority.pem"), "-CAkey", path("authority.key")]
            let extensions = [
                "-addext", "subjectAltName=DNS:\(subject)", "-addext", "basicConstraints=critical,CA:FALSE",
            ]
            let request = openssl(
                "req",
                "-x509",
                "-subj",
                "/CN=\(subject)",
                "-keyout",
                "\(name).key",
                "-out",
                "\(name).pem"
            )
            try ChildProcess.run(request + signing + extensions)
        }
    }

    deinit {
        for name in ["authority", "stranger", "server", "client"] {
            unsafe unlink(path("\(name).pem"))
            unsafe unlink(path("\(name).key"))
        }
        unsafe rmdir(directory)
    }

    func path(_ name: String) -> String { "\(directory)/\(name)" }

    private func openssl(_ arguments: String...) -> [String] {
        let files = arguments.map { $0.hasSuffix(".pem") || $0.hasSuffix(".key") ? path($0) : $0 }
        return ["openssl"] + files + ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    }
}
