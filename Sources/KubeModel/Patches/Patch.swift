// SPDX-License-Identifier: Apache-2.0

/// A change to an object, as a request carries it.
package enum Patch: Sendable, Hashable {
    /// Operations in order (RFC 6902).
    case json([JSONPatchOperation])
    /// Members to set, or to remove where `null` (RFC 7396).
    case merge(JSONValue)
    /// As a merge patch, with lists merged by the rules of the kind; built-in kinds only.
    case strategicMerge(JSONValue)
    /// Fields the sender wants to own (server-side apply); the object's name, kind and version included.
    case apply(KubeObject)

    /// The request's `Content-Type`.
    package var contentType: String {
        switch self {
        case .json: "application/json-patch+json"
        case .merge: "application/merge-patch+json"
        case .strategicMerge: "application/strategic-merge-patch+json"
        case .apply: "application/apply-patch+yaml"
        }
    }

    /// The request's body; JSON, which is YAML too.
    package var bytes: [UInt8] {
        switch self {
        case .json(let operations): JSONText.bytes(of: .array(operations.map(\.json)))
        case .merge(let value), .strategicMerge(let value): JSONText.bytes(of: value)
        case .apply(let object): object.bytes
        }
    }
}
