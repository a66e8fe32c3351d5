// SPDX-License-Identifier: Apache-2.0

/// Takes a list apart while it arrives: each element of `items` as its bytes, and the list without them at the end.
///
/// So a list of any length needs the memory of its largest element. Only the structure is checked here; the elements' bytes may still
/// be no JSON.
struct ListScanner {
    private enum Place {
        /// Outside `items`.
        case envelope
        /// In `items`, between elements.
        case between
        case element
    }

    private let maximumElementByteCount: Int
    private let maximumEnvelopeByteCount: Int
    private var envelope: [UInt8] = []
    private var element: [UInt8] = []
    private var place = Place.envelope
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    /// The last string at the top level, to tell `items` by.
    private var name: [UInt8] = []
    private var isNameComplete = false

    private static let items = Array("items".utf8)

    init(maximumElementByteCount: Int, maximumEnvelopeByteCount: Int = 1 << 20) {
        self.maximumElementByteCount = maximumElementByteCount
        self.maximumEnvelopeByteCount = maximumEnvelopeByteCount
    }

    /// Takes the next piece and gives the elements it completes.
    ///
    /// - Throws: ``KubeError`` with `.tooLarge`.
    mutating func push(_ piece: [UInt8]) throws -> [[UInt8]] {
        var elements: [[UInt8]] = []
        for byte in piece {
            switch place {
            case .envelope: try takeEnvelope(byte)
            case .between: takeBetween(byte)
            case .element:
                if try takeElement(byte) {
                    var taken: [UInt8] = []
                    swap(&taken, &element)
                    elements.append(taken)
                }
            }
        }
        return elements
    }

    /// The list with no elements.
    var remainder: [UInt8] { envelope }

    private mutating func takeEnvelope(_ byte: UInt8) throws {
        guard envelope.count < maximumEnvelopeByteCount else {
            throw KubeError(
                .tooLarge,
                "the API server's list has more than \(maximumEnvelopeByteCount) bytes beside its items"
            )
        }
        envelope.append(byte)
        if isInString {
            if depth == 1, !isEscaped, byte != UInt8(ascii: "\""), name.count <= Self.items.count { name.append(byte) }
            takeStringByte(byte)
            return
        }
        switch byte {
        case UInt8(ascii: "\""):
            isInString = true
            if depth == 1 { name = [] }
            isNameComplete = false
        case UInt8(ascii: ":"): isNameComplete = depth == 1 && name == Self.items
        case UInt8(ascii: "["):
            depth += 1
            if isNameComplete, depth == 2 { place = .between }
        case UInt8(ascii: "{"):
            depth += 1
            isNameComplete = false
        case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
        case 0x20, 0x09, 0x0A, 0x0D: break
        default: isNameComplete = false
        }
    }

    private mutating func takeBetween(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: ","), 0x20, 0x09, 0x0A, 0x0D: break
        case UInt8(ascii: "]"):
            envelope.append(byte)
            depth = 1
            name = []
            isNameComplete = false
            place = .envelope
        default:
            element = [byte]
            place = .element
            isInString = byte == UInt8(ascii: "\"")
            depth = byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") ? 3 : 2
        }
    }

    /// - Returns: Whether the element is complete.
    private mutating func takeElement(_ byte: UInt8) throws -> Bool {
        // Elements that are no objects have no end of their own; they end with what follows.
        if !isInString, depth == 2, byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]") {
            place = .between
            takeBetween(byte)
            return true
        }
        guard element.count < maximumElementByteCount else {
            throw KubeError(
                .tooLarge,
                "the API server's list has an object of more than \(maximumElementByteCount) bytes"
            )
        }
        element.append(byte)
        if isInString {
            takeStringByte(byte)
            return false
        }
        switch byte {
        case UInt8(ascii: "\""): isInString = true
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            depth -= 1
            guard depth == 2 else { return false }
            place = .between
            return true
        default: break
        }
        return false
    }

    private mutating func takeStringByte(_ byte: UInt8) {
        if isEscaped {
            isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
            isInString = false
        }
    }
}
