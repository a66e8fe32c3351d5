// SPDX-License-Identifier: Apache-2.0

import KubeModel
import Testing
import VeleroAPI

@Suite struct PodVolumeRestorePlanTests {
    private func backup(_ volume: String, id: String?, namespace: String = "shop", pod: String = "web-0")
        -> PodVolumeBackup
    {
        var backup = Fixture.podVolumeBackup(.completed)
        backup.volume = volume
        backup.snapshotID = id
        backup.object["spec", "pod", "namespace"] = .string(namespace)
        backup.object["spec", "pod", "name"] = .string(pod)
        return backup
    }

    @Test func `a pod's volumes come from the backups of the pod of its name and former namespace`() {
        let pod = Fixture.pod([
            ["name": "a", "emptyDir": [:]], ["name": "b", "emptyDir": [:]], ["name": "c", "emptyDir": [:]],
            ["name": "p", "projected": [:]],
        ])
        let backups = [
            backup("b", id: "bbbbbbbb", namespace: "old"), backup("a", id: "aaaaaaaa", namespace: "old"),
            backup("a", id: "dddddddd"), backup("c", id: nil, namespace: "old"),
            backup("c", id: "cccccccc", namespace: "old", pod: "web-1"), backup("p", id: "eeeeeeee", namespace: "old"),
        ]
        let plan = PodVolumeRestorePlan.backups(for: pod, originalNamespace: "old", among: backups)
        #expect(plan.map(\.snapshotID) == ["aaaaaaaa", "bbbbbbbb"])
    }

    @Test func `snapshots of old versions are in annotations`() {
        let pod = Fixture.pod(annotations: [
            "snapshot.velero.io/data": "0123abcd", "snapshot.velero.io/none": "0123abcd",
            "snapshot.velero.io/../x": "0123abcd", "other": "0123abcd",
        ])
        #expect(PodVolumeRestorePlan.legacySnapshots(of: pod) == ["data": "0123abcd"])
    }
}

@Suite struct NodeAgentConfigurationTests {
    private func read(_ text: String) throws -> NodeAgentConfiguration {
        var map = ConfigMap(name: "node-agent-config", namespace: "velero")
        map.data = ["config.json": text]
        return try NodeAgentConfiguration(map)
    }

    @Test func `the smallest number of the rules that choose a node counts`() throws {
        let settings = try read(
            """
            {"loadConcurrency": {"globalConfig": 2, "perNodeConfig": [
              {"nodeSelector": {"matchLabels": {"size": "big"}}, "number": 8},
              {"nodeSelector": {"matchExpressions": [{"key": "disk", "operator": "Exists"}]}, "number": 4}]},
             "podResources": {"cpuRequest": "1"}}
            """
        )
        #expect(settings.concurrency(nodeLabels: [:]) == 2)
        #expect(settings.concurrency(nodeLabels: ["size": "big"]) == 8)
        #expect(settings.concurrency(nodeLabels: ["size": "big", "disk": "x"]) == 4)
        #expect(try read("{}").concurrency(nodeLabels: [:]) == 1)
    }

    @Test(arguments: [
        "[]", "{", #"{"loadConcurrency":{"globalConfig":0}}"#, #"{"loadConcurrency":{"globalConfig":"2"}}"#,
        #"{"loadConcurrency":{"perNodeConfig":[{"nodeSelector":{}}]}}"#,
        #"{"loadConcurrency":{"perNodeConfig":[{"number":1,"nodeSelector":{"matchExpressions":[{"key":"a","operator":"?"}]}}]}}"#,
    ])
    func `settings that make no sense are refused`(text: String) {
        #expect(throws: NodeAgentConfiguration.Failure.self) { try read(text) }
    }
}
