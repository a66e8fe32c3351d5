// SPDX-License-Identifier: Apache-2.0

/// Chooses objects by their labels; all requirements must hold, and none chooses everything.
package struct LabelSelector: Sendable, Hashable, CustomStringConvertible {
    package var requirements: [LabelRequirement]

    package init(_ requirements: [LabelRequirement] = []) { self.requirements = requirements }

    /// Labels that must have these values.
    package init(matching labels: [String: String]) {
        requirements = labels.sorted { $0.key < $1.key }.map { LabelRequirement($0.key, .equals($0.value)) }
    }

    /// Whether everything is chosen.
    package var isEmpty: Bool { requirements.isEmpty }

    package func matches(_ labels: [String: String]) -> Bool {
        requirements.allSatisfy { $0.matches(labels[$0.key]) }
    }

    package func matches(_ object: KubeObject) -> Bool { isEmpty || matches(object.metadata.labels) }

    /// As a query parameter takes it and kubectl writes it: `a=b,c in (d,e),!f`.
    package var description: String { requirements.map(\.description).joined(separator: ",") }
}

/// One condition on one label.
package struct LabelRequirement: Sendable, Hashable, CustomStringConvertible {
    package enum Condition: Sendable, Hashable {
        case equals(String)
        /// Also holds if the label is missing.
        case notEquals(String)
        case among([String])
        /// Also holds if the label is missing.
        case notAmong([String])
        case exists
        case missing
        /// The value is a whole number above this one.
        case greaterThan(Int)
        /// The value is a whole number below this one.
        case lessThan(Int)
    }

    package var key: String
    package var condition: Condition

    package init(_ key: String, _ condition: Condition) {
        self.key = key
        self.condition = condition
    }

    /// Whether a label with this value (nil if missing) meets the condition.
    package func matches(_ value: String?) -> Bool {
        switch condition {
        case .equals(let text): value == text
        case .notEquals(let text): value != text
        case .among(let texts): value.map(texts.contains) ?? false
        case .notAmong(let texts): value.map { !texts.contains($0) } ?? true
        case .exists: value != nil
        case .missing: value == nil
        case .greaterThan(let number): value.flatMap { Int($0) }.map { $0 > number } ?? false
        case .lessThan(let number): value.flatMap { Int($0) }.map { $0 < number } ?? false
        }
    }

    package var description: String {
        switch condition {
        case .equals(let text): "\(key)=\(text)"
        case .notEquals(let text): "\(key)!=\(text)"
        case .among(let texts): "\(key) in (\(texts.sorted().joined(separator: ",")))"
        case .notAmong(let texts): "\(key) notin (\(texts.sorted().joined(separator: ",")))"
        case .exists: key
        case .missing: "!\(key)"
        case .greaterThan(let number): "\(key)>\(number)"
        case .lessThan(let number): "\(key)<\(number)"
        }
    }
}
