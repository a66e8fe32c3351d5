// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// Where the file of an object is in a backup's tarball.
package enum ItemPath {
    /// The first entry of every tarball, which names its format.
    package static let version = "metadata/version"
    /// Content of version.
    package static let formatVersion = "1.1.0"

    /// The paths of an object: by its resource alone and, with equal content, by the version the cluster prefers; or only by its
    /// version if that is another one.
    ///
    /// - Returns: Empty if the object's name or namespace cannot be part of a path.
    package static func paths(of object: KubeObject, _ type: ResourceType, isPreferredVersion: Bool = true) -> [String]
    {
        let name = object.metadata.name ?? ""
        var place = ["cluster"]
        if type.isNamespaced { place = ["namespaces", object.metadata.namespace ?? ""] }
        guard (place + [name, "\(type)", type.version]).allSatisfy(isComponent) else { return [] }
        let directory = "resources/\(type)/"
        let file = (place + [name]).joined(separator: "/") + ".json"
        guard isPreferredVersion else { return [directory + type.version + "/" + file] }
        return [directory + file, directory + type.version + "-preferredversion/" + file]
    }

    /// Whether a name can be one part of a path and nothing else.
    package static func isComponent(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".." && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == 0 }
    }
}
