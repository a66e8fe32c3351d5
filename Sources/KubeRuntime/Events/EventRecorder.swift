// SPDX-License-Identifier: Apache-2.0

internal import AsyncPrimitives
package import KubeClient
package import KubeModel

/// Tells people what happens to objects, through Events; best effort: never waited for, never a reason to fail.
package final class EventRecorder: Sendable {
    private let client: KubeClient
    private let component: String
    private let host: String
    private let clock: any Clock<Duration>
    private let now: @Sendable () -> KubeTime
    private let occurrences: BoundedChannel<EventAggregator.Occurrence>

    /// Occurrences that wait to be written; more are dropped.
    private static let capacity = 256
    /// Longest message the server takes, in bytes.
    private static let maximumMessageByteCount = 1024

    /// - Parameters:
    ///   - component: Who reports, such as `velero`.
    ///   - host: Where that runs; empty if it does not matter.
    package init(
        client: KubeClient,
        component: String,
        host: String,
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> KubeTime = ConfigurationEnvironment.systemTime
    ) {
        self.client = client
        self.component = component
        self.host = host
        self.clock = clock
        self.now = now
        occurrences = BoundedChannel(capacity: Self.capacity)
    }

    /// Notes what happened to `object`; returns at once.
    package func record(_ object: KubeObject, _ severity: Event.Severity, reason: String, message: String) {
        // Only what an event refers to is kept.
        var subject = KubeObject()
        subject.apiVersion = object.apiVersion
        subject.kind = object.kind
        subject.metadata.name = object.metadata.name
        subject.metadata.namespace = object.metadata.namespace
        subject.metadata.uid = object.metadata.uid
        subject.metadata.resourceVersion = object.metadata.resourceVersion
        var text = message
        while text.utf8.count > Self.maximumMessageByteCount { text.removeLast() }
        let occurrence = EventAggregator.Occurrence(object: subject, severity: severity, reason: reason, message: text)
        _ = try? occurrences.trySend(occurrence)
    }

    /// Writes events until ``finish()`` was called and all are written, or until cancelled.
    package func run() async throws {
        var aggregator = EventAggregator()
        let stopwatch = Stopwatch(clock: clock)
        while let occurrence = try await occurrences.receive() {
            let time = now()
            let elapsed = stopwatch.elapsed
            let name = Self.name(for: occurrence.object, time)
            switch aggregator.decide(occurrence, now: elapsed, name: name) {
            case .drop: break
            case .create(let name, let message): try await create(occurrence, name, message, time)
            case .count(let name, let count, let message):
                guard try await !self.count(occurrence, name, count, message, time) else { continue }
                aggregator.forget(name: name)
            }
        }
    }

    /// Lets ``run()`` end once it has written what is noted.
    package func finish() { occurrences.finish() }

    /// Unique as long as two events of one object are a nanosecond apart.
    private static func name(for object: KubeObject, _ time: KubeTime) -> String {
        let nanoseconds = UInt64(bitPattern: time.seconds &* 1_000_000_000 &+ Int64(time.nanoseconds))
        return "\((object.metadata.name ?? "").prefix(200)).\(String(nanoseconds, radix: 16))"
    }

    private func create(
        _ occurrence: EventAggregator.Occurrence,
        _ name: String,
        _ message: String,
        _ time: KubeTime
    ) async throws {
        let object = occurrence.object
        var event = Event(name: name, namespace: object.metadata.namespace ?? "default")
        var involved: JSONValue = ["apiVersion": .string(object.apiVersion), "kind": .string(object.kind)]
        for member in ["namespace", "name", "uid", "resourceVersion"] {
            involved[member] = object.metadata.fields[member]
        }
        event["involvedObject"] = involved
        event["type"] = .string(occurrence.severity.rawValue)
        event["reason"] = .string(occurrence.reason)
        event["message"] = .string(message)
        event["count"] = 1
        event["firstTimestamp"] = .string(time.description)
        event["lastTimestamp"] = .string(time.description)
        event["source"] =
            host.isEmpty ? ["component": .string(component)] : ["component": .string(component), "host": .string(host)]
        event["reportingComponent"] = .string(component)
        event["reportingInstance"] = .string(host)
        do {
            _ = try await client.create(event)
        } catch {
            try Task.checkCancellation()
        }
    }

    /// - Returns: Whether the event still was there.
    private func count(
        _ occurrence: EventAggregator.Occurrence,
        _ name: String,
        _ count: Int,
        _ message: String,
        _ time: KubeTime
    ) async throws -> Bool {
        let change: JSONValue = [
            "count": .int(count), "lastTimestamp": .string(time.description), "message": .string(message),
        ]
        let key = ObjectKey(namespace: occurrence.object.metadata.namespace ?? "default", name: name)
        do {
            _ = try await client.patch(Event.self, key, .merge(change))
            return true
        } catch {
            try Task.checkCancellation()
            return (error as? KubeError)?.code != .notFound
        }
    }
}
