// SPDX-License-Identifier: Apache-2.0

/// An HTTPS server in Python that answers every GET with the subject of the client's certificate, or `anonymous`.
final class TLSPeer {
    let port: Int
    private let process: ChildProcess

    var url: String { "https://localhost:\(port)/" }

    init(_ certificates: Certificates, asksForClientCertificate: Bool = false) throws {
        let files = [certificates.path("server.pem"), certificates.path("server.key")]
        let authority = asksForClientCertificate ? [certificates.path("authority.pem")] : []
        process = try ChildProcess(["python3", "-c", Self.program] + files + authority)
        port = Int(process.readLine()) ?? 0
    }

    private static let program = """
        import http.server, os, ssl, sys, threading

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def do_GET(self):
                certificate = self.connection.getpeercert()
                body = dict(part[0] for part in certificate["subject"])["commonName"] if certificate else "anonymous"
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body.encode())
            def log_message(self, *arguments):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            def handle_error(self, *arguments):
                pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1], sys.argv[2])
        if len(sys.argv) > 3:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(sys.argv[3])
        server = Server(("127.0.0.1", 0), Handler)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(server.server_address[1], flush=True)
        sys.stdin.read()
        os._exit(0)
        """
}
