// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import RepositoryEngine
import Testing

@testable import VeleroCommands

@Suite("What maintenance commands read and say")
struct MaintenanceTextTests {
    @Test("parts to read")
    func readDataSubset() throws {
        #expect(try ReadDataSubset.parse("2/5") == .part(2, of: 5))
        #expect(try ReadDataSubset.parse("2.5%") == .percent(2.5))
        #expect(try ReadDataSubset.parse("3M") == .bytes(3 << 20))
        for text in ["", "0/1", "2/1", "1/257", "1/2/3", "a/b", "0%", "101%", "%", "0", "-1", "5x"] {
            #expect(throws: CommandFailure.self, "\(text)") { try ReadDataSubset.parse(text) }
        }
    }

    @Test("limits of prune")
    func pruneFlags() throws {
        func options(_ words: [String]) throws -> PruneOptions {
            try PruneFlags.parse(words).options(isDryRun: true, packByteCount: 10_000_000)
        }
        #expect(try options([]).unusedLimit == .percentOfTotal(5))
        #expect(try options(["--max-unused", "7.5%"]).unusedLimit == .percentOfTotal(7.5))
        #expect(try options(["--max-unused", "0"]).unusedLimit == .bytes(0))
        #expect(try options(["--max-unused", "unlimited"]).unusedLimit == .unlimited)
        #expect(try options(["--max-repack-size", "1G"]).maximumRepackByteCount == 1 << 30)
        #expect(try options(["--repack-small"]).smallPackByteCount == 8_000_000)
        #expect(try options(["--repack-small", "--repack-smaller-than", "1M"]).smallPackByteCount == 1 << 20)
        for words in [
            ["--max-unused", "100%"], ["--max-unused", "-1"], ["--max-unused", "x"], ["--max-repack-size", "y"],
            ["--repack-uncompressed", "--repack-cacheable-only"],
        ] {
            #expect(throws: CommandFailure.self, "\(words)") { try options(words) }
        }
    }

    @Test(
        "a policy in words",
        arguments: [
            ([], "remove"), (["--keep-last", "1"], "keep 1 latest snapshots"),
            (["-l", "unlimited", "-H", "2"], "keep all latest, 2 hourly snapshots"),
            (["--keep-within-hourly", "2h"], "keep hourly snapshots within 2h"),
            (
                [
                    "-d", "3", "--keep-within-weekly", "1m", "--keep-within", "1d", "--keep-tag", "a,b", "--keep-tag",
                    "c",
                ],
                "keep 3 daily snapshots, weekly snapshots within 1m and all snapshots with tags [[a, b] [c]] "
                    + "and all snapshots within 1d of the newest"
            ),
        ]
    )
    func policy(words: [String], sentence: String) throws {
        #expect(RetentionText.sentence(try RetentionFlags.parse(words).policy) == sentence)
    }
}
