// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// Looks at the specification a schedule gives its backups; decides only.
package enum BackupTemplate {
    /// What would make every backup of it fail its own validation; empty if nothing would.
    package static func problems(_ template: JSONObject) -> [String] {
        var backup = Backup(name: nil)
        backup["spec"] = .object(template)
        var problems: [String] = []
        if backup.labelSelector != nil, !(backup.orLabelSelectors ?? []).isEmpty {
            problems.append(
                "encountered labelSelector as well as orLabelSelectors in backup spec, only one can be specified"
            )
        }
        let lists = [
            ("namespace", backup.includedNamespaces, backup.excludedNamespaces),
            ("resource", backup.includedResources, backup.excludedResources),
            ("cluster-scoped resource", backup.includedClusterScopedResources, backup.excludedClusterScopedResources),
            (
                "namespace-scoped resource", backup.includedNamespaceScopedResources,
                backup.excludedNamespaceScopedResources
            ),
        ]
        for (what, included, excluded) in lists {
            problems += contradictions(included ?? [], excluded ?? []).map {
                "Invalid included/excluded \(what) lists: \($0)"
            }
        }
        if let ttl = template["ttl"]?.string, !ttl.isEmpty, GoDuration(parsing: ttl) == nil {
            problems.append("spec.template.ttl \"\(ttl.prefix(60))\" is no duration such as 720h0m0s")
        }
        if let ttl = backup.ttl, ttl.nanoseconds < 0 { problems.append("spec.template.ttl must not be negative") }
        return problems
    }

    private static func contradictions(_ included: [String], _ excluded: [String]) -> [String] {
        var problems: [String] = []
        if included.count > 1, included.contains("*") {
            problems.append("includes list must either contain '*' only, or a non-empty list of items")
        }
        if excluded.contains("*") { problems.append("excludes list cannot contain '*'") }
        let both = Set(included).intersection(excluded).filter { $0 != "*" }.sorted()
        problems += both.map { "excludes list cannot contain an item in the includes list: \($0.prefix(253))" }
        return problems
    }
}
