// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ObjectStorage
import RepositoryEngine
import ResticFormat

/// Prints what the repository holds inside: `velero restic cat`.
struct CatCommand: ResticSubcommand {
    static let configuration = CommandConfiguration(
        restic: "cat",
        abstract: "Print a part of the repository as it is stored, decrypted.",
        discussion: """
            What can be printed: config, masterkey, snapshot ID, index ID, key ID, lock ID, pack ID, blob ID, \
            tree SNAPSHOT:DIRECTORY. A pack comes as it is stored, a blob as its content.
            """,
        examples: ["velero restic cat config", "velero restic cat tree latest:/var/lib"]
    )

    enum Kind: String, ExpressibleByArgument, CaseIterable, Sendable {
        case config, masterkey, snapshot, index, key, lock, pack, blob, tree
    }

    @Argument(help: "What to print.") var kind: Kind
    @Argument(help: "Its id; an unambiguous beginning is enough, except for blobs.") var id: String?

    @OptionGroup(visibility: .hidden) var global: GlobalOptions

    func validate() throws {
        let needsID = kind != .config && kind != .masterkey
        guard needsID == (id != nil) else {
            throw ValidationError(needsID ? "cat \(kind.rawValue) needs an id" : "cat \(kind.rawValue) takes no id")
        }
    }

    func execute(in context: CommandContext) async throws {
        let id = id ?? ""
        try await withRepository(kind == .lock ? .none : .reading, in: context) { session in
            let repository = session.repository
            switch kind {
            case .config: show(repository.config.json(), session)
            case .masterkey: show(repository.masterKeyText, session)
            case .snapshot:
                let stored = try await repository.resolveSnapshot(id)
                show(try await repository.snapshotText(stored.id), session)
            case .key: show(try await repository.keyText(find(id, in: repository.listKeys().map(\.id))), session)
            case .lock: show(try await repository.lockText(find(id, in: repository.listLockIDs())), session)
            case .index:
                write(
                    try await repository.indexText(find(id, in: repository.listIndexFiles())),
                    session,
                    endsLine: true
                )
            case .pack: try await writePack(id, session)
            case .blob: try await writeBlob(id, session)
            case .tree: try await writeTree(id, session)
            }
        }
    }

    private func show(_ json: [UInt8], _ session: RepositorySession) {
        write(IndentedJSON.text(json), session, endsLine: true)
    }

    private func write(_ bytes: [UInt8], _ session: RepositorySession, endsLine: Bool = false) {
        session.console.display.write(endsLine && bytes.last != 0x0a ? bytes + [0x0a] : bytes)
    }

    private func find<Naming>(_ prefix: String, in ids: [ContentID<Naming>]) throws(CommandFailure) -> ContentID<Naming>
    {
        let matches = ids.filter { $0.hex.hasPrefix(prefix) }
        guard let match = matches.first, !prefix.isEmpty else {
            throw CommandFailure("no \(kind.rawValue) id begins with \"\(prefix)\"")
        }
        guard matches.count == 1 else {
            throw CommandFailure("\(matches.count) \(kind.rawValue) ids begin with \"\(prefix)\"; give more digits")
        }
        return match
    }

    private func writePack(_ text: String, _ session: RepositorySession) async throws {
        let storage = session.repository.storage
        let id: PackID
        if let whole = PackID(hex: text) {
            id = whole
        } else {
            let objects = try await storage.listAll(prefix: RepositoryLayout.Folder.data.prefix)
            id = try find(text, in: objects.compactMap { RepositoryLayout.id(ofKey: $0.key) })
        }
        try await storage.getStream(RepositoryLayout.key(id), from: 0) { piece in
            write(piece, session)
            try session.console.display.requireOutput()
        }
    }

    private func writeBlob(_ text: String, _ session: RepositorySession) async throws {
        guard let id = BlobID(hex: text) else {
            throw CommandFailure("\"\(text)\" is no blob id: write all 64 hexadecimal digits")
        }
        try await session.loadIndex()
        let index = session.repository.index
        guard let kind = BlobKind.allCases.first(where: { index.contains($0, id) }) else {
            throw CommandFailure("the index lists no blob \(id)")
        }
        write(try await session.repository.readBlob(kind, id), session)
    }

    private func writeTree(_ text: String, _ session: RepositorySession) async throws {
        let path = SnapshotPath(text)
        let snapshot = try await session.repository.resolveSnapshot(path.name).snapshot
        try await session.loadIndex()
        let tree = try await session.repository.tree(at: path.components, in: snapshot)
        write(try await session.repository.readTreeText(tree), session, endsLine: true)
    }
}
