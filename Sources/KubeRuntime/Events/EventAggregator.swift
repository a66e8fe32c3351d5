// SPDX-License-Identifier: Apache-2.0

import KubeModel

/// Turns what happens into few events: repeated ones are counted, similar ones combined, floods cut; decides only.
struct EventAggregator: Sendable {
    /// What happened, to what.
    struct Occurrence: Sendable, Hashable {
        var object: KubeObject
        var severity: Event.Severity
        var reason: String
        var message: String
    }

    enum Action: Sendable, Equatable {
        /// A new event of that name.
        case create(name: String, message: String)
        /// The event of that name happened again.
        case count(name: String, count: Int, message: String)
        /// Too many; leave it.
        case drop
    }

    private struct Subject: Hashable {
        let kind: String
        let key: ObjectKey
        let uid: String?
    }

    private struct Group: Hashable {
        let subject: Subject
        let severity: Event.Severity
        let reason: String
    }

    private struct Series {
        var name: String
        var count: Int
        var last: Duration
    }

    private struct Similar {
        var messages: Set<String> = []
        var first: Duration
    }

    private struct Allowance {
        /// Events that may be written at once, refilled over time.
        var left: Double
        var last: Duration
    }

    /// For how long the same event is counted, and similar ones are.
    static let window: Duration = .seconds(600)
    /// Different messages of one reason after which they are combined.
    static let maximumMessageCount = 10
    static let burst = 25.0
    static let refill: Duration = .seconds(300)
    /// Objects, reasons and messages remembered.
    static let maximumRememberedCount = 4096

    private var series: [Group: [String: Series]] = [:]
    private var similar: [Group: Similar] = [:]
    private var allowances: [Subject: Allowance] = [:]
    private var rememberedCount = 0

    /// - Parameter name: For a new event, unique.
    mutating func decide(_ occurrence: Occurrence, now: Duration, name: String) -> Action {
        if rememberedCount > Self.maximumRememberedCount { forgetOld(now) }
        let subject = Subject(
            kind: occurrence.object.kind,
            key: occurrence.object.key,
            uid: occurrence.object.metadata.uid
        )
        guard takeAllowance(subject, now) else { return .drop }
        let group = Group(subject: subject, severity: occurrence.severity, reason: occurrence.reason)
        let message = combined(occurrence.message, group, now)
        let seriesKey = message == occurrence.message ? message : ""
        if var known = series[group]?[seriesKey], now - known.last < Self.window {
            known.count += 1
            known.last = now
            series[group]?[seriesKey] = known
            return .count(name: known.name, count: known.count, message: message)
        }
        series[group, default: [:]][seriesKey] = Series(name: name, count: 1, last: now)
        rememberedCount += 1
        return .create(name: name, message: message)
    }

    /// An event that was to be counted is gone: the next one like it is new.
    mutating func forget(name: String) {
        for (group, entries) in series {
            for (key, entry) in entries where entry.name == name { series[group]?[key] = nil }
        }
    }

    private mutating func combined(_ message: String, _ group: Group, _ now: Duration) -> String {
        var known = similar[group] ?? Similar(first: now)
        if now - known.first >= Self.window { known = Similar(first: now) }
        let isKnown = known.messages.contains(message)
        let isCombined = !isKnown && known.messages.count >= Self.maximumMessageCount
        if !isKnown, !isCombined { known.messages.insert(message) }
        similar[group] = known
        return isCombined ? "(combined from similar events): \(message)" : message
    }

    private mutating func takeAllowance(_ subject: Subject, _ now: Duration) -> Bool {
        var allowance = allowances[subject] ?? Allowance(left: Self.burst, last: now)
        allowance.left = min(Self.burst, allowance.left + (now - allowance.last) / Self.refill)
        allowance.last = now
        defer { allowances[subject] = allowance }
        guard allowance.left >= 1 else { return false }
        allowance.left -= 1
        return true
    }

    private mutating func forgetOld(_ now: Duration) {
        series = series.compactMapValues { entries in
            let fresh = entries.filter { now - $0.value.last < Self.window }
            return fresh.isEmpty ? nil : fresh
        }
        similar = similar.filter { now - $0.value.first < Self.window }
        allowances = allowances.filter { now - $0.value.last < Self.refill * Int(Self.burst) }
        rememberedCount = series.values.reduce(0) { $0 + $1.count }
        guard rememberedCount > Self.maximumRememberedCount else { return }
        // All of it fresh: begin anew rather than grow.
        (series, similar, allowances, rememberedCount) = ([:], [:], [:], 0)
    }
}
