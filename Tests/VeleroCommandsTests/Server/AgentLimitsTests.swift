// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VeleroCommands

@Suite struct AgentLimitsTests {
    @Test(
        arguments: [
            (nil, 8, 8), (0.5, 8, 1), (1.5, 8, 2), (16, 4, 4),
        ] as [(Double?, Int, Int)]
    )
    func `workers follow the quota, never more than processors`(_ quota: Double?, processors: Int, expected: Int) {
        #expect(
            AgentLimits(ResourceLimits(processorCount: quota), processorCount: processors).workerCount == expected
        )
    }

    @Test func `memory for moves leaves room below the limit`() {
        func memory(_ limit: Int?) -> Int {
            AgentLimits(ResourceLimits(memoryByteCount: limit), processorCount: 2).memoryByteCount
        }
        #expect(memory(nil) == 160 << 20)
        #expect(memory(8 << 30) == 160 << 20)
        #expect(memory(256 << 20) == 104 << 20)
        #expect(memory(64 << 20) == 48 << 20)
    }

    @Test func `figures of the kernel are read whatever the program is called`() {
        #expect(ProcessMetrics.processorSeconds("1 (a) b (c) S 1 1 1 0 -1 0 1 1 1 1 150 50 0 0") == 2)
        #expect(ProcessMetrics.processorSeconds("nonsense") == nil)
        #expect(ProcessMetrics.memory("100 25 3") == 102_400.0)
        #expect(ProcessMetrics.memory(nil) == nil)
    }
}
