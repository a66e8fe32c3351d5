// SPDX-License-Identifier: Apache-2.0

import KubeModel
import VeleroAPI

/// Accounts and what they may do; `daemonset/README.md` gives the reason for each line of the agent's.
extension InstallObjects {
    /// One rule of a role.
    private struct Rule {
        let group: String
        let resources: [String]
        let verbs: [String]

        init(_ group: String, _ resources: [String], _ verbs: [String]) {
            self.group = group
            self.resources = resources
            self.verbs = verbs
        }

        var json: JSONValue {
            ["apiGroups": .array([group]), "resources": .array(resources), "verbs": .array(verbs)]
        }
    }

    private static let reading = ["get", "list", "watch"]
    private static let all = ["create", "delete", "get", "list", "patch", "update", "watch"]

    /// The server's account and roles; none when it runs under an account that is there already.
    var serverAccess: [KubeObject] {
        guard settings.serviceAccount == nil else { return [] }
        let name = Self.serverAccountName
        return [
            account(name),
            role(
                "velero-server",
                [
                    Rule("", ["configmaps"], Self.reading),
                    Rule("", ["events"], ["create", "patch"]),
                    Rule("", ["secrets"], ["create", "get"]),
                    Rule("coordination.k8s.io", ["leases"], ["create", "get", "update"]),
                    Rule("velero.io", ["*"], Self.all),
                ]
            ),
            binding("velero-server", account: name),
            clusterRole(
                "velero-server",
                [
                    // What is backed up can be of any kind.
                    Rule("*", ["*"], Self.reading),
                    // Hooks of backups.
                    Rule("", ["pods/exec"], ["create"]),
                ]
            ),
            clusterBinding("velero-server", account: name),
        ]
    }

    func nodeAgentAccess(_ agent: InstallSettings.NodeAgent) -> [KubeObject] {
        let name = Self.nodeAgentAccountName
        return [
            account(name),
            role(
                name,
                [
                    Rule("", ["configmaps", "secrets"], ["get"]),
                    Rule("", ["events"], ["create", "patch"]),
                    Rule("velero.io", ["podvolumebackups", "podvolumerestores"], Self.reading + ["patch", "update"]),
                    Rule("velero.io", ["backuprepositories", "resticrepositories"], ["create"] + Self.reading),
                    Rule(
                        "velero.io",
                        ["backups", "backupstoragelocations", "restores"],
                        Self.reading
                    ),
                ]
            ),
            binding(name, account: name),
            clusterRole(
                name,
                [
                    Rule("", ["nodes", "persistentvolumeclaims", "persistentvolumes"], ["get"]),
                    Rule("", ["pods"], Self.reading),
                    Rule("storage.k8s.io", ["csidrivers"], ["list"]),
                ]
            ),
            clusterBinding(name, account: name),
        ]
    }

    private func account(_ name: String) -> KubeObject {
        var account = object(InstalledKinds.serviceAccount, name)
        account.metadata.annotations = settings.serviceAccountAnnotations
        return account
    }

    private func role(_ name: String, _ rules: [Rule]) -> KubeObject {
        var role = object(InstalledKinds.role, name)
        role["rules"] = .array(rules.map(\.json))
        return role
    }

    private func clusterRole(_ name: String, _ rules: [Rule]) -> KubeObject {
        var role = object(InstalledKinds.clusterRole, settings.clusterName(name))
        role["rules"] = .array(rules.map(\.json))
        return role
    }

    private func binding(_ name: String, account: String) -> KubeObject {
        bind(object(InstalledKinds.roleBinding, name), kind: "Role", to: name, account: account)
    }

    private func clusterBinding(_ name: String, account: String) -> KubeObject {
        let name = settings.clusterName(name)
        return bind(object(InstalledKinds.clusterRoleBinding, name), kind: "ClusterRole", to: name, account: account)
    }

    private func bind(_ binding: KubeObject, kind: String, to name: String, account: String) -> KubeObject {
        var binding = binding
        binding["roleRef"] = ["apiGroup": "rbac.authorization.k8s.io", "kind": .string(kind), "name": .string(name)]
        binding["subjects"] = [
            ["kind": "ServiceAccount", "name": .string(account), "namespace": .string(settings.namespace)]
        ]
        return binding
    }
}
