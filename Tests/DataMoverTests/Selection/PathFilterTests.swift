// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import DataMover

@Suite("PathFilter and PathSelection")
struct PathFilterTests {
    /// Walks the tree of the vectors below `/srv/pt`; returns the files taken and the topmost entries left out.
    private func walk(_ selection: PathSelection) -> (taken: Set<String>, leftOut: Set<String>) {
        var entries: Set<String> = []
        for file in PathFilterVectors.files {
            let names = file.split(separator: "/")
            for count in 1...names.count { entries.insert(names[..<count].joined(separator: "/")) }
        }
        var taken: Set<String> = []
        var leftOut: Set<String> = []
        func visit(_ directory: String, _ path: PathComponents) {
            let prefix = directory.isEmpty ? "" : directory + "/"
            for entry in entries where entry.hasPrefix(prefix) && !entry.dropFirst(prefix.count).contains("/") {
                guard entry != directory else { continue }
                var child = path
                child.append(Array(entry.dropFirst(prefix.count).utf8))
                let decision = selection.decide(child)
                if decision.isSelected {
                    if PathFilterVectors.files.contains(entry) { taken.insert(entry) }
                } else {
                    leftOut.insert(entry)
                }
                if decision.maySelectBelow { visit(entry, child) }
            }
        }
        visit("", PathComponents("/srv/pt"))
        return (taken, leftOut)
    }

    @Test("excludes what restic excludes", arguments: PathFilterVectors.excludes)
    func excludes(patterns: [String], leftOut: [String]) throws {
        let selection = PathSelection(excludes: try PathFilter(patterns: patterns))
        #expect(walk(selection).leftOut == Set(leftOut))
    }

    @Test("excludes without regard to case what restic does", arguments: PathFilterVectors.caselessExcludes)
    func caseless(patterns: [String], leftOut: [String]) throws {
        let selection = PathSelection(excludes: try PathFilter(patterns: [], caselessPatterns: patterns))
        #expect(walk(selection).leftOut == Set(leftOut))
    }

    @Test("includes what restic includes", arguments: PathFilterVectors.includes)
    func includes(patterns: [String], restored: [String]) throws {
        let selection = PathSelection(includes: try PathFilter(patterns: patterns))
        #expect(walk(selection).taken == Set(restored))
    }

    @Test("takes everything without patterns")
    func all() throws {
        #expect(walk(.all).taken == Set(PathFilterVectors.files))
        #expect(try PathFilter(patterns: ["", ""]).isEmpty)
    }

    @Test("descends only where an included path may lie")
    func descent() throws {
        let filter = try PathFilter(patterns: ["/a/b*/c"])
        func below(_ path: String) -> Bool { filter.match(PathComponents(path)).mayMatchBelow }
        #expect(below("/") && below("/a") && below("/a/b1") && below("/a/b1/c") && below("/a/b1/c/d"))
        #expect(!below("/b") && !below("/a/x") && !below("/a/b1/d"))
        let deep = try PathFilter(patterns: ["/a/**/c"])
        #expect(deep.match(PathComponents("/a/x/y")).mayMatchBelow && !deep.match(PathComponents("/b")).mayMatchBelow)
        #expect(try PathFilter(patterns: ["c"]).match(PathComponents("/x/y")).mayMatchBelow)
    }

    @Test("a pattern tied to the root does not match relative paths")
    func relative() throws {
        let filter = try PathFilter(patterns: ["/a"])
        #expect(filter.matches(PathComponents("/a/b")))
        #expect(!filter.matches(PathComponents("a/b")))
        #expect(try PathFilter(patterns: ["a"]).matches(PathComponents("x/a")))
    }

    @Test("takes exclusion over inclusion")
    func both() throws {
        let selection = PathSelection(
            includes: try PathFilter(patterns: ["*.txt"]),
            excludes: try PathFilter(patterns: ["a"])
        )
        #expect(walk(selection).taken == ["foo/bar/keep.txt", "x1.txt", "x[1].txt", "é.txt"])
    }

    @Test(
        "refuses malformed patterns",
        arguments: ["a[", "[]", "[^]", "a/[b", "[a-]", "[-a]", #"a\"#, "[a", "!a[", #"[\"#]
    )
    func malformed(text: String) {
        #expect(throws: PathPattern.Malformed(text: text)) { try PathPattern(text) }
    }

    @Test(
        "matches names as shells do",
        arguments: [
            ("*", "", true), ("a*b*c", "aXbYc", true), ("a*b*c", "aXbYd", false), ("*a*a*a*", "aaa", true),
            ("?", "é", true),
            ("??", "é", false), ("*??", "€", false), ("[é-ü]", "ï", true), ("[^é]", "e", true), ("[^é]", "é", false),
            ("\\*", "*", true),
            ("\\*", "x", false), ("[z-a]", "m", false), ("[a\\]]", "]", true), ("a]", "a]", true), ("*x", "éx", true),
            ("", "", true),
        ]
    )
    func globs(pattern: String, name: String, expected: Bool) throws {
        let glob = try #require(GlobPattern(Array(pattern.utf8)))
        #expect(glob.matches(Array(name.utf8)) == expected)
    }

    @Test("matches names that are not UTF-8 byte by byte")
    func bytes() throws {
        #expect(try #require(GlobPattern(Array("a?b".utf8))).matches([0x61, 0xff, 0x62]))
        #expect(try #require(GlobPattern(Array("a*".utf8))).matches([0x61, 0xff, 0xfe]))
        #expect(try PathFilter(patterns: [], caselessPatterns: ["A*"]).matches(PathComponents(names: [[0x61, 0xff]])))
    }

    @Test("stays quick on patterns made to be slow", .timeLimit(.minutes(1)))
    func hostile() throws {
        let name = [UInt8](repeating: 0x61, count: 5_000)
        let glob = try #require(GlobPattern(Array((String(repeating: "*a", count: 200) + "b").utf8)))
        #expect(!glob.matches(name))
        let pattern = try PathPattern(String(repeating: "**/a/", count: 200) + "b")
        #expect(!pattern.matches(PathComponents(names: [[UInt8]](repeating: [0x61], count: 5_000))))
    }
}

@Suite("PatternFile")
struct PatternFileTests {
    @Test("passes over comments and empty lines and replaces variables")
    func parsing() {
        let text = "\u{feff}# comment\n\n  *.o  \r\n\t# also\n$HOME/x\n${HOME}y$$z\n$UNSET/a\n!keep\na#b\n"
        let patterns = PatternFile.patterns(in: text) { $0 == "HOME" ? "/h" : nil }
        #expect(patterns == ["*.o", "/h/x", "/hy$z", "/a", "!keep", "a#b"])
    }

    @Test(
        "treats odd uses of $ like a shell library would",
        arguments: [
            ("a$", "a$"), ("a$/b", "a$/b"), ("${}x", "x"), ("${x", "x"), ("$1a", "[1]a"), ("${a b}c", "[a b]c"),
            ("$é", "$é"),
            ("$a_1-b", "[a_1]-b"), ("$$$$", "$$"), ("$@", "[@]"),
        ]
    )
    func expansion(line: String, expected: String) {
        #expect(PatternFile.patterns(in: line) { "[\($0)]" } == [expected])
    }
}
