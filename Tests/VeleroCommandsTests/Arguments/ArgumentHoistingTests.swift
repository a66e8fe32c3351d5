// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VeleroCommands

@Suite("Global flags before the command")
struct ArgumentHoistingTests {
    @Test(
        "move behind it",
        arguments: [
            ("restic -r /srv backup /x", "restic backup -r /srv /x"),
            ("restic -r/srv -q backup /x", "restic backup -r/srv -q /x"),
            ("restic --repo=/srv --json backup --tag a /x", "restic backup --repo=/srv --json --tag a /x"),
            ("restic -qr /srv snapshots", "restic snapshots -qr /srv"),
            ("restic -r /srv key -p pw add --host h", "restic key add -r /srv -p pw --host h"),
            ("restic -o s3.connections=9 check", "restic check -o s3.connections=9"),
            ("restic backup -r /srv /x", "restic backup -r /srv /x"),
            ("restic help ls", "restic ls --help"),
            ("restic help", "restic --help"),
            ("restic -r /srv help key add", "restic key add --help"),
            ("restic -r /srv", "restic"),
            ("restic --bogus backup", "restic --bogus backup"),
            ("restic -r backup", "restic"),
            ("version -r", "version -r"),
            ("", ""),
        ]
    )
    func move(line: String, expected: String) {
        #expect(Self.hoisting.normalized(words(line)) == words(expected))
    }

    @Test(
        "flags with a truth value or a count become plain",
        arguments: [
            ("restic backup --verbose=2 /x", "restic backup --verbose --verbose /x"),
            ("restic --json=true ls latest", "restic ls --json latest"),
            ("restic ls --json=false latest", "restic ls latest"),
            ("restic backup -v=1", "restic backup --verbose"),
            ("restic backup -- --json=true", "restic backup -- --json=true"),
            ("restic backup --tag=json", "restic backup --tag=json"),
        ]
    )
    func expand(line: String, expected: String) {
        #expect(Self.hoisting.normalized(words(line)) == words(expected))
    }

    private static let hoisting = ArgumentHoisting(
        tree: .commands([
            "version": .command,
            "restic": .commands([
                "backup": .command, "snapshots": .command, "check": .command, "ls": .command,
                "key": .commands(["add": .command, "list": .command]),
            ]),
        ]),
        flags: GlobalOptions.hoistedFlags
    )

    private func words(_ line: String) -> [String] {
        line.split(separator: " ").map(String.init)
    }
}
