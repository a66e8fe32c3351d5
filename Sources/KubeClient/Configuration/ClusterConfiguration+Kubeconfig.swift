// SPDX-License-Identifier: Apache-2.0

internal import HTTPTransport
internal import KubeModel

extension ClusterConfiguration {
    /// Finds the cluster as kubectl does: the file named, else those of `KUBECONFIG`, else `~/.kube/config`, else the pod's own.
    ///
    /// - Parameter path: From `--kubeconfig`.
    /// - Parameter context: From `--kubecontext`; nil for the current one.
    /// - Throws: ``KubeError`` with `.configuration` or `.credentials`.
    package static func load(
        path: String? = nil,
        context: String? = nil,
        _ environment: ConfigurationEnvironment
    ) async throws -> ClusterConfiguration {
        var kubeconfig = Kubeconfig()
        var isFound = false
        for candidate in candidates(path, environment) {
            guard let bytes = try await environment.readFile(candidate) else {
                if candidate == path { throw KubeError(.configuration, "there is no kubeconfig \(candidate)") }
                continue
            }
            try kubeconfig.add(bytes, path: candidate)
            isFound = true
        }
        if isFound, context != nil || kubeconfig.currentContext != nil || path != nil {
            return try await ClusterConfiguration(kubeconfig, context: context, environment)
        }
        if let inCluster = try await inCluster(environment) { return inCluster }
        throw KubeError(
            .configuration,
            "no cluster is configured; give --kubeconfig, set KUBECONFIG or create ~/.kube/config"
        )
    }

    private static func candidates(_ path: String?, _ environment: ConfigurationEnvironment) -> [String] {
        if let path { return [path] }
        if let list = environment["KUBECONFIG"] { return list.split(separator: ":").map(String.init) }
        return environment["HOME"].map { ["\($0)/.kube/config"] } ?? []
    }

    /// The cluster and user of one context.
    package init(
        _ kubeconfig: Kubeconfig,
        context: String? = nil,
        _ environment: ConfigurationEnvironment
    ) async throws {
        let (cluster, user, namespace) = try kubeconfig.resolve(context: context)
        guard let server = cluster.value.text("server") else {
            throw KubeError(.configuration, "kubeconfig: the cluster has no server")
        }
        self.init(server: server.contains("://") ? server : "https://\(server)", namespace: namespace)
        serverName = cluster.value.text("tls-server-name")
        proxyURL = cluster.value.text("proxy-url")
        allowsInsecureTLS = cluster.value["insecure-skip-tls-verify"]?.bool ?? false
        certificateAuthorities = try cluster.pem("certificate-authority")
        guard let user else { return }
        if let certificate = try user.pem("client-certificate"), let key = try user.pem("client-key") {
            clientCertificate = .init(certificate: certificate, key: key)
        }
        if let name = user.value.text("as") {
            impersonation = Impersonation(
                user: name,
                uid: user.value.text("as-uid"),
                groups: user.value["as-groups"]?.strings ?? []
            )
        }
        try await takeCredentials(user, cluster, environment)
    }

    private mutating func takeCredentials(
        _ user: Kubeconfig.Entry,
        _ cluster: Kubeconfig.Entry,
        _ environment: ConfigurationEnvironment
    ) async throws {
        if let path = user.value.text("tokenFile") {
            credentials = TokenFile.credentials(path: user.path(path), environment: environment)
        } else if let token = user.value.text("token") {
            credentials = FixedCredentials(token: token)
        } else if let name = user.value.text("username") {
            let password = user.value["password"]?.string ?? ""
            credentials = FixedCredentials(authorization: "Basic \(Base64.encode(Array("\(name):\(password)".utf8)))")
        } else if let exec = user.value["exec"], exec.object != nil {
            var plugin = try ExecPlugin(exec)
            if plugin.command.contains("/") { plugin.command = user.path(plugin.command) }
            if exec["provideClusterInfo"]?.bool == true { plugin.cluster = cluster.informationForPlugins }
            // A certificate belongs to the transport, so the program is asked once before there is one.
            let answer = try await plugin.run(environment)
            if let certificate = answer.certificate, let key = answer.key {
                clientCertificate = .init(certificate: .bytes(Array(certificate.utf8)), key: .bytes(Array(key.utf8)))
            }
            if answer.token != nil { credentials = plugin.credentials(environment) }
        } else if user.value["auth-provider"]?.object != nil {
            throw KubeError(
                .configuration,
                "kubeconfig: auth-provider is no longer part of Kubernetes; use exec with the provider's plugin"
            )
        }
    }
}

extension Kubeconfig.Entry {
    /// A path, from this file's directory unless absolute.
    func path(_ path: String) -> String { path.hasPrefix("/") ? path : "\(directory)/\(path)" }

    /// PEM text from `<name>-data` (Base64), else the file that `name` names.
    func pem(_ name: String) throws -> CurlHTTPClient.Configuration.PEM? {
        if let data = value.text("\(name)-data") {
            guard let bytes = Base64.decode(data) else {
                throw KubeError(.configuration, "kubeconfig: \(name)-data is no Base64")
            }
            return .bytes(bytes)
        }
        return value.text(name).map { .file(path($0)) }
    }

    /// The cluster as exec plugins are told of it.
    var informationForPlugins: JSONValue {
        var information: JSONValue = [:]
        let names = [
            "server", "tls-server-name", "insecure-skip-tls-verify", "certificate-authority-data", "proxy-url",
        ]
        for name in names { information[name] = value[name] }
        for item in value["extensions"]?.array ?? [] where item["name"]?.string == "client.authentication.k8s.io/exec" {
            information["config"] = item["extension"]
        }
        return information
    }
}
