// SPDX-License-Identifier: Apache-2.0

import KubeModel
import Testing
import VeleroAPI

@testable import VeleroCommands

@Suite struct ResourceWordsTests {
    @Test(arguments: [
        ("get backups", "backup get"),
        ("backups get x", "backup get x"),
        ("-n other get schedules -o yaml", "-n other schedule get -o yaml"),
        ("--kubeconfig=/k get --namespace b backup-locations a", "--kubeconfig=/k backup-location --namespace b get a"),
        ("delete schedule --all --confirm", "schedule delete --all=true --confirm=true"),
        ("backup-location create x --default=false", "backup-location create x --default=false"),
        ("backup-location set x --default -- --default", "backup-location set x --default=true -- --default"),
        ("backup-location set x --cacert= -n y", "backup-location set x --cacert  -n y"),
        ("install --wait", "install --wait"),
        ("restic backup get --force", "restic backup get --force"),
        ("get nothing --all", "get nothing --all"),
        ("backup", "backup"),
    ])
    func `both orders of words, and flags that stand alone`(_ line: String, _ expected: String) {
        let words = line.split(separator: " ").map(String.init)
        #expect(ResourceWords.normalized(words).joined(separator: " ") == expected)
    }

    @Test func `tables have their columns three blanks apart, and control characters are shown as such`() {
        var table = ResourceTable(["Name", "Status"])
        #expect(table.lines.isEmpty)
        table.append(["a-long-name", "New"])
        table.append(["x\u{1B}[2J", ""])
        #expect(table.lines == ["NAME          STATUS", "a-long-name   New", "\"x\\x1b[2J\""])
    }

    @Test func `moments are told as they are and from now`() throws {
        let now = try #require(KubeTime(parsing: "2026-01-31T12:00:00Z"))
        #expect(ResourceTime.relative(nil, now: now) == "n/a")
        #expect(ResourceTime.relative(now.advanced(by: .seconds(29 * 86_400 + 5)), now: now) == "29d")
        #expect(ResourceTime.relative(now.advanced(by: .seconds(-310)), now: now) == "5m ago")
    }

    @Test func `a description has its values in a column, by section`() {
        var page = DescriptionPage()
        page.add("Name", "n")
        page.map("Labels", ["b": "2", "a": "1"])
        page.section()
        page.add("Namespaces", "")
        page.indented { $0.add("Included", "*") }
        #expect(
            page.lines == ["Name:    n", "Labels:  a=1", "         b=2", "", "Namespaces:", "  Included:  *"]
        )
    }
}
