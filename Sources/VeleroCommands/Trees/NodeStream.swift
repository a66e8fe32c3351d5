// SPDX-License-Identifier: Apache-2.0

import ResticFormat

/// The nodes of one tree, for async functions.
///
/// Its functions are not inlined and throw untyped, since Swift 6.3.1 crashes optimising an async function around a typed throw.
struct NodeStream {
    private var decoder: TreeDecoder

    @inline(never)
    init(_ text: [UInt8]) throws {
        decoder = try TreeDecoder(text)
    }

    @inline(never)
    mutating func next() throws -> Node? { try decoder.next() }
}
