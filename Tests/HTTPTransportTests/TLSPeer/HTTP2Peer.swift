// SPDX-License-Identifier: Apache-2.0

import Glibc

/// nghttpd, which speaks HTTP/2 only: sends back what is PUT to it, and serves the certificates' directory to GET.
final class HTTP2Peer {
    let port: Int
    private let process: ChildProcess

    init(_ certificates: Certificates) throws {
        // The program takes no port 0; should someone else grab the port meanwhile, the next is tried.
        for _ in 0..<20 {
            let socket = try LoopbackSocket.listen(backlog: 1)
            Glibc.close(socket.descriptor)
            let server = ["-v", "--echo-upload", "-a", "127.0.0.1", "-d", certificates.directory, "\(socket.port)"]
            let files = [certificates.path("server.key"), certificates.path("server.pem")]
            let process = try ChildProcess(["bash", "-c", Self.command, "nghttpd"] + server + files, needsSignal: true)
            guard process.readLine().contains("listen") else { continue }
            self.process = process
            port = socket.port
            return
        }
        throw SocketError(call: "nghttpd", code: 0)
    }

    /// Passes the first line on, which says that the server listens, and drops the rest of its chatter.
    private static let command = #"exec stdbuf -oL nghttpd "$@" > >(head -n 1; exec cat >/dev/null)"#
}
