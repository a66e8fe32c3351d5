// SPDX-License-Identifier: Apache-2.0

import DataMover
import Foundation
import ResticFormat
import Synchronization
import TestSupport
import VolumeIO

let isRoot = getuid() == 0

func testPolynomial() throws -> Polynomial { try Polynomial(hex: "3da3358b4dc173") }

/// Collects what an archiver reports.
final class Reports: Sendable {
    private let failures = Mutex<[ItemFailure]>([])
    private let items = Mutex<[ItemReport]>([])

    var observer: ArchiveObserver {
        ArchiveObserver(
            itemFailed: { failure in self.failures.withLock { $0.append(failure) } },
            itemDone: { report in self.items.withLock { $0.append(report) } }
        )
    }

    var all: [ItemFailure] { failures.withLock { $0 } }
    var done: [ItemReport] { items.withLock { $0 } }
}

/// A tree with everything a volume may hold; devices only when the test may make them.
func makeVariedTree(at path: String, hasForeignLinkTarget: Bool = true) throws {
    let manager = FileManager.default
    try manager.createDirectory(atPath: path + "/d/deeper/deepest", withIntermediateDirectories: true)
    try manager.createDirectory(atPath: path + "/empty", withIntermediateDirectories: true)
    let root = try OpenDirectory.open(path: path)
    func create(_ name: [UInt8], _ content: [UInt8], permissions: UInt16 = 0o644) throws {
        let file = try root.createFile(FileName(name))
        try file.write(content.span, at: 0)
        try file.setPermissions(permissions)
    }
    var generator = SplitMixGenerator(seed: 1)
    try create(Array("small".utf8), Array("hello restic\n".utf8))
    try create(Array("empty file".utf8), [])
    try create(Array("setuid".utf8), [1], permissions: 0o4755)
    try create(Array("sticky-setgid".utf8), [2], permissions: 0o3711)
    try create(Array("min".utf8), generator.bytes(ChunkingRules.minimumByteCount))
    try create(Array("min+1".utf8), generator.bytes(ChunkingRules.minimumByteCount + 1))
    try create(Array("large".utf8), generator.bytes(9 << 20))
    try create(Array("ones".utf8), [UInt8](repeating: 1, count: 9 << 20))
    try create([0x62, 0xff, 0x61], [3])
    try create(Array("tab\tquote\"back\\slash<&>é\u{2028}\u{00ad}".utf8), [4])
    try create(Array("line\nbreak\u{07}\u{7f}".utf8), [5])
    let sparse = try root.createFile(FileName("sparse"))
    try sparse.write([9, 9, 9].span, at: 3 << 20)
    try sparse.truncate(to: 10 << 20)
    let hole = try root.createFile(FileName("hole"))
    try hole.truncate(to: (2 << 20) + 100)
    try root.makeHardLink(FileName("small-link"), to: FileName("small"), in: root)
    try root.makeSymbolicLink(FileName("link"), target: Array("d/deeper".utf8))
    if hasForeignLinkTarget { try root.makeSymbolicLink(FileName("bad-link"), target: [0x74, 0xff, 0x74]) }
    try root.makePipe(FileName("pipe"), permissions: 0o644)
    try write([6], to: path + "/d/deeper/file")
    let name = try FileName("small")
    for (attribute, value) in [("user.one", [UInt8]([1, 2, 3])), ("user.empty", [])] {
        try? root.setExtendedAttribute(ExtendedAttribute(name: Array(attribute.utf8), value: value), of: name)
    }
    try? root.setExtendedAttribute(
        ExtendedAttribute(name: Array("user.dir".utf8), value: [7]),
        of: FileName("empty")
    )
    let times = FileTime(seconds: -1, nanoseconds: 500_000_000)
    try root.setTimes(accessed: times, modified: times, of: FileName("empty file"))
    try root.setTimes(
        accessed: times,
        modified: FileTime(seconds: 1_600_000_000, nanoseconds: 120_000_000),
        of: FileName("link")
    )
    if isRoot {
        try root.makeDevice(FileName("block"), isBlock: true, device: 1792, permissions: 0o644)
        try root.makeDevice(FileName("char"), isBlock: false, device: 259, permissions: 0o644)
        try root.setOwner(1234, group: 54321, of: FileName("setuid"))
        try root.setPermissions(0o6755, of: FileName("setuid"))
    }
}

func write(_ content: [UInt8], to path: String) throws {
    try Data(content).write(to: URL(fileURLWithPath: path))
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
