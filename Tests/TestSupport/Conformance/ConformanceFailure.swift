// SPDX-License-Identifier: Apache-2.0

internal import ObjectStorage

/// A promise of ``ObjectStorage`` that a store does not keep.
package struct ConformanceFailure: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Throws a failure unless `condition` holds.
func require(_ condition: Bool, _ promise: @autoclosure () -> String) throws {
    guard condition else { throw ConformanceFailure(promise()) }
}

/// Throws a failure unless `body` fails with a `StorageError` of `code`.
func requireStorageError<Result>(
    _ code: StorageError.Code,
    _ what: String,
    _ body: () async throws -> Result
) async throws {
    do {
        _ = try await body()
    } catch let error as StorageError {
        try require(error.code == code, "\(what): wanted .\(code), got .\(error.code): \(error.message)")
        try require(!error.message.isEmpty, "\(what): the error has no message")
        return
    } catch {
        throw ConformanceFailure("\(what): wanted StorageError.\(code), got \(type(of: error)): \(error)")
    }
    throw ConformanceFailure("\(what): wanted StorageError.\(code), but it succeeded")
}

/// Bytes that look random, other ones for every seed, cheap enough for tens of megabytes: a block of odd length, repeated.
package func patternBytes(_ byteCount: Int, seed: UInt64 = 1) -> [UInt8] {
    var generator = SplitMixGenerator(seed: seed)
    let block = generator.bytes(min(byteCount, 4099))
    var bytes: [UInt8] = []
    bytes.reserveCapacity(byteCount)
    while bytes.count < byteCount { bytes.append(contentsOf: block.prefix(byteCount - bytes.count)) }
    return bytes
}
