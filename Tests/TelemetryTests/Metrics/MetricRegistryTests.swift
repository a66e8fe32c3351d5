// SPDX-License-Identifier: Apache-2.0

import Telemetry
import Testing

@Suite struct MetricRegistryTests {
    private let requests = Metric("requests_total", .counter, "Requests", labels: ["operation"])

    @Test func `the text of every kind`() {
        let registry = MetricRegistry()
        registry.counter(requests, "put").add(2)
        registry.counter(requests, "get").add(1.5)
        registry.gauge(Metric("temperature", .gauge, "Of \\ two\nlines")).set(-3)
        let sizes = registry.histogram(Metric("size_bytes", .histogram(bounds: [1, 2.5]), "Sizes"))
        for value in [0.5, 1, 2, 99] { sizes.observe(value) }
        registry.observe(Metric("read", .gauge, "Read", labels: ["a"])) { [MetricSample(7, labels: ["q\"\\\n"])] }
        #expect(
            registry.text == #"""
                # HELP read Read
                # TYPE read gauge
                read{a="q\"\\\n"} 7
                # HELP requests_total Requests
                # TYPE requests_total counter
                requests_total{operation="get"} 1.5
                requests_total{operation="put"} 2
                # HELP size_bytes Sizes
                # TYPE size_bytes histogram
                size_bytes_bucket{le="1"} 2
                size_bytes_bucket{le="2.5"} 3
                size_bytes_bucket{le="+Inf"} 4
                size_bytes_sum 102.5
                size_bytes_count 4
                # HELP temperature Of \\ two\nlines
                # TYPE temperature gauge
                temperature -3

                """#
        )
    }

    @Test func `equal labels are one value, whoever asked for it`() {
        let registry = MetricRegistry()
        registry.counter(requests, "put").add()
        registry.counter(requests, "put").add(count: 4)
        registry.counter(requests, "put").add(-1)
        #expect(registry.text.contains(#"requests_total{operation="put"} 5"#))
    }

    @Test func `label values cannot grow without bound`() {
        let registry = MetricRegistry()
        for number in 0..<10_000 { registry.counter(requests, "\(number)").add() }
        let lines = registry.text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(lines.count == MetricRegistry.maximumSeriesCount)
    }

    @Test func `counting from many tasks loses nothing`() async {
        let registry = MetricRegistry()
        let requests = requests
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { for _ in 0..<1000 { registry.counter(requests, "get").add() } }
            }
        }
        #expect(registry.text.contains(#"requests_total{operation="get"} 8000"#))
    }

    @Test func `names of the agent's metrics are Velero's`() {
        #expect(VeleroMetric.podVolumeBackupEnqueued.name == "podVolume_pod_volume_backup_enqueue_count")
        #expect(VeleroMetric.podVolumeBackupDequeued.name == "podVolume_pod_volume_backup_dequeue_count")
        #expect(
            VeleroMetric.podVolumeOperationLatency.name == "podVolume_pod_volume_operation_latency_seconds"
        )
    }
}
