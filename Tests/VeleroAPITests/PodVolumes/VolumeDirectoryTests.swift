// SPDX-License-Identifier: Apache-2.0

import KubeModel
import Testing
import VeleroAPI

@Suite struct VolumeDirectoryTests {
    private func directory(
        _ volume: JSONValue,
        claim: PersistentVolumeClaim? = nil,
        bound: PersistentVolume? = nil,
        drivers: Set<String> = [],
        annotations: [String: String] = [:]
    ) throws -> VolumeDirectory {
        var volume = volume
        if volume["name"] == nil { volume["name"] = "data" }
        let name = volume["name"]?.string ?? ""
        return try VolumeDirectory(
            volume: name,
            of: Fixture.pod([volume], annotations: annotations),
            claim: claim,
            bound: bound,
            csiDrivers: drivers
        )
    }

    private let claimed: JSONValue = ["persistentVolumeClaim": ["claimName": "data-claim"]]

    @Test func `the directory depends on what the volume is made of`() throws {
        let claim = Fixture.claim()
        let old = ["pv.kubernetes.io/provisioned-by": "ebs.csi.aws.com"]
        #expect(try directory(["emptyDir": [:]]).components == ["data"])
        #expect(try directory(["nfs": ["server": "s"]]).components == ["data"])
        #expect(try directory(["csi": ["driver": "d"]]).components == ["data", "mount"])
        #expect(try directory(claimed, claim: claim, bound: Fixture.volume("nfs")).components == ["pv-1"])
        #expect(try directory(claimed, claim: claim, bound: Fixture.volume("csi")).components == ["pv-1", "mount"])
        let migrated = Fixture.volume("awsElasticBlockStore", annotations: ["pv.kubernetes.io/migrated-to": "ebs"])
        #expect(try directory(claimed, claim: claim, bound: migrated).components == ["pv-1", "mount"])
        let provisioned = Fixture.volume("awsElasticBlockStore", annotations: old)
        #expect(try directory(claimed, claim: claim, bound: provisioned).components == ["pv-1"])
        #expect(
            try directory(claimed, claim: claim, bound: provisioned, drivers: ["ebs.csi.aws.com"]).components
                == ["pv-1", "mount"]
        )
        #expect(
            try directory(["ephemeral": [:]], claim: claim, bound: Fixture.volume("csi")).components == [
                "pv-1", "mount",
            ]
        )
    }

    @Test func `a mirror pod lies under the uid of its configuration`() throws {
        let annotations = ["kubernetes.io/config.hash": "0123456789abcdef0123456789abcdef"]
        #expect(try directory(["emptyDir": [:]], annotations: annotations).podUID == "0123456789abcdef0123456789abcdef")
    }

    @Test func `volumes without a directory of their own are refused`() {
        let refused: [(JSONValue, PersistentVolumeClaim?, PersistentVolume?)] = [
            (["hostPath": ["path": "/etc"]], nil, nil), (claimed, Fixture.claim(), Fixture.volume("hostPath")),
            (claimed, Fixture.claim(mode: "Block"), Fixture.volume("csi")), (claimed, nil, nil),
            (claimed, Fixture.claim(volume: nil), nil), (claimed, Fixture.claim(), nil),
            (claimed, Fixture.claim(volume: "pv-2"), Fixture.volume("csi")),
        ]
        for (volume, claim, bound) in refused {
            #expect(throws: VolumeDirectory.Failure.self) { try directory(volume, claim: claim, bound: bound) }
        }
    }

    @Test(arguments: ["../x", "..", "a/b", "", "/"])
    func `names that could leave the directory never get that far`(name: String) {
        #expect(throws: VolumeDirectory.Failure.self) { try directory(["name": .string(name), "emptyDir": [:]]) }
        var bound = Fixture.volume("nfs")
        bound.metadata.name = name
        #expect(throws: VolumeDirectory.Failure.self) {
            try directory(claimed, claim: Fixture.claim(volume: name), bound: bound)
        }
        #expect(throws: VolumeDirectory.Failure.self) {
            try directory(["emptyDir": [:]], annotations: ["kubernetes.io/config.hash": name])
        }
    }

    @Test func `exactly one plugin's directory must have it`() throws {
        let directory = try directory(["emptyDir": [:]])
        let pattern = "/host_pods/\(Fixture.podUID)/volumes/*/data"
        #expect(directory.pattern(root: "/host_pods") == pattern)
        #expect(
            try directory.components(plugins: ["kubernetes.io~empty-dir"], root: "/host_pods")
                == [Fixture.podUID, "volumes", "kubernetes.io~empty-dir", "data"]
        )
        for plugins in [[], ["a", "b"]] {
            let failure = #expect(throws: VolumeDirectory.Failure.self) {
                try directory.components(plugins: plugins, root: "/host_pods")
            }
            #expect(
                failure?.description
                    == "identifying unique volume path on host: expected one matching path: \(pattern), "
                    + "got \(plugins.count)"
            )
        }
    }
}
