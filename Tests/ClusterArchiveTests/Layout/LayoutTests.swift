// SPDX-License-Identifier: Apache-2.0

import Foundation
import KubeModel
import TestSupport
import Testing

@testable import ClusterArchive

@Suite struct LayoutTests {
    @Test func `objects lie under their resource, and again under the version the cluster prefers`() {
        #expect(
            ItemPath.paths(of: Fixture.object(Fixture.pods, "web", in: "shop"), Fixture.pods) == [
                "resources/pods/namespaces/shop/web.json",
                "resources/pods/v1-preferredversion/namespaces/shop/web.json",
            ]
        )
        #expect(
            ItemPath.paths(of: Fixture.object(Fixture.deployments, "web", in: "shop"), Fixture.deployments) == [
                "resources/deployments.apps/namespaces/shop/web.json",
                "resources/deployments.apps/v1-preferredversion/namespaces/shop/web.json",
            ]
        )
        #expect(
            ItemPath.paths(of: Fixture.object(Fixture.namespaces, "shop"), Fixture.namespaces).first
                == "resources/namespaces/cluster/shop.json"
        )
        #expect(
            ItemPath.paths(
                of: Fixture.object(Fixture.deployments, "web", in: "shop"),
                Fixture.deployments,
                isPreferredVersion: false
            ) == ["resources/deployments.apps/v1/namespaces/shop/web.json"]
        )
    }

    @Test(arguments: ["", ".", "..", "a/b", "../../etc/passwd", "a\0b"])
    func `names that would leave their directory have no path`(name: String) {
        #expect(ItemPath.paths(of: Fixture.object(Fixture.pods, name, in: "shop"), Fixture.pods).isEmpty)
        #expect(ItemPath.paths(of: Fixture.object(Fixture.pods, "web", in: name), Fixture.pods).isEmpty)
    }

    @Test func `objects of a backup in the bucket are called as Velero calls them`() {
        let key = BackupObjectKey("daily")
        #expect(key.metadata == "backups/daily/velero-backup.json")
        #expect(
            [
                key.contents, key.log, key.results, key.resourceList, key.podVolumeBackups, key.volumeSnapshots,
                key.itemOperations, key.volumeInformation,
            ]
                == [
                    "tar.gz", "logs.gz", "results.gz", "resource-list.json.gz", "podvolumebackups.json.gz",
                    "volumesnapshots.json.gz", "itemoperations.json.gz", "volumeinfo.json.gz",
                ].map { "backups/daily/daily" + ($0 == "tar.gz" ? "." : "-") + $0 }
        )
    }

    @Test func `tar and gzip read what is written`() async throws {
        try await withTemporaryDirectory { directory in
            let writer = try ArchiveWriter(.tarball)
            let long =
                "resources/configmaps/namespaces/\(String(repeating: "n", count: 63))/\(String(repeating: "x", count: 250)).json"
            let large = Array(repeating: UInt8(ascii: "a"), count: 3 << 20)
            let time = KubeTime(seconds: 1_700_000_000)
            try writer.append("metadata/version", Array("1.1.0\n".utf8), modified: time)
            try writer.append("empty.json", [], modified: time)
            try writer.append(long, large, modified: time)
            try writer.close()
            let tarball = directory + "/a.tar.gz"
            try Data(writer.takeOutput()).write(to: URL(fileURLWithPath: tarball))
            let tar = try requireProgram("tar")
            let listing = String(decoding: try tar.run(["-tvzf", tarball]), as: UTF8.self)
            #expect(listing.split(separator: "\n").count == 3 && listing.contains("-rwxr-xr-x 0/0"))
            #expect(try tar.run(["-xOzf", tarball, "metadata/version"]) == Array("1.1.0\n".utf8))
            #expect(try tar.run(["-xOzf", tarball, long]).count == large.count)

            let text = directory + "/a.gz"
            try Data(try ArchiveWriter.compress(Array("{}\n".utf8))).write(to: URL(fileURLWithPath: text))
            #expect(try requireProgram("gzip").run(["-dc", text]) == Array("{}\n".utf8))
        }
    }
}
