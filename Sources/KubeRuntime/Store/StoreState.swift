// SPDX-License-Identifier: Apache-2.0

import KubeModel

/// The objects of a store and its indexes; decides what changed.
struct StoreState: Sendable {
    typealias IndexFunction = @Sendable (KubeObject) -> [String]

    private struct Entry: Sendable {
        var object: KubeObject
        /// The listing that last saw the object.
        var generation: Int
    }

    private let functions: [String: IndexFunction]
    private var entries: [ObjectKey: Entry] = [:]
    private var indexes: [String: [String: Set<ObjectKey>]] = [:]
    private var generation = 0

    init(functions: [String: IndexFunction]) { self.functions = functions }

    var count: Int { entries.count }
    var objects: [KubeObject] { entries.values.map(\.object) }

    func object(_ key: ObjectKey) -> KubeObject? { entries[key]?.object }

    func objects(index: String, value: String) -> [KubeObject] {
        (indexes[index]?[value] ?? []).compactMap { entries[$0]?.object }
    }

    /// Takes an object in; nil if this state of it is known.
    mutating func put(_ object: KubeObject) -> StoreChange? {
        let key = object.key
        let old = entries[key]?.object
        entries[key] = Entry(object: object, generation: generation)
        if let old, let version = old.metadata.resourceVersion, version == object.metadata.resourceVersion,
            old.metadata.uid == object.metadata.uid
        {
            return nil
        }
        if let old { unindex(key, old) }
        index(key, object)
        return StoreChange(key: key, old: old, new: object)
    }

    /// Lets an object go; nil if it is not known.
    mutating func remove(_ key: ObjectKey) -> StoreChange? {
        guard let entry = entries.removeValue(forKey: key) else { return nil }
        unindex(key, entry.object)
        return StoreChange(key: key, old: entry.object, new: nil)
    }

    /// Begins a listing: what is not put in until its end is gone.
    mutating func beginListing() { generation += 1 }

    /// Lets go what the listing did not bring.
    mutating func endListing() -> [StoreChange] {
        let gone = entries.filter { $0.value.generation != generation }.map(\.key)
        return gone.compactMap { remove($0) }
    }

    private mutating func index(_ key: ObjectKey, _ object: KubeObject) {
        for (name, function) in functions {
            for value in function(object) { indexes[name, default: [:]][value, default: []].insert(key) }
        }
    }

    private mutating func unindex(_ key: ObjectKey, _ object: KubeObject) {
        for (name, function) in functions {
            for value in function(object) {
                indexes[name]?[value]?.remove(key)
                if indexes[name]?[value]?.isEmpty == true { indexes[name]?[value] = nil }
            }
        }
    }
}
