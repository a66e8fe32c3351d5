// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// A program that prints credentials, as a kubeconfig names it (`users[].user.exec`).
package struct ExecPlugin: Sendable, Hashable {
    package var apiVersion: String
    package var command: String
    package var arguments: [String]
    /// Added to this process's environment.
    package var variables: [String: String]
    /// Shown when the program is missing.
    package var installHint: String
    /// Described to the program if it wants that.
    package var cluster: JSONValue?

    /// What the program printed.
    package struct Answer: Sendable {
        package var token: String?
        package var certificate: String?
        package var key: String?
        package var expiration: KubeTime?
    }

    private static let versions = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"]

    /// - Throws: ``KubeError`` with `.configuration`.
    package init(_ value: JSONValue) throws {
        apiVersion = value["apiVersion"]?.string ?? ""
        command = value["command"]?.string ?? ""
        arguments = value["args"]?.strings ?? []
        installHint = value["installHint"]?.string ?? ""
        variables = [:]
        for variable in value["env"]?.array ?? [] {
            if let name = variable["name"]?.string { variables[name] = variable["value"]?.string ?? "" }
        }
        guard !command.isEmpty else { throw KubeError(.configuration, "kubeconfig: exec names no command") }
        guard Self.versions.contains(apiVersion) else {
            let known = Self.versions.joined(separator: " and ")
            throw KubeError(
                .configuration,
                "kubeconfig: exec of \(command) has apiVersion '\(apiVersion)'; known are \(known)"
            )
        }
    }

    /// What is told to the program in `KUBERNETES_EXEC_INFO`.
    var information: String {
        var value: JSONValue = [
            "apiVersion": .string(apiVersion), "kind": "ExecCredential", "spec": ["interactive": false],
        ]
        if let cluster { value[["spec", "cluster"]] = cluster }
        return JSONText.string(of: value)
    }

    /// Runs the program.
    ///
    /// - Throws: ``KubeError`` with `.credentials`; never quotes what the program printed.
    package func run(_ environment: ConfigurationEnvironment) async throws -> Answer {
        var added = variables
        added["KUBERNETES_EXEC_INFO"] = information
        let output: [UInt8]
        do {
            output = try await environment.runProgram([command] + arguments, added)
        } catch let error as CancellationError {
            throw error
        } catch {
            let hint = installHint.isEmpty ? "" : "; \(installHint)"
            throw KubeError(.credentials, "no credentials from \(command): \(error)\(hint)", cause: error)
        }
        return try parse(output)
    }

    @inline(never)
    func parse(_ output: [UInt8]) throws -> Answer {
        guard let value = try? JSONText.parse(output), value["kind"]?.string == "ExecCredential" else {
            throw KubeError(.credentials, "\(command) printed no ExecCredential")
        }
        guard value["apiVersion"]?.string == apiVersion else {
            throw KubeError(.credentials, "\(command) answers with another apiVersion than \(apiVersion)")
        }
        let status = value["status"] ?? [:]
        let answer = Answer(
            token: status.text("token"),
            certificate: status.text("clientCertificateData"),
            key: status.text("clientKeyData"),
            expiration: status.text("expirationTimestamp").flatMap(KubeTime.init(parsing:))
        )
        guard answer.token != nil || (answer.certificate != nil && answer.key != nil) else {
            throw KubeError(.credentials, "\(command) gives neither a token nor a certificate with key")
        }
        return answer
    }

    /// Runs the program whenever its last token ends or is refused.
    package func credentials(_ environment: ConfigurationEnvironment) -> any RequestCredentials {
        RenewedCredentials(clock: environment.clock) {
            let answer = try await run(environment)
            let lifetime = answer.expiration.map { expiration in
                // Renewed a little early, so that no request goes out with a token about to end.
                max(environment.now().duration(to: expiration) - .seconds(10), .zero)
            }
            return .init(authorization: answer.token.map { "Bearer \($0)" }, lifetime: lifetime)
        }
    }
}

extension JSONValue {
    /// A member's text that is there and not empty.
    func text(_ name: String) -> String? {
        guard let text = self[name]?.string, !text.isEmpty else { return nil }
        return text
    }
}
