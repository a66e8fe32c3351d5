// SPDX-License-Identifier: Apache-2.0

import ObjectStorage
import ResticFormat
import Synchronization

/// The steps of one check, which share its report.
final class CheckRun: Sendable {
    let repository: Repository
    private let onFinding: @Sendable (CheckFinding) -> Void
    private let state = Mutex(CheckReport())

    init(repository: Repository, onFinding: @escaping @Sendable (CheckFinding) -> Void) {
        self.repository = repository
        self.onFinding = onFinding
    }

    func report(
        _ severity: CheckFinding.Severity,
        _ kind: CheckFinding.Kind,
        _ message: String,
        pack: PackID? = nil
    ) {
        let finding = CheckFinding(severity, kind, message, pack: pack)
        state.withLock { $0.note(finding) }
        onFinding(finding)
    }

    /// Whether part of the index could not be read, so that much would look missing that is not.
    var lacksIndex: Bool { state.withLock { $0.hasUnreadableIndex } }

    func finish(snapshotCount: Int, packCount: Int, readPackCount: Int) -> CheckReport {
        state.withLock { report in
            report.snapshotCount = snapshotCount
            report.packCount = packCount
            report.readPackCount = readPackCount
            return report
        }
    }

    // MARK: Index

    /// Hints about what works but could be better.
    func checkIndex() {
        repository.index.forEachPack { pack in
            if pack.indexFiles.count > 1 {
                let files = pack.indexFiles.map(\.shortHex).joined(separator: ", ")
                report(
                    .hint,
                    .duplicatePack,
                    "pack \(pack.id) is listed by several index files: \(files)",
                    pack: pack.id
                )
            }
            let trees = pack.blobs.count { $0.kind == .tree }
            if trees > 0, trees < pack.blobs.count {
                report(.hint, .mixedPack, "pack \(pack.id) mixes tree and data blobs", pack: pack.id)
            }
        }
    }

    // MARK: Packs

    /// Compares the index with the files in the store.
    ///
    /// - Returns: Packs the index lists, existing or not, with the sizes they should have.
    func checkPacks() async throws -> [PackID: Int] {
        var listed = try await repository.listPacks()
        var indexed: [PackID: Int] = [:]
        repository.index.forEachPack { pack in
            indexed[pack.id] = pack.expectedByteCount
            guard let byteCount = listed.removeValue(forKey: pack.id) else {
                report(.error, .missingPack, "pack \(pack.id) does not exist", pack: pack.id)
                return
            }
            if byteCount != pack.expectedByteCount {
                report(
                    .error,
                    .packSize,
                    "pack \(pack.id) has \(byteCount) bytes instead of \(pack.expectedByteCount)",
                    pack: pack.id
                )
            }
        }
        for id in listed.keys.sorted() {
            report(.hint, .orphanedPack, "pack \(id) is not referenced in any index", pack: id)
        }
        return indexed
    }

    // MARK: Trees

    func checkTrees(
        _ roots: [BlobID],
        reportsUnused: Bool,
        onStep: @escaping @Sendable (CheckStep) -> Void
    ) async throws {
        let index = repository.index
        let marks = Mutex(BlobMarks(for: index))
        @Sendable func mark(_ kind: BlobKind, _ id: BlobID) -> Bool {
            guard let ordinal = index.ordinal(of: kind, id) else { return false }
            marks.withLock { _ = $0.insert(ordinal, kind) }
            return true
        }
        for root in roots { _ = mark(.tree, root) }
        try await TreeTraversal(repository).run(
            from: roots,
            visit: { id, text in
                onStep(.walkedTree)
                return self.checkTree(id, text, mark: mark)
            },
            fail: { id, error in
                self.report(.error, .damagedTree, "error for tree \(id.shortHex): \(error)")
            }
        )
        guard reportsUnused else { return }
        let used = marks.withLock { $0 }
        var count = 0
        for kind in BlobKind.allCases {
            index.forEachBlob(kind) { blob in
                guard let first = index.ordinal(of: kind, blob.blob.id), first == blob.ordinal,
                    !used.contains(first, kind)
                else { return }
                count += 1
                report(.hint, .unusedBlob, "unused blob \(kind.name)/\(blob.blob.id)")
            }
        }
        state.withLock { $0.unusedBlobCount = count }
    }

