// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A way in which a repository breaks, and the commands that mend it.
enum Damage: String, CaseIterable, CustomStringConvertible {
    case lostDataPack, lostTreePack
    case flippedData, flippedTree, flippedPackHeader, shortenedPack, emptiedPack
    case lostIndex, lostWholeIndex, flippedIndex, shortenedIndex, emptiedIndex
    case flippedSnapshot, shortenedSnapshot, lostSnapshot
    case lostBlobs, foreignFiles

    var description: String { rawValue }

    /// What mends it; the last word of `repair packs` is the id of the pack that was damaged.
    var repairs: [[String]] {
        switch self {
        case .lostDataPack, .lostTreePack, .lostBlobs: [["repair", "index"], ["repair", "snapshots", "--forget"]]
        case .flippedData, .flippedTree, .flippedPackHeader, .shortenedPack, .emptiedPack:
            [["repair", "packs"], ["repair", "snapshots", "--forget"]]
        case .lostIndex, .lostWholeIndex, .flippedIndex, .shortenedIndex, .emptiedIndex: [["repair", "index"]]
        case .flippedSnapshot, .shortenedSnapshot: [["repair", "snapshots", "--forget"]]
        case .lostSnapshot, .foreignFiles: [["prune"]]
        }
    }

    /// Whether both programs can tell without reading all data that something is wrong.
    var isPlain: Bool {
        switch self {
        case .flippedData, .flippedPackHeader, .lostSnapshot, .foreignFiles: false
        default: true
        }
    }

    /// Whether restic 0.14 keeps trying to read what is gone, for most of a minute.
    var stallsOldRestic: Bool { [.lostTreePack, .emptiedPack].contains(self) }

    /// Breaks a repository made by ``Workbench/makeHistory(_:version:snapshotCount:)``.
    ///
    /// - Returns: The pack concerned, if one is.
    @discardableResult
    func strike(_ name: String = "repo", in bench: Workbench) throws -> String? {
        let files = FileManager.default
        let packs = try bench.packs(of: name)
        let data = try #require(packs.first)
        // Ids are random, sizes are not: the smallest pack holds the trees of a later snapshot.
        let trees = try #require(packs.last)
        let index = try #require(try bench.indexFiles(of: name).first)
        let snapshot = "\(bench.root)/\(name)/snapshots/" + (try #require(try bench.snapshotIDs(name).first))
        switch self {
        case .lostDataPack, .lostBlobs:
            try files.removeItem(atPath: data.path)
            if self == .lostBlobs { try bench.run(["repair", "index"], on: name) }
            return data.id
        case .lostTreePack:
            try files.removeItem(atPath: trees.path)
            return trees.id
        case .flippedData:
            try bench.damage(data.path) { $0[100] ^= 0x10 }
            return data.id
        case .flippedTree:
            try bench.damage(trees.path) { $0[40] ^= 1 }
            return trees.id
        case .flippedPackHeader:
            try bench.damage(trees.path) { $0[$0.count - 20] ^= 1 }
            return trees.id
        case .shortenedPack:
            try bench.damage(data.path) { $0.removeLast(10) }
            return data.id
        case .emptiedPack:
            try bench.damage(data.path) { $0 = Data() }
            return data.id
        case .lostIndex: try files.removeItem(atPath: index)
        case .lostWholeIndex: for file in try bench.indexFiles(of: name) { try files.removeItem(atPath: file) }
        case .flippedIndex: try bench.damage(index) { $0[50] ^= 1 }
        case .shortenedIndex: try bench.damage(index) { $0 = $0.prefix(100) }
        case .emptiedIndex: try bench.damage(index) { $0 = Data() }
        case .flippedSnapshot: try bench.damage(snapshot) { $0[50] ^= 1 }
        case .shortenedSnapshot: try bench.damage(snapshot) { $0 = $0.prefix(60) }
        case .lostSnapshot: try files.removeItem(atPath: snapshot)
        case .foreignFiles:
            for place in ["data/00/notes.txt", "data/00/\(data.id)-tmp-123456", "index/README", "snapshots/.hidden"] {
                try Data("x".utf8).write(to: URL(fileURLWithPath: "\(bench.root)/\(name)/\(place)"))
            }
        }
        return nil
    }
}
