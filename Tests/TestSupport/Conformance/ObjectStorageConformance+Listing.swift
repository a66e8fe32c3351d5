// SPDX-License-Identifier: Apache-2.0

internal import ObjectStorage

extension ObjectStorageConformance {
    func listsPrefixes() async throws {
        let all: Set = [
            "config", "data/00/00aa", "data/00/00ab", "data/0f/0faa", "data/ff/ffaa", "data-other/x", "index/1",
            "index/12",
            "locks/a/b/c/d",
        ]
        for key in all { try await storage.put(key, ObjectBody(Array(key.utf8))) }
        for prefix in [
            "", "data", "data/", "data/0", "data/00", "data/00/", "data/00/00a", "index/1", "lo", "locks/a/b/", "x",
            "data/ff/ffaab",
        ] {
            let expected = all.filter { $0.hasPrefix(prefix) }
            let listed = try await keys(prefix)
            try require(listed == expected, "list(\"\(prefix)\") has \(expected.sorted()), got \(listed.sorted())")
        }
        for (prefix, expected): (String, Set<String>) in [
            ("", ["data", "data-other", "index", "locks"]), ("data/", ["00", "0f", "ff"]), ("locks/a/", ["b"]),
            ("index/", []), ("x/", []),
        ] {
            var names: [String] = []
            try await storage.listFolders(below: prefix) { names += $0 }
            try require(
                names.count == expected.count && Set(names) == expected,
                "folders below \"\(prefix)\": \(names)"
            )
        }
        try await storage.delete("index/1")
        try require(try await keys("index/") == ["index/12"], "a deleted object is no longer listed")
    }

    func listsManyPages() async throws {
        let count = manyCount
        let expected = (0..<count).map { ObjectInfo(key: "data/\($0 % 7)/key-\($0)", byteCount: $0 % 5) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, info) in expected.enumerated() {
                if index >= 16 { try await group.next() }
                group.addTask { try await storage.put(info.key, ObjectBody(patternBytes(info.byteCount))) }
            }
            try await group.waitForAll()
        }
        var listed: [ObjectInfo] = []
        var pageCount = 0
        try await storage.list(prefix: "data/") { page in
            try require(!page.isEmpty, "no page is empty")
            try require(page.count <= 10_000, "pages are bounded, got \(page.count) objects")
            pageCount += 1
            listed.append(contentsOf: page)
        }
        try require(pageCount > 1 || count <= 1000, "\(count) objects come in several pages")
        try require(listed.count == count, "each of \(count) objects is listed once, got \(listed.count)")
        try require(Set(listed) == Set(expected), "the listing has every key and size")
        try require(try await keys("data/3/").count == expected.filter { $0.key.hasPrefix("data/3/") }.count, "data/3/")
    }

    func oddKeys() async throws {
        let odd = [
            "a b", "two  spaces/and more", "plus+sign", "percent%2Fencoded", "percent%", "query?x=1&y=2#z",
            "equal=sign",
            "quotes'\"`", "<xml>&amp;", "star*", "(round)[square]{curly}", "!$@,;:^|~", "-dash", "_under", ".hidden",
            "..dots", "...", "dir.with.dots/file.tar.gz", "UPPER", "upper", "grüße", "\u{e9}", "e\u{301}", "日本語/ファイル",
            "🚀", "a-tmp-x", "tmp-12x", String(repeating: "n", count: 200),
        ]
        for key in odd { try await storage.put("odd/" + key, ObjectBody(Array(key.utf8))) }
        for key in odd {
            let bytes = try await storage.get("odd/" + key)
            try require(
                bytes == Array(key.utf8),
                "\(key) has its own contents, got \(String(decoding: bytes, as: UTF8.self))"
            )
        }
        // Compared as bytes: Swift calls the composed and the decomposed é equal.
        let listed = Set(try await storage.listAll(prefix: "odd/").map { Array($0.key.utf8) })
        let expected = Set(odd.map { Array("odd/\($0)".utf8) })
        let missing = expected.subtracting(listed).map { String(decoding: $0, as: UTF8.self) }
        let surplus = listed.subtracting(expected).map { String(decoding: $0, as: UTF8.self) }
        try require(listed == expected, "odd keys are listed as they are: missing \(missing), surplus \(surplus)")
        try require(try await keys("odd/percent%2").count == 1, "prefixes are taken literally")
        for key in odd { try await storage.delete("odd/" + key) }
        try require(try await storage.listAll(prefix: "odd/").isEmpty, "odd keys can be deleted")
    }

    func invalidKeys() async throws {
        let invalid = [
            "", "/", "/absolute", "double//slash", "trailing/", "..", ".", "../outside", "a/../b", "a/./b", "a/..",
            "zero\0byte",
            String(repeating: "k", count: 1025),
        ]
        for key in invalid {
            try await requireStorageError(.invalid, "put(\"\(key)\")") { try await storage.put(key, ObjectBody([1])) }
            try await requireStorageError(.invalid, "putStream(\"\(key)\")") {
                try await storage.putStream(key) { nil }
            }
            try await requireStorageError(.invalid, "get(\"\(key)\")") { try await storage.get(key) }
            try await requireStorageError(.invalid, "stat(\"\(key)\")") { try await storage.stat(key) }
            try await requireStorageError(.invalid, "getStream(\"\(key)\")") { try await streamed(key) }
            try await requireStorageError(.invalid, "delete(\"\(key)\")") { try await storage.delete(key) }
        }
        try require(try await keys() == [], "invalid keys stored nothing")
    }
}
