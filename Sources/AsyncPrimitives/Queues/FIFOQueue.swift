// SPDX-License-Identifier: Apache-2.0

/// A first-in, first-out queue in a ring buffer that grows by doubling.
///
/// - Complexity: O(1) to append and to take the first element; O(n) to remove from the middle.
package struct FIFOQueue<Element> {
    private var slots: [Element?] = []
    private var head = 0
    package private(set) var count = 0

    package init() {}

    package var isEmpty: Bool { count == 0 }

    /// The oldest element, left in place.
    package var first: Element? { count == 0 ? nil : slots[head] }

    /// Adds `element` behind all others.
    package mutating func append(_ element: Element) {
        if count == slots.count { grow() }
        slots[index(count)] = element
        count += 1
    }

    /// Takes the oldest element.
    package mutating func popFirst() -> Element? {
        guard count > 0 else { return nil }
        let element = slots[head]
        slots[head] = nil
        head = index(1)
        count -= 1
        return element
    }

    /// Removes and returns the oldest element for which `predicate` holds; the others keep their order.
    package mutating func removeFirst(where predicate: (Element) -> Bool) -> Element? {
        for offset in 0..<count {
            guard let element = slots[index(offset)], predicate(element) else { continue }
            for following in offset..<(count - 1) { slots[index(following)] = slots[index(following + 1)] }
            slots[index(count - 1)] = nil
            count -= 1
            return element
        }
        return nil
    }

    /// Removes every element.
    package mutating func removeAll() {
        self = Self()
    }

    /// All elements, oldest first.
    package var elements: [Element] {
        (0..<count).compactMap { slots[index($0)] }
    }

    private func index(_ offset: Int) -> Int {
        let index = head + offset
        return index < slots.count ? index : index - slots.count
    }

    private mutating func grow() {
        let ordered = elements
        let capacity = max(8, slots.count * 2)
        slots = ordered.map { Optional($0) }
        slots.append(contentsOf: repeatElement(nil, count: capacity - ordered.count))
        head = 0
    }
}

extension FIFOQueue: Sendable where Element: Sendable {}