    /// - Returns: The subtrees.
    private func checkTree(_ id: BlobID, _ text: [UInt8], mark: (BlobKind, BlobID) -> Bool) -> [BlobID] {
        var subtrees: [BlobID] = []
        do {
            var decoder = try TreeDecoder(text)
            while let node = try decoder.next() {
                let name = NodeName.display(node.name.span)
                switch node.kind {
                case .file:
                    guard let content = node.content else {
                        report(.error, .malformedNode, "tree \(id.shortHex): file \(name) has no content list")
                        continue
                    }
                    for (place, blob) in content.enumerated() where !mark(.data, blob) {
                        report(
                            .error,
                            .missingBlob,
                            "tree \(id.shortHex): file \(name) blob \(place) (\(blob)) is in no index"
                        )
                    }
                case .directory:
                    guard let subtree = node.subtree else {
                        report(.error, .malformedNode, "tree \(id.shortHex): directory \(name) has no subtree")
                        continue
                    }
                    _ = mark(.tree, subtree)
                    subtrees.append(subtree)
                case .symlink, .blockDevice, .characterDevice, .fifo, .socket: break
                case .irregular, .unknown:
                    report(.error, .malformedNode, "tree \(id.shortHex): node \(name) is of an unknown type")
                }
                do {
                    try NodeName.checkForRestore(node.name.span)
                } catch {
                    report(.error, .malformedNode, "tree \(id.shortHex): \(error.message)")
                }
            }
        } catch {
            report(.error, .damagedTree, "error for tree \(id.shortHex): \(error)")
        }
        return subtrees
    }

    // MARK: Pack content

    /// Reads packs in full, a damaged one twice, and proves every blob.
    func readPacks(_ packs: [(id: PackID, byteCount: Int)], onStep: @escaping @Sendable (CheckStep) -> Void)
        async throws
    {
        guard !packs.isEmpty else { return }
        onStep(.readingPacks(packCount: packs.count, byteCount: packs.reduce(0) { $0 + $1.byteCount }))
        try await forEachBounded(packs, limit: max(2, repository.storage.recommendedConcurrency)) { pack in
            try await self.readPack(pack.id)
            onStep(.readPack(byteCount: pack.byteCount))
        }
    }

    private func readPack(_ id: PackID) async throws {
        guard let pack = repository.index.pack(id) else { return }
        var problems: [String] = []
        for _ in 0..<2 {
            do {
                let bytes = try await repository.storage.get(RepositoryLayout.key(id))
                problems = try repository.codecs.withCodec { try $0.problems(of: bytes, pack: pack) }
                repository.storage.recycle(bytes)
            } catch let error as CancellationError {
                throw error
            } catch let error as StorageError {
                return report(.error, .unreachablePack, "pack \(id) could not be read: \(error.message)", pack: id)
            } catch {
                problems = ["\(error)"]
            }
            if problems.isEmpty { return }
        }
        let count = problems.count == 1 ? "1 error" : "\(problems.count) errors"
        let list = problems.joined(separator: "; ")
        report(.error, .damagedPack, "pack \(id) contains \(count): \(list)", pack: id)
    }
}

extension BlobCodec {
    /// What is wrong with the bytes of a pack, compared with its name, its own header and the index.
    fileprivate func problems(of bytes: [UInt8], pack: IndexedPack) throws -> [String] {
        var problems: [String] = []
        if PackID(id(of: bytes.span).digest) != pack.id { problems.append("its content does not match its name") }
        do {
            let header = try PackHeader.read(tail: bytes.span, packByteCount: bytes.count, cipher: cipher)
            if header != .entries(pack.blobs) { problems.append("its header and the index list different blobs") }
        } catch {
            problems.append("its header cannot be read: \(error)")
        }
        var plaintext: [UInt8] = []
        for blob in pack.blobs {
            let end = Int(blob.offset) + Int(blob.storedLength)
            guard end <= bytes.count else {
                problems.append("blob \(blob.id) lies beyond its end")
                continue
            }
            plaintext.removeAll(keepingCapacity: true)
            do {
                try open(bytes.span.extracting(Int(blob.offset)..<end), as: blob, appendingTo: &plaintext)
            } catch {
                problems.append("\(error)")
            }
        }
        return problems
    }
}
