// SPDX-License-Identifier: Apache-2.0

/// The bytes of an answer as they arrive, in bounded memory: reading pauses the transfer's peer, not this process.
package struct HTTPResponseBody: AsyncSequence, Sendable {
    package typealias Element = [UInt8]

    private let nextPiece: @Sendable () async throws -> [UInt8]?

    /// - Parameter nextPiece: The next piece, or nil at the end.
    package init(nextPiece: @escaping @Sendable () async throws -> [UInt8]?) {
        self.nextPiece = nextPiece
    }

    package func makeAsyncIterator() -> Iterator { Iterator(nextPiece: nextPiece) }

    package struct Iterator: AsyncIteratorProtocol {
        fileprivate let nextPiece: @Sendable () async throws -> [UInt8]?

        package mutating func next() async throws -> [UInt8]? { try await nextPiece() }
    }
}
