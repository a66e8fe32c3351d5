// SPDX-License-Identifier: Apache-2.0

import VeleroAPI

/// An image whose start copies the programs of plugins into the directory `/target`.
struct PluginImage: Sendable, Hashable {
    let image: String
    /// The name of the container that runs it, made from the image's as Velero makes it.
    let containerName: String

    /// - Throws: ``CommandFailure`` for what is no name of an image.
    init(_ image: String) throws {
        let name = Self.containerName(image)
        guard image.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), ObjectName.isLabel(name) else {
            throw CommandFailure("--plugins: '\(image)' is no name of an image")
        }
        self.image = image
        containerName = name
    }

    /// The images of a list between commas, as often as the flag was given.
    ///
    /// - Throws: ``CommandFailure`` for what is no name of an image, and for two of one name.
    static func parse(_ texts: [String]) throws -> [PluginImage] {
        let words = texts.flatMap { $0.split(separator: ",").map { $0.filter { $0 != " " } } }
        let images = try words.filter { !$0.isEmpty }.map(PluginImage.init)
        var names: Set<String> = []
        for image in images where !names.insert(image.containerName).inserted {
            throw CommandFailure("--plugins: '\(image.image)' is given twice, or differs in registry and tag only")
        }
        return images
    }

    /// The image's name without registry, tag and digest, spelled as a container's.
    static func containerName(_ image: String) -> String {
        var name = image[...]
        if let at = name.firstIndex(of: "@") { name = name[..<at] }
        var parts = name.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count > 2 { parts.removeFirst() }
        if let last = parts.popLast() { parts.append(last.prefix { $0 != ":" }) }
        let text = parts.joined(separator: "/")
        return ObjectName.labelValue(String(text.map { "/_.".contains($0) ? "-" : $0 }))
    }
}
