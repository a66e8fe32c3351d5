// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// Where the objects of a backup come from: the port to an API server.
package protocol ObjectSource: Sendable {
    /// Lists one page of a collection.
    ///
    /// - Parameters:
    ///   - namespace: Nil for all, and for kinds without namespaces.
    ///   - token: Of the page before; nil for the first.
    /// - Throws: ``SourceError`` with `.expired` if listing took longer than the server keeps its state, and for what went wrong.
    func page(_ request: CollectionRequest, limit: Int, after token: String?) async throws -> ObjectPage

    /// Reads one object; nil if there is none.
    func object(_ type: ResourceType, _ key: ObjectKey) async throws -> KubeObject?
}

/// One collection to list.
package struct CollectionRequest: Sendable, Hashable {
    package var type: ResourceType
    package var namespace: String?
    package var selector: LabelSelector

    package init(_ type: ResourceType, namespace: String? = nil, selector: LabelSelector = LabelSelector()) {
        self.type = type
        self.namespace = namespace
        self.selector = selector
    }
}

/// Some of a collection's objects.
package struct ObjectPage: Sendable {
    package var objects: [KubeObject]
    /// What is wrong with objects that could not be read.
    package var problems: [String]
    /// Length of the objects' text, in bytes; an estimate will do.
    package var byteCount: Int
    /// For the next page; nil on the last.
    package var nextToken: String?

    package init(objects: [KubeObject], problems: [String] = [], byteCount: Int = 0, nextToken: String? = nil) {
        self.objects = objects
        self.problems = problems
        self.byteCount = byteCount
        self.nextToken = nextToken
    }
}

/// Why objects cannot be had.
package struct SourceError: Error, Sendable, CustomStringConvertible {
    /// What a caller may branch on.
    package enum Code: String, Sendable {
        /// The state that was being listed is no longer kept: begin anew.
        case expired
        /// The server does not have the collection, or not any more.
        case notFound
        case failed
    }

    package var code: Code
    package var description: String

    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
