// SPDX-License-Identifier: Apache-2.0

import NodeAgent
import Testing
import VeleroAPI

@Suite struct NodeAgentSettingsTests {
    @Test func `an agent moves one volume at a time unless told otherwise`() {
        #expect(NodeAgentSettings(node: "n", namespace: "velero").configuration.concurrency(nodeLabels: [:]) == 1)
    }
}
