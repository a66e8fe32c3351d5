// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// One line of a watch.
package enum WatchEvent: Sendable, Hashable {
    case added(KubeObject)
    case modified(KubeObject)
    case deleted(KubeObject)
    /// Nothing changed up to this resource version.
    case bookmark(resourceVersion: String)
    /// The watch cannot go on.
    case failed(KubeStatus)
    /// A line that is no event or holds no object; the watch goes on.
    case undecodable(String)

    /// Reads one line.
    @inline(never)
    init(parsing line: [UInt8], as type: ResourceType) {
        let value: JSONValue
        do {
            value = try JSONText.parse(line)
        } catch {
            self = .undecodable("a line of \(line.count) bytes: \(error)")
            return
        }
        guard let kind = value["type"]?.string, let json = value["object"], let object = KubeObject(json: json) else {
            self = .undecodable("a line of \(line.count) bytes without type or object")
            return
        }
        switch kind {
        case "BOOKMARK":
            self =
                object.metadata.resourceVersion.map { .bookmark(resourceVersion: $0) }
                ?? .undecodable("a bookmark without resource version")
        case "ERROR":
            self = .failed(
                KubeStatus(json)
                    ?? KubeStatus(code: 500, reason: .unknown, message: "the watch failed for no given reason")
            )
        case "ADDED", "MODIFIED", "DELETED":
            guard object.metadata.name != nil, object.metadata.resourceVersion != nil else {
                self = .undecodable("an object of \(type) without name or resource version")
                return
            }
            let object = object.completed(as: type)
            self = kind == "ADDED" ? .added(object) : kind == "MODIFIED" ? .modified(object) : .deleted(object)
        default: self = .undecodable("an event of unknown type")
        }
    }
}

extension KubeObject {
    /// With version and kind, which the server leaves out of the elements of some lists.
    func completed(as type: ResourceType) -> KubeObject {
        var object = self
        if object.apiVersion.isEmpty { object.apiVersion = type.apiVersion }
        if object.kind.isEmpty { object.kind = type.kind }
        return object
    }
}
