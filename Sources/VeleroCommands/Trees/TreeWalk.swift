// SPDX-License-Identifier: Apache-2.0

import RepositoryEngine
import ResticFormat

/// Visits the nodes of a snapshot in the order of a listing: a directory, then everything in it, names ascending.
///
/// Memory holds one tree per level, whatever the snapshot's size.
struct TreeWalk {
    /// Whether to go into a directory that was just visited.
    enum Step: Sendable { case into, over }

    private struct Level {
        var decoder: TreeDecoder
        /// Ends with `/`.
        var prefix: String

        // Not inlined, and throwing untyped: Swift 6.3.1 crashes optimising an async function around a typed throw.
        @inline(never)
        init(text: [UInt8], prefix: String) throws {
            decoder = try TreeDecoder(text)
            self.prefix = prefix
        }

        @inline(never)
        mutating func next() throws -> Node? { try decoder.next() }
    }

    let repository: Repository

    /// - Parameters:
    ///   - tree: The tree of the directory `path`.
    ///   - path: Put before every name; `/` for the root.
    ///   - visit: Gets each node with its path; decides whether a directory is entered.
    /// - Throws: What reading a tree or `visit` throws; unreadable directories end the walk.
    func run(_ tree: BlobID, at path: String, _ visit: (Node, String) async throws -> Step) async throws {
        var levels = [try await level(tree, path)]
        while var current = levels.popLast() {
            guard let node = try current.next() else { continue }
            let path = current.prefix + String(decoding: node.name, as: UTF8.self)
            levels.append(current)
            try Task.checkCancellation()
            let step = try await visit(node, path)
            if step == .into, let subtree = node.subtree { levels.append(try await level(subtree, path)) }
        }
    }

    private func level(_ tree: BlobID, _ path: String) async throws -> Level {
        let text = try await repository.readTreeText(tree)
        return try Level(text: text, prefix: path.hasSuffix("/") ? path : path + "/")
    }
}

extension Repository {
    /// The tree of a directory inside a snapshot.
    ///
    /// - Throws: ``CommandFailure`` naming the part of the path that does not exist or is no directory.
    func tree(at components: [String], in snapshot: Snapshot) async throws -> BlobID {
        try await tree(at: components, below: snapshot.tree)
    }

    /// The tree of a directory below another one.
    func tree(at components: [String], below root: BlobID) async throws -> BlobID {
        var tree = root
        var path = ""
        for name in components {
            path += "/" + name
            let wanted = Array(name.utf8)
            guard let node = try await readTree(tree).first(where: { $0.name == wanted }) else {
                throw CommandFailure("the snapshot has no \(PrintableText.name(path))")
            }
            guard let subtree = node.subtree else {
                throw CommandFailure("\(PrintableText.name(path)) in the snapshot is no directory")
            }
            tree = subtree
        }
        return tree
    }
}
