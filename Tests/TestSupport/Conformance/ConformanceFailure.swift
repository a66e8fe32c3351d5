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

/// Bytes that differ at every offset and for every seed, cheap enough for tens of megabytes.
package func patternBytes(_ byteCount: Int, seed: UInt64 = 1) -> [UInt8] {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    return [UInt8](capacity: byteCount) { output in
        for _ in 0..<byteCount {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            output.append(UInt8(truncatingIfNeeded: state >> 56))
        }
    }
}
