// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import RepositoryEngine
package import ResticFormat
package import VolumeIO

/// Reads restored files again and compares every chunk with the snapshot (`--verify`).
package struct RestoreVerifier: Sendable {
    private let source: any RestoreSource
    private let selection: (any RestoreSelection)?
    private let workerCount: Int

    /// Files compared per round; bounds what is planned at once.
    private static let roundFileCount = 1024

    package init(source: any RestoreSource, selection: (any RestoreSelection)?, workerCount: Int) {
        self.source = source
        self.selection = selection
        self.workerCount = workerCount
    }

    /// Compares all files beneath `tree` with those in `target`; differences go to `observer`.
    ///
    /// - Returns: How many files were compared.
    package func verify(_ tree: BlobID, in target: SharedDirectory, observer: RestoreObserver) async throws -> Int {
        var walk = Walk(
            verifier: self,
            target: RestoreTarget(root: target),
            executor: BlockingExecutor(name: "verify", threadCount: workerCount),
            observer: observer
        )
        try await walk.visit(tree, RestoreDirectory(isNew: false, mayPassOnAttributes: true))
        try await walk.compareRound()
        return walk.fileCount
    }

    private struct Walk: ~Copyable {
        let verifier: RestoreVerifier
        let target: RestoreTarget
        let executor: BlockingExecutor
        let observer: RestoreObserver
        private var round: [PlannedFile] = []
        private(set) var fileCount = 0

        init(
            verifier: RestoreVerifier,
            target: RestoreTarget,
            executor: BlockingExecutor,
            observer: RestoreObserver
        ) {
            self.verifier = verifier
            self.target = target
            self.executor = executor
            self.observer = observer
        }

        mutating func visit(_ tree: BlobID, _ directory: RestoreDirectory) async throws {
            var decoder = try TreeDecoder(try await verifier.source.tree(tree))
            while let node = try decoder.next() {
                try Task.checkCancellation()
                // What restoring refused or could not do has been reported already.
                guard let name = try? FileName(node.name) else { continue }
                let isDirectory = node.kind == .directory
                let decision =
                    verifier.selection?.decision(directory.path(of: name), isDirectory: isDirectory)
                    ?? (restores: true, descends: true)
                if isDirectory, decision.restores || decision.descends, let subtree = node.subtree {
                    try await visit(
                        subtree,
                        RestoreDirectory(name, in: directory, isNew: false, mayPassOnAttributes: true)
                    )
                } else if node.kind == .file, decision.restores {
                    round.append(PlannedFile(directory: directory, name: name, node: node, existing: .file))
                    if round.count == RestoreVerifier.roundFileCount { try await compareRound() }
                }
            }
        }

        mutating func compareRound() async throws {
            let files = round
            round = []
            fileCount += files.count
            let (source, target, observer, executor) = (verifier.source, target, observer, executor)
            try await forEach(files, limit: verifier.workerCount) { file in
                try await executor.run { () throws(CancellationError) in
                    if Task.isCancelled { throw CancellationError() }
                    if let difference = Self.difference(of: file, source: source, target: target) {
                        observer.itemFailed(ItemFailure(.error, path: file.path, message: difference))
                    }
                }
            }
        }

        private static func difference(
            of file: PlannedFile,
            source: any RestoreSource,
            target: RestoreTarget
        ) -> String? {
            do {
                let open = try target.open(file.directory).directory.openFile(file.name)
                let content = file.node.content ?? []
                let lengths = content.map { source.location(of: $0)?.blob.plaintextByteCount ?? 0 }
                let present = try open.metadata()
                let expected = lengths.reduce(0, +)
                guard present.byteCount == expected else {
                    return "verifying: the restored file has \(present.byteCount) bytes instead of \(expected)"
                }
                let matches = try ExistingContent.matches(
                    open,
                    chunks: content,
                    lengths: lengths,
                    isCancelled: { Task.isCancelled }
                )
                guard let wrong = matches.firstIndex(of: false) else { return nil }
                let offset = lengths[..<wrong].reduce(0, +)
                return "verifying: the restored file differs from blob \(content[wrong]) at byte \(offset)"
            } catch {
                return "verifying: \(error)"
            }
        }
    }
}
