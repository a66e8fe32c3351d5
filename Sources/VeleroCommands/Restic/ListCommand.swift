// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ObjectStorage
import RepositoryEngine
import ResticFormat

/// Lists ids: `velero restic list`.
struct ListCommand: ResticSubcommand {
    static let configuration = CommandConfiguration(
        restic: "list",
        abstract: "List the ids of everything of one kind, one a line.",
        examples: ["velero restic list snapshots", "velero restic list packs | wc -l"]
    )

    enum Kind: String, ExpressibleByArgument, CaseIterable, Sendable {
        case blobs, packs, index, snapshots, keys, locks
    }

    @Argument(help: "What to list.") var kind: Kind

    @OptionGroup(visibility: .hidden) var global: GlobalOptions

    func execute(in context: CommandContext) async throws {
        try await withRepository(kind == .locks ? .none : .reading, in: context) { session in
            switch kind {
            case .blobs: try await listBlobs(session)
            case .packs: try await list(.data, PackID.self, session)
            case .index: try await list(.index, IndexID.self, session)
            case .snapshots: try await list(.snapshots, SnapshotID.self, session)
            case .keys: try await list(.keys, KeyID.self, session)
            case .locks: try await list(.locks, LockID.self, session)
            }
        }
    }

    private func list<Naming>(
        _ folder: RepositoryLayout.Folder,
        _: ContentID<Naming>.Type,
        _ session: RepositorySession
    ) async throws {
        try await session.repository.storage.list(prefix: folder.prefix) { page in
            var text: [UInt8] = []
            for object in page {
                guard let id: ContentID<Naming> = RepositoryLayout.id(ofKey: object.key) else { continue }
                text.append(contentsOf: id.hex.utf8)
                text.append(0x0a)
            }
            session.console.display.write(text)
            try session.console.display.requireOutput()
        }
    }

    private func listBlobs(_ session: RepositorySession) async throws {
        try await session.loadIndex()
        for kind in BlobKind.allCases {
            var text: [UInt8] = []
            try session.repository.index.forEachBlob(kind) { blob in
                text.append(contentsOf: "\(kind.name) \(blob.blob.id.hex)\n".utf8)
                guard text.count > 64 << 10 else { return }
                session.console.display.write(text)
                try session.console.display.requireOutput()
                text.removeAll(keepingCapacity: true)
            }
            session.console.display.write(text)
        }
    }
}
