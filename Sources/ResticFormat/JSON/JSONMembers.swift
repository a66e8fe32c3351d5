// SPDX-License-Identifier: Apache-2.0

/// The member names an object may have, prepared so that a key is recognised by comparing three words.
///
/// `Member`'s raw values are the names; they need at most 24 bytes each.
package struct JSONMembers<Member: CaseIterable & RawRepresentable & Sendable>: Sendable
where Member.RawValue == String {
    private struct Entry: Sendable {
        let key: JSONKey
        let member: Member
    }

    private let entries: [Entry]

    package init(_: Member.Type) {
        entries = Member.allCases.map { member in
            let name = Array(member.rawValue.utf8)
            precondition(name.count <= JSONKey.maximumByteCount, "member name too long: \(member.rawValue)")
            return Entry(key: JSONKey(name.span), member: member)
        }
    }

    /// Finds `key`, trying the name after `hint` first since writers keep to one order; updates `hint` when found.
    @inline(__always)
    func find(_ key: JSONKey, hint: inout Int) -> Member? {
        var index = hint &+ 1
        for _ in 0..<entries.count {
            if index >= entries.count { index = 0 }
            if entries[index].key == key {
                hint = index
                return entries[index].member
            }
            index &+= 1
        }
        return nil
    }
}

/// A short member name packed into words; longer ones only keep their length, which suffices to not match.
struct JSONKey: Equatable, Sendable {
    static let maximumByteCount = 24

    private var byteCount: Int
    private var words: (UInt64, UInt64, UInt64) = (0, 0, 0)

    @inline(__always)
    init(_ name: borrowing Span<UInt8>) {
        byteCount = name.count
        guard byteCount <= Self.maximumByteCount else { return }
        var index = 0
        let head = min(byteCount, 8)
        while index < head {
            words.0 = words.0 << 8 | UInt64(name[index])
            index &+= 1
        }
        let middle = min(byteCount, 16)
        while index < middle {
            words.1 = words.1 << 8 | UInt64(name[index])
            index &+= 1
        }
        while index < byteCount {
            words.2 = words.2 << 8 | UInt64(name[index])
            index &+= 1
        }
    }

    @inline(__always)
    static func == (left: Self, right: Self) -> Bool {
        left.byteCount == right.byteCount && left.words.0 == right.words.0 && left.words.1 == right.words.1
            && left.words.2 == right.words.2
    }
}
