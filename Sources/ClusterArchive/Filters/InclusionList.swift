// SPDX-License-Identifier: Apache-2.0

/// What is included and what is left out, by names and patterns; leaving out wins, and an empty list of what is included stands for all.
package struct InclusionList: Sendable, Hashable {
    package let included: [NamePattern]
    package let excluded: [NamePattern]

    package init(including included: [String] = [], excluding excluded: [String] = []) {
        self.included = included.map(NamePattern.init)
        self.excluded = excluded.map(NamePattern.init)
    }

    package func admits(_ name: String) -> Bool {
        if excludes(name) { return false }
        return included.isEmpty || included.contains { $0.matches(name) }
    }

    /// Whether the name is left out explicitly.
    package func excludes(_ name: String) -> Bool { excluded.contains { $0.matches(name) } }

    /// Whether nothing can be kept out.
    package var isEverything: Bool { includesAll && excluded.isEmpty }

    /// Whether names are kept out by being left out only.
    package var includesAll: Bool { included.isEmpty || included.contains(where: \.isEverything) }

    package var isEmpty: Bool { included.isEmpty && excluded.isEmpty }

    /// What is wrong with two lists, for people; empty if they go together.
    ///
    /// - Parameter allowsExcludingAll: Whether `*` may be left out, which then has to stand alone.
    package static func problems(
        including included: [String],
        excluding excluded: [String],
        allowsExcludingAll: Bool = false
    ) -> [String] {
        var problems: [String] = []
        if included.contains("*"), included.count > 1 {
            problems.append("includes list must either contain '*' only, or a non-empty list of items")
        }
        if excluded.contains("*") {
            if !allowsExcludingAll {
                problems.append("excludes list cannot contain '*'")
            } else if !included.isEmpty {
                problems.append("when exclude is '*', include cannot have value")
            }
        }
        for item in excluded where item != "*" && included.contains(item) {
            problems.append("excludes list cannot contain an item in the includes list: \(item)")
        }
        return problems
    }
}
