// SPDX-License-Identifier: Apache-2.0

import RepositoryEngine
import ResticFormat

/// Finds where blobs, trees and the content of packs are used: `find --blob`, `--tree` and `--pack`.
struct FindObjects {
    enum Kind: String, Sendable { case blob, tree, pack }

    /// Ids as they were typed: whole or only their beginnings.
    private struct Wanted {
        var whole: Set<BlobID> = []
        var prefixes: [String] = []

        init(_ texts: [String]) {
            for text in texts {
                if let id = BlobID(hex: text) { whole.insert(id) } else { prefixes.append(text) }
            }
        }

        var isEmpty: Bool { whole.isEmpty && prefixes.isEmpty }

        func contains(_ id: BlobID) -> Bool {
            if whole.contains(id) { return true }
            guard !prefixes.isEmpty else { return false }
            let hex = id.hex
            return prefixes.contains { hex.hasPrefix($0) }
        }
    }

    private let console: Console
    private let repository: Repository
    private let showsPacks: Bool
    private var data: Wanted
    private var trees: Wanted
    private var found: [(kind: BlobKind, id: BlobID)] = []
    private var hits = 0

    /// - Throws: ``CommandFailure`` for text that begins no id, and packs the index does not list.
    init(_ kind: Kind, _ patterns: [String], _ session: RepositorySession, showsPacks: Bool) throws {
        console = session.console
        repository = session.repository
        self.showsPacks = showsPacks
        for pattern in patterns {
            guard !pattern.isEmpty, pattern.allSatisfy({ $0.isHexDigit && !$0.isUppercase }), pattern.utf8.count <= 64
            else {
                throw CommandFailure("\"\(pattern)\" begins no id: write hexadecimal digits")
            }
        }
        data = Wanted(kind == .blob ? patterns : [])
        trees = Wanted(kind == .tree ? patterns : [])
        if kind == .pack { try wantContent(of: patterns) }
    }

    private mutating func wantContent(of packs: [String]) throws(CommandFailure) {
        var blobs: [PackEntry] = []
        for prefix in packs {
            let before = blobs.count
            repository.index.forEachPack { pack in
                if pack.id.hex.hasPrefix(prefix) { blobs += pack.blobs }
            }
            guard blobs.count > before else { throw CommandFailure("the index lists no pack \(prefix)") }
        }
        data.whole = Set(blobs.filter { $0.kind == .data }.map(\.id))
        trees.whole = Set(blobs.filter { $0.kind == .tree }.map(\.id))
    }

    /// Looks through one snapshot.
    mutating func search(_ stored: StoredSnapshot) async throws {
        let root = stored.snapshot.tree
        if trees.contains(root) { report(.tree, root, path: "/", parent: nil, stored) }
        var parents = [root]
        try await TreeWalk(repository: repository).run(root, at: "/") { node, path in
            // One tree per level; the node's own is that of its directory.
            let depth = path.utf8.reduce(0) { $0 + ($1 == UInt8(ascii: "/") ? 1 : 0) }
            parents.removeLast(max(0, parents.count - depth))
            if let subtree = node.subtree {
                if trees.contains(subtree) { report(.tree, subtree, path: path, parent: nil, stored) }
                parents.append(subtree)
            }
            guard !data.isEmpty else { return .into }
            for id in Set(node.content ?? []) where data.contains(id) {
                report(.data, id, path: path, parent: parents.last, stored)
            }
            return .into
        }
        try console.display.requireOutput()
    }

    /// Prints what belongs at the end.
    func finish() {
        if console.isJSON { console.display.write(Array((hits == 0 ? "[]\n" : "]\n").utf8)) }
        guard showsPacks else { return }
        for (kind, id) in found {
            guard let blob = repository.index.location(of: kind, id) else { continue }
            let sizes =
                "offset \(blob.blob.offset), length \(blob.blob.storedLength), uncompressed length \(blob.blob.uncompressedLength)"
            // Standard output is for JSON alone.
            let show = console.isJSON ? console.warn : console.result
            show("Object belongs to pack \(blob.pack.hex)")
            show(" ... Pack \(blob.pack.shortHex): <Blob (\(kind.name)) \(id.shortHex), \(sizes)>")
        }
    }

    private mutating func report(
        _ kind: BlobKind,
        _ id: BlobID,
        path: String,
        parent: BlobID?,
        _ stored: StoredSnapshot
    ) {
        if !found.contains(where: { $0.kind == kind && $0.id == id }) { found.append((kind, id)) }
        hits += 1
        let time = stored.snapshot.time
        guard console.isJSON else {
            let word = kind == .data ? "blob" : "tree"
            console.result("Found \(word) \(id.hex)")
            console.result(
                kind == .data ? " ... in file \(PrintableText.name(path))" : " ... path \(PrintableText.name(path))"
            )
            if let parent { console.result("     (tree \(parent.hex))") }
            console.result(" ... in snapshot \(stored.id.shortHex) (\(TimeText.local(time)))")
            return
        }
        var json = JSONText()
        json.object { json in
            json.member("object_type", kind == .data ? "blob" : "tree")
            json.member("id", id.hex)
            json.member("path", path)
            if let parent { json.member("parent_tree", parent.hex) }
            json.member("snapshot", stored.id.hex)
            json.member("time", time.rfc3339)
        }
        console.display.write([UInt8(ascii: hits == 1 ? "[" : ",")] + json.bytes)
    }
}
