// SPDX-License-Identifier: Apache-2.0

import KubeModel

/// Builds values from events; bounds depth and, aliases counted, size.
struct YAMLBuilder {
    private struct Level {
        var value: JSONValue
        /// The name of the member whose value comes next.
        var key: Key?
        let anchor: String?
        /// Values within, aliases counted with all they stand for.
        var count = 1
    }

    private enum Key {
        case member(String)
        /// A plain `<<`, whose mapping's members are taken over.
        case merge
    }

    static let maximumDepth = 256
    static let maximumCount = 1_000_000

    private(set) var documents: [JSONValue] = []
    private var levels: [Level] = []
    private var anchors: [String: (value: JSONValue, count: Int)] = [:]
    private var count = 0

    mutating func take(_ event: YAMLEvent) throws {
        switch event {
        case .documentStart: anchors = [:]
        case .documentEnd: break
        case .mappingStart(let anchor): try open([:], anchor)
        case .sequenceStart(let anchor): try open([], anchor)
        case .collectionEnd:
            guard let level = levels.popLast() else { return }
            if let anchor = level.anchor { anchors[anchor] = (level.value, level.count) }
            try add(level.value, count: level.count)
        case .scalar(let text, let isPlain, let anchor):
            try tally(1)
            if try takeKey(text, isPlain: isPlain) {
                if let anchor { anchors[anchor] = (.string(text), 1) }
                return
            }
            let value = isPlain ? try YAMLScalar.value(of: text) : .string(text)
            if let anchor { anchors[anchor] = (value, 1) }
            try add(value, count: 1)
        case .alias(let anchor):
            guard let known = anchors[anchor] else { throw YAMLError("YAML: there is no anchor '\(anchor)'") }
            try tally(known.count)
            if let text = known.value.string, try takeKey(text, isPlain: false) { return }
            try add(known.value, count: known.count)
        }
    }

    private mutating func open(_ value: JSONValue, _ anchor: String?) throws {
        guard levels.count < Self.maximumDepth else {
            throw YAMLError("YAML is nested deeper than \(Self.maximumDepth)")
        }
        guard !expectsKey else { throw YAMLError("YAML: the name of a member is no text") }
        try tally(1)
        levels.append(Level(value: value, anchor: anchor))
    }

    private var expectsKey: Bool {
        guard let level = levels.last, case .object = level.value else { return false }
        return level.key == nil
    }

    /// - Returns: Whether the text was the name of a member.
    private mutating func takeKey(_ text: String, isPlain: Bool) throws -> Bool {
        guard expectsKey else { return false }
        levels[levels.count - 1].key = isPlain && text == "<<" ? .merge : .member(text)
        return true
    }

    private mutating func add(_ value: JSONValue, count: Int) throws {
        guard let last = levels.indices.last else {
            documents.append(value)
            return
        }
        levels[last].count += count
        if case .array(var elements) = levels[last].value {
            levels[last].value = .null  // so that the elements are not copied
            elements.append(value)
            levels[last].value = .array(elements)
            return
        }
        switch levels[last].key {
        case .member(let name): levels[last].value[name] = value
        case .merge:
            for source in value.array ?? [value] {
                for (name, value) in source.object ?? JSONObject() where levels[last].value[name] == nil {
                    levels[last].value[name] = value
                }
            }
        case nil: throw YAMLError("YAML: the name of a member is no text")
        }
        levels[last].key = nil
    }

    private mutating func tally(_ added: Int) throws {
        count += added
        guard count <= Self.maximumCount else { throw YAMLError("YAML holds more than \(Self.maximumCount) values") }
    }
}
