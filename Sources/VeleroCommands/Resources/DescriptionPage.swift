// SPDX-License-Identifier: Apache-2.0

import KubeModel
import VeleroAPI

/// A description for people: sections of names and values, the values of a section in one column.
struct DescriptionPage: Sendable {
    private enum Entry: Sendable {
        case pair(String, String)
        case text(String)
        case gap
    }

    private var entries: [(depth: Int, entry: Entry)] = []
    private var depth = 0

    mutating func add(_ name: String, _ value: String) {
        entries.append((depth, .pair(name + ":", PrintableText.name(value))))
    }

    mutating func text(_ text: String) { entries.append((depth, .text(text))) }

    /// Begins a section; an empty line stands before it.
    mutating func section() { entries.append((depth, .gap)) }

    mutating func indented(_ body: (inout DescriptionPage) -> Void) {
        depth += 1
        body(&self)
        depth -= 1
    }

    mutating func list(_ name: String, _ values: [String]) {
        add(name, "")
        indented { page in for value in values { page.text(PrintableText.name(value)) } }
    }

    /// Names and values, sorted, the first beside the title.
    mutating func map(_ name: String, _ pairs: [String: String]) {
        let lines = pairs.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        add(name, lines.first ?? "<none>")
        for line in lines.dropFirst() { entries.append((depth, .pair("", PrintableText.name(line)))) }
    }

    /// The lines, none with blanks at its end.
    var lines: [String] {
        var lines: [String] = []
        for section in entries.split(omittingEmptySubsequences: false, whereSeparator: { Self.isGap($0.entry) }) {
            if !lines.isEmpty { lines.append("") }
            lines += Self.lines(of: section)
        }
        return lines
    }

    private static func isGap(_ entry: Entry) -> Bool {
        if case .gap = entry { return true }
        return false
    }

    private static func lines(of section: ArraySlice<(depth: Int, entry: Entry)>) -> [String] {
        let widths = section.map { item -> Int in
            guard case .pair(let name, let value) = item.entry, !value.isEmpty else { return 0 }
            return 2 * item.depth + TextWidth.columns(of: name)
        }
        let width = (widths.max() ?? 0) + 2
        return section.map { item in
            var line = String(repeating: "  ", count: item.depth)
            switch item.entry {
            case .gap: break
            case .text(let text): line += text
            case .pair(let name, let value):
                line += name
                let padding = max(0, width - TextWidth.columns(of: line))
                if !value.isEmpty { line += String(repeating: " ", count: padding) + value }
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}

extension DescriptionPage {
    /// What all kinds begin with.
    mutating func metadata(_ metadata: ObjectMetadata) {
        add("Name", metadata.name ?? "")
        add("Namespace", metadata.namespace ?? "")
        map("Labels", metadata.labels)
        map("Annotations", metadata.annotations.filter { $0.key != VeleroAnnotation.lastApplied })
    }

    /// What a backup holds and how it is made.
    mutating func specification(of backup: Backup) {
        add("Namespaces", "")
        indented { page in
            page.add("Included", ResourceText.list(backup.includedNamespaces, none: "*"))
            page.add("Excluded", ResourceText.list(backup.excludedNamespaces))
        }
        section()
        resources(of: backup)
        section()
        add("Label selector", ResourceText.selector(backup.labelSelector))
        section()
        let others = (backup.orLabelSelectors ?? []).map { ResourceText.selector($0) }
        add("Or label selector", others.isEmpty ? "<none>" : others.joined(separator: " or "))
        section()
        add("Storage Location", backup.storageLocation ?? "")
        section()
        add("Velero-Native Snapshot PVs", ResourceText.choice(backup.snapshotVolumes))
        if let all = backup.takesAllVolumes { add("File System Backup (Default)", all ? "true" : "false") }
        add("Snapshot Move Data", ResourceText.choice(backup.snapshotMoveData))
        add("Data Mover", backup.dataMover.flatMap { $0.isEmpty ? nil : $0 } ?? "velero")
        section()
        add("TTL", (backup.ttl ?? GoDuration(.zero)).description)
        section()
        add("CSISnapshotTimeout", (backup.csiSnapshotTimeout ?? GoDuration(.zero)).description)
        add("ItemOperationTimeout", (backup.itemOperationTimeout ?? GoDuration(.zero)).description)
        section()
        hooks(of: backup)
        if let ordered = backup.orderedResources, !ordered.isEmpty {
            section()
            add("OrderedResources", "")
            indented { page in for (kind, names) in ordered.sorted(by: { $0.key < $1.key }) { page.add(kind, names) } }
        }
    }

    private mutating func resources(of backup: Backup) {
        add("Resources", "")
        let scoped = [
            ("Included cluster-scoped", backup.includedClusterScopedResources),
            ("Excluded cluster-scoped", backup.excludedClusterScopedResources),
            ("Included namespace-scoped", backup.includedNamespaceScopedResources),
            ("Excluded namespace-scoped", backup.excludedNamespaceScopedResources),
        ]
        indented { page in
            guard scoped.allSatisfy({ ($0.1 ?? []).isEmpty }) else {
                for (name, list) in scoped {
                    let isEverything = name == "Included namespace-scoped"
                    page.add(name, ResourceText.list(list, none: isEverything ? "*" : "<none>"))
                }
                return
            }
            page.add("Included", ResourceText.list(backup.includedResources, none: "*"))
            page.add("Excluded", ResourceText.list(backup.excludedResources))
            let choice = ResourceText.choice(backup.includeClusterResources, yes: "included", no: "excluded")
            page.add("Cluster-scoped", choice)
        }
    }

    private mutating func hooks(of backup: Backup) {
        let hooks = backup.hooks ?? []
        guard !hooks.isEmpty else { return add("Hooks", "<none>") }
        add("Hooks", "")
        indented { page in
            page.add("Resources", "")
            page.indented { page in for hook in hooks { page.hook(hook) } }
        }
    }

    private mutating func hook(_ hook: JSONObject) {
        add(hook["name"]?.string ?? "", "")
        indented { page in
            page.add("Namespaces", "")
            page.indented { page in
                page.add("Included", ResourceText.list(hook["includedNamespaces"]?.strings, none: "*"))
                page.add("Excluded", ResourceText.list(hook["excludedNamespaces"]?.strings))
            }
            page.add("Resources", "")
            page.indented { page in
                page.add("Included", ResourceText.list(hook["includedResources"]?.strings, none: "*"))
                page.add("Excluded", ResourceText.list(hook["excludedResources"]?.strings))
            }
            page.add("Label selector", ResourceText.selector(hook["labelSelector"]?.object))
            for (title, member) in [("Pre Exec Hook", "pre"), ("Post Exec Hook", "post")] {
                for run in hook[member]?.array ?? [] {
                    guard let exec = run["exec"] else { continue }
                    page.add(title, "")
                    page.indented { page in
                        page.add("Container", exec["container"]?.string ?? "")
                        page.add("Command", (exec["command"]?.strings ?? []).joined(separator: " "))
                        page.add("On Error", exec["onError"]?.string ?? "")
                        page.add("Timeout", exec["timeout"]?.string ?? "0s")
                    }
                }
            }
        }
    }
}
