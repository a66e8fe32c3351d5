// SPDX-License-Identifier: Apache-2.0

/// The members of a JSON object in their order; each name occurs once.
///
/// - Complexity: Looking up takes O(1) in large objects and a short scan in small ones; removing takes O(n).
package struct JSONObject: Sendable {
    private struct Member: Sendable {
        let name: String
        var value: JSONValue
    }

    /// Objects up to this size are scanned; larger ones keep an index.
    private static let scannedCount = 16

    private var members: [Member] = []
    /// Name → place; nil while the object is small.
    private var index: [String: Int]?

    package init() {}

    /// Members in order; of two with the same name the later value wins, as Kubernetes reads them.
    package init(_ members: some Sequence<(String, JSONValue)>) {
        for (name, value) in members { self[name] = value }
    }

    package var count: Int { members.count }
    package var isEmpty: Bool { members.isEmpty }

    /// The names in order.
    package var names: [String] { members.map(\.name) }

    /// The value of a member; assigning keeps its place or appends it, assigning nil removes it.
    package subscript(name: String) -> JSONValue? {
        get { place(of: name).map { members[$0].value } }
        set {
            if let place = place(of: name) {
                if let newValue {
                    members[place].value = newValue
                } else {
                    members.remove(at: place)
                    rebuildIndex()
                }
            } else if let newValue {
                members.append(Member(name: name, value: newValue))
                if index != nil {
                    index?[name] = members.count - 1
                } else if members.count > Self.scannedCount {
                    rebuildIndex()
                }
            }
        }
    }

    /// Removes every member for which `predicate` holds.
    package mutating func removeAll(where predicate: (String, JSONValue) -> Bool) {
        members.removeAll { predicate($0.name, $0.value) }
        rebuildIndex()
    }

    private func place(of name: String) -> Int? {
        if let index { return index[name] }
        return members.firstIndex { $0.name == name }
    }

    private mutating func rebuildIndex() {
        guard members.count > Self.scannedCount else {
            index = nil
            return
        }
        var places: [String: Int] = [:]
        places.reserveCapacity(members.count)
        for (place, member) in members.enumerated() { places[member.name] = place }
        index = places
    }
}

extension JSONObject: Sequence {
    package func makeIterator() -> AnyIterator<(String, JSONValue)> {
        var members = members.makeIterator()
        return AnyIterator { members.next().map { ($0.name, $0.value) } }
    }
}

extension JSONObject: Hashable {
    /// Same members, in any order.
    package static func == (left: JSONObject, right: JSONObject) -> Bool {
        guard left.count == right.count else { return false }
        return left.members.allSatisfy { right[$0.name] == $0.value }
    }

    package func hash(into hasher: inout Hasher) {
        // Names alone, combined without order: values would make hashing as slow as comparing.
        var combined = 0
        for member in members { combined ^= member.name.hashValue }
        hasher.combine(members.count)
        hasher.combine(combined)
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral members: (String, JSONValue)...) { self.init(members) }
}
