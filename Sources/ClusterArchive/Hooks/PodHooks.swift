// SPDX-License-Identifier: Apache-2.0

package import KubeModel
package import VeleroAPI

/// The hooks of a backup: which run in which pod; decides only.
package struct PodHooks: Sendable {
    private let specified: [Specified]

    private struct Specified: Sendable {
        let namespaces: InclusionList
        let selector: LabelSelector
        let pre: [BackupHook]
        let post: [BackupHook]
    }

    /// The hooks of one pod in one phase.
    package struct Selection: Sendable, Hashable {
        /// In the order they run.
        package var hooks: [BackupHook] = []
        /// What is wrong with an annotation, for people.
        package var problems: [String] = []
    }

    /// - Parameter resolve: `resource.group` of a name; nil if there is no such kind.
    /// - Throws: `SelectorError`.
    package init(_ backup: Backup, resolve: (String) -> String?) throws {
        specified = try (backup.hooks ?? []).compactMap { json in
            let hook = JSONValue.object(json)
            let resources = NameLists(
                including: hook["includedResources"]?.strings ?? [],
                excluding: hook["excludedResources"]?.strings ?? []
            )
            guard resources.resolved(resolve).admits("pods") else { return nil }
            let name = hook["name"]?.string ?? ""
            return Specified(
                namespaces: InclusionList(
                    including: hook["includedNamespaces"]?.strings ?? [],
                    excluding: hook["excludedNamespaces"]?.strings ?? []
                ),
                selector: try hook["labelSelector"].flatMap { $0.isNull ? nil : try LabelSelector($0) }
                    ?? LabelSelector(),
                pre: Self.actions(hook["pre"], name),
                post: Self.actions(hook["post"], name)
            )
        }
    }

    private static func actions(_ list: JSONValue?, _ name: String) -> [BackupHook] {
        (list?.array ?? []).compactMap { action in
            guard let exec = action["exec"], let command = exec["command"]?.strings, !command.isEmpty else {
                return nil
            }
            var hook = BackupHook(name: name, command: command)
            hook.container = exec["container"]?.string.flatMap { $0.isEmpty ? nil : $0 }
            hook.failsPod = exec["onError"]?.string == "Fail"
            if let timeout = exec["timeout"]?.string.flatMap(GoDuration.init(parsing:)), timeout.nanoseconds > 0 {
                hook.timeout = timeout.duration
            }
            return hook
        }
    }

    /// The hooks of a pod: its annotation's, or if it has none those of the backup that select it.
    package func select(_ phase: BackupHook.Phase, for pod: Pod) -> Selection {
        // A pod that ended runs nothing any more.
        if pod.phase == .succeeded || pod.phase == .failed { return Selection() }
        if let annotated = Self.annotated(phase, pod) { return annotated }
        let matching = specified.filter {
            $0.namespaces.admits(pod.namespace ?? "") && $0.selector.matches(pod.object)
        }
        return Selection(hooks: matching.flatMap { phase == .pre ? $0.pre : $0.post })
    }

    private static func annotated(_ phase: BackupHook.Phase, _ pod: Pod) -> Selection? {
        let prefixes = ["\(phase.rawValue).hook.backup.velero.io/"] + (phase == .pre ? ["hook.backup.velero.io/"] : [])
        func value(_ prefix: String, _ name: String) -> String? {
            pod.metadata[annotation: prefix + name].flatMap { $0.isEmpty ? nil : $0 }
        }
        guard let prefix = prefixes.first(where: { value($0, "command") != nil }),
            let command = value(prefix, "command")
        else { return nil }
        var hook = BackupHook(name: "<from-annotation>", command: Self.command(command))
        var problems: [String] = []
        hook.container = value(prefix, "container")
        hook.failsPod = value(prefix, "on-error") == "Fail"
        if let text = value(prefix, "timeout") {
            if let timeout = GoDuration(parsing: text), timeout.nanoseconds > 0 {
                hook.timeout = timeout.duration
            } else {
                problems.append("Unable to parse provided timeout \(text), using default")
            }
        }
        return Selection(hooks: [hook], problems: problems)
    }

    /// A list in JSON, or one word.
    private static func command(_ text: String) -> [String] {
        guard text.hasPrefix("["), let list = try? JSONText.parse(text), let words = list.strings,
            words.count == list.array?.count, !words.isEmpty
        else { return [text] }
        return words
    }
}
