// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import ResticFormat

@Suite("Trees written by restic", .tags(.integration))
struct ResticTreeTests {
    private static let script = #"""
        set -e
        mkdir src; cd src
        for name in plain empty tab\\011here new\\012line 'q"uote' back\\\\slash bad\\377 'a<b>\046c' \
            ctl\\001\\007\\010\\013\\014\\015\\033\\177 \\303\\251\\342\\202\\254\\360\\237\\230\\200 e\\314\\201 nb\\302\\240 \
            shy\\302\\255 \\342\\200\\250ls \\357\\273\\277bom \\356\\200\\200pua \\355\\240\\200 \\300\\200 \\357\\277\\275 \
            \\360\\237\\253\\250new15 \\351\\277\\277 tag\\363\\240\\200\\201 ' ' -- ...; do
            printf -- "$name" > "$(printf -- "$name"; printf x)"
        done
        : > really-empty
        ln plainx hard
        ln -s "$(printf 'a<b&\010\014\t"\342\200\250')" link
        mkfifo fifo
        mkdir setgid sticky; chmod 2775 setgid; chmod 1777 sticky
        : > setgid/setuid; chmod 4755 setgid/setuid
        TZ=UTC touch -d '1969-12-31 23:59:59.5' plainx
        touch -d '2001-09-09 01:46:40.000000001' emptyx
        setfattr -n user.empty plainx
        setfattr -n 'user.z"<' -v 0x00ff plainx
        """#

    @Test("are reproduced byte for byte")
    func reproduction() async throws {
        let restic = try requireProgram("restic")
        let shell = try requireProgram("bash")
        _ = try requireProgram("setfattr")
        try await withTemporaryDirectory { directory in
            try shell.run(["-c", Self.script], environment: ["LC_ALL": "C"], directory: directory)
            let environment = [
                "RESTIC_PASSWORD": "x", "RESTIC_REPOSITORY": "\(directory)/repo",
                "RESTIC_CACHE_DIR": "\(directory)/cache",
                "TZ": "America/St_Johns",
            ]
            func run(_ arguments: String...) throws -> [UInt8] {
                try restic.run(arguments, environment: environment, directory: directory)
            }
            _ = try run("init")
            _ = try run("backup", "-q", "src")
            let id = String(decoding: try run("list", "snapshots", "-q"), as: UTF8.self).prefix(64)
            var reader = JSONReader(try run("cat", "snapshot", String(id)))
            let snapshot = try Snapshot(decoding: reader.captureValue())
            #expect(snapshot.paths == ["\(directory)/src"])

            var pending = [snapshot.tree]
            var nodes: [Node] = []
            while let tree = pending.popLast() {
                let text = try run("cat", "blob", tree.hex)
                var decoder = try TreeDecoder(text, comparesEncoding: true)
                var encoder = TreeEncoder(dialect: .restic014)
                while let node = try decoder.next() {
                    try encoder.append(node)
                    nodes.append(node)
                    if let subtree = node.subtree { pending.append(subtree) }
                }
                let isReproduced = encoder.finish() == text
                let isReproducible = decoder.isReproducible
                #expect(isReproduced && isReproducible, "tree \(tree)")
            }
            #expect(nodes.count > 30)
            #expect(nodes.contains { $0.linkTarget.starts(with: Array("a<b&".utf8)) })
            #expect(nodes.contains { $0.extendedAttributes.contains { $0.value == [0, 255] } })
            #expect(nodes.filter { $0.hardLinkKey != nil }.count == 2)
            #expect(nodes.contains { $0.mode.posix == 0o104755 })
            #expect(nodes.contains { $0.kind == .fifo })
        }
    }
}
