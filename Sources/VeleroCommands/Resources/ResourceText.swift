// SPDX-License-Identifier: Apache-2.0

import KubeModel

/// Parts of objects as Velero's tables and descriptions show them.
enum ResourceText {
    /// A selector in kubectl's notation; `<none>` for none.
    static func selector(_ object: JSONObject?) -> String {
        guard let object, let selector = try? LabelSelector(.object(object)), !selector.isEmpty else { return "<none>" }
        return selector.description
    }

    /// Names joined by commas.
    static func list(_ names: [String]?, none: String = "<none>") -> String {
        guard let names, !names.isEmpty else { return none }
        return names.joined(separator: ", ")
    }

    /// What a flag that was left open says.
    static func choice(_ value: Bool?, yes: String = "true", no: String = "false") -> String {
        value.map { $0 ? yes : no } ?? "auto"
    }
}
