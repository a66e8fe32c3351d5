// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VeleroCommands

@Suite struct ResourceLimitsTests {
    @Test func `version 2, inside of a container`() {
        let files = [
            "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/memory.max": "268435456\n",
            "/sys/fs/cgroup/cpu.max": "150000 100000\n",
        ]
        #expect(ResourceLimits.find { files[$0] } == ResourceLimits(memoryByteCount: 256 << 20, processorCount: 1.5))
    }

    @Test func `version 2, a group above is tighter`() {
        let files = [
            "/proc/self/cgroup": "0::/kubepods/pod1/c\n", "/sys/fs/cgroup/kubepods/pod1/c/memory.max": "max\n",
            "/sys/fs/cgroup/kubepods/pod1/memory.max": "1000000\n", "/sys/fs/cgroup/kubepods/memory.max": "2000000\n",
            "/sys/fs/cgroup/kubepods/pod1/c/cpu.max": "max 100000\n",
        ]
        #expect(ResourceLimits.find { files[$0] } == ResourceLimits(memoryByteCount: 1_000_000))
    }

    @Test func `version 1, where a container sees its own group at the top`() {
        let files = [
            "/proc/self/cgroup": "5:cpu,cpuacct:/kubepods/x\n4:memory:/kubepods/x\n0::/\n",
            "/sys/fs/cgroup/memory/memory.limit_in_bytes": "536870912\n",
            "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "50000\n", "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
        ]
        #expect(ResourceLimits.find { files[$0] } == ResourceLimits(memoryByteCount: 512 << 20, processorCount: 0.5))
    }

    @Test func `no limits are none`() {
        let files = [
            "/proc/self/cgroup": "4:memory:/\n3:cpu:/\n", "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
            "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
            "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
        ]
        #expect(ResourceLimits.find { files[$0] } == ResourceLimits())
        #expect(ResourceLimits.find { _ in nil } == ResourceLimits())
    }

    @Test(arguments: ["", "0", "-5", "max", "12x", "99999999999999999999"])
    func `what is no limit of memory`(_ text: String) {
        #expect(ResourceLimits.memory(text) == nil)
    }

    @Test(arguments: ["max 100000", "100000", "0 100000", "100000 0", "nan 1", "1 2 3"])
    func `what is no quota`(_ text: String) {
        #expect(ResourceLimits.processors(text) == nil)
    }
}
