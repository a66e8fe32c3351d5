// SPDX-License-Identifier: Apache-2.0

import ClusterArchive
import KubeModel
import Testing
import VeleroAPI

@Suite struct ResultsTests {
    @Test func `warnings and errors are told by namespace, in Velero's form`() {
        var results = BackupResults()
        #expect(JSONText.string(of: results.json) == #"{"warnings":{},"errors":{}}"#)
        results.note(.warning, .init("no such pod", resource: "pods", namespace: "shop", name: "web"))
        results.note(.error, .init("listing failed", resource: "widgets.example.org", error: "down"))
        #expect(results.warningCount == 1 && results.errorCount == 1)
        #expect(
            JSONText.string(of: results.json)
                == #"{"warnings":{"namespaces":{"shop":[" resource: /pods name: /web message: /no such pod"]}},"#
                + #""errors":{"velero":[" resource: /widgets.example.org message: /listing failed error: /down"]}}"#
        )
    }

    @Test func `more problems than anybody reads are counted, not kept`() {
        var results = BackupResults()
        for number in 0..<6000 { results.note(.error, .init("problem \(number)")) }
        #expect(results.errorCount == 6000 && results.json["errors"]?["velero"]?.array?.count == 5000)
    }

    @Test func `the resource list is sorted by kind and name`() {
        var items = BackedUpItems()
        var deployment = Fixture.object(Fixture.deployments, "web", in: "shop")
        deployment.apiVersion = "apps/v1"
        for object in [Fixture.object(Fixture.pods, "b", in: "shop"), Fixture.object(Fixture.pods, "a", in: "shop")] {
            let outcomes = [items.meet(object), items.meet(object)]
            #expect(outcomes == [true, false])
            items.noteWritten(object, Fixture.pods)
        }
        items.noteWritten(deployment, Fixture.deployments)
        items.noteWritten(Fixture.object(Fixture.volumes, "pv-1"), Fixture.volumes)
        #expect(
            JSONText.string(of: items.resourceList)
                == #"{"apps/v1/Deployment":["shop/web"],"v1/PersistentVolume":["pv-1"],"v1/Pod":["shop/a","shop/b"]}"#
        )
        #expect(items.count == 4 && items.namespaces == ["shop"])
    }

    @Test func `volumes are told with their backup, or why they have none`() {
        var volumes = VolumeInformation()
        for name in ["a", "b"] {
            var volume = PersistentVolume(name: "pv-\(name)")
            volume.metadata.labels = ["zone": "z1"]
            volume["spec"] = [
                "persistentVolumeReclaimPolicy": "Delete", "claimRef": ["namespace": "shop", "name": .string(name)],
            ]
            volumes.note(volume)
        }
        volumes.noteSkipped(ObjectKey(namespace: "shop", name: "b"), approach: "podvolume", reason: "opted out")
        var pod = Pod(name: "web", namespace: "shop")
        pod["spec", "nodeName"] = "n1"
        let claim = PersistentVolumeClaim(name: "a", namespace: "shop")
        var backup = PodVolumeBackup(of: "data", pod: pod, claim: claim, for: Fixture.backup(), repository: "r")
        backup.complete(
            snapshotID: "abcdef01",
            byteCount: 10,
            newByteCount: 4,
            digest: nil,
            at: KubeTime(seconds: 1_700_000_000)
        )
        let entries = volumes.json([backup]).array ?? []
        #expect(entries.count == 2)
        #expect(
            entries.first.map(JSONText.string(of:))
                == #"{"pvcName":"a","pvcNamespace":"shop","pvName":"pv-a","backupMethod":"PodVolumeBackup","#
                + #""snapshotDataMoved":false,"preserveLocalSnapshot":false,"skipped":false,"#
                + #""pvInfo":{"reclaimPolicy":"Delete","labels":{"zone":"z1"}},"#
                + #""completionTimestamp":"2023-11-14T22:13:20Z","result":"succeeded","pvbInfo":{"snapshotHandle":"abcdef01","#
                + #""size":10,"incrementalSize":4,"uploaderType":"restic","volumeName":"data","podName":"web","#
                + #""podNamespace":"shop","nodeName":"n1","Phase":"Completed"}}"#
        )
        #expect(entries.last?["pvName"] == "pv-b" && entries.last?["skipped"] == true)
        #expect(
            entries.last?["skippedReason"]
                == "podvolume: opted out;volumeSnapshot: no applicable volumesnapshotter found;"
        )
    }
}
