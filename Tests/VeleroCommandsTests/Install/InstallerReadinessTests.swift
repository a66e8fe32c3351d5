// SPDX-License-Identifier: Apache-2.0

import KubeModel
import Testing

@testable import VeleroCommands

/// When `velero install --wait` may end.
@Suite struct InstallerReadinessTests {
    private func object(_ type: ResourceType, _ status: JSONValue) -> KubeObject {
        var object = KubeObject(type, name: "x", namespace: "velero")
        object["metadata", "generation"] = 3
        object["spec"] = ["replicas": 1]
        object["status"] = status
        return object
    }

    @Test(
        arguments: [
            (["observedGeneration": 3, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1], true),
            // What the controller said of an earlier state counts for nothing.
            (["observedGeneration": 2, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1], false),
            // The old pod still runs beside the new one.
            (["observedGeneration": 3, "replicas": 2, "updatedReplicas": 1, "availableReplicas": 1], false),
            (["observedGeneration": 3, "replicas": 1, "updatedReplicas": 1], false), ([:], false),
        ] as [(JSONValue, Bool)]
    )
    func `the server is ready when its newest pod alone is there and available`(status: JSONValue, isReady: Bool) {
        #expect(Installer.isDeploymentReady(object(InstalledKinds.deployment, status)) == isReady)
    }

    @Test(
        arguments: [
            (
                [
                    "observedGeneration": 3, "desiredNumberScheduled": 2, "updatedNumberScheduled": 2,
                    "numberAvailable": 2,
                ], true
            ),
            (
                [
                    "observedGeneration": 3, "desiredNumberScheduled": 2, "updatedNumberScheduled": 1,
                    "numberAvailable": 2,
                ], false
            ),
            (["observedGeneration": 3, "desiredNumberScheduled": 1, "updatedNumberScheduled": 1], false),
            (["observedGeneration": 2, "desiredNumberScheduled": 0], false), (["observedGeneration": 3], true),
        ] as [(JSONValue, Bool)]
    )
    func `agents are ready when every node that should has an available one of the newest`(
        status: JSONValue,
        isReady: Bool
    ) {
        #expect(Installer.isDaemonSetReady(object(InstalledKinds.daemonSet, status)) == isReady)
    }
}
