// SPDX-License-Identifier: Apache-2.0

extension StorageError {
    /// The object does not exist.
    package static func notFound(_ key: String, in location: String) -> StorageError {
        StorageError(.notFound, "\(key) does not exist in \(location)")
    }

    /// The bucket or root directory does not exist.
    package static func noContainer(_ location: String) -> StorageError {
        StorageError(.containerNotFound, "\(location) does not exist; check the spelling or create it")
    }

    /// Bytes were asked for that the object does not have.
    package static func rangeNotSatisfiable(_ key: String, range: Range<Int>, byteCount: Int) -> StorageError {
        StorageError(
            .rangeNotSatisfiable,
            "\(key) has \(byteCount) bytes, fewer than the range \(range.lowerBound)..<\(range.upperBound) needs"
        )
    }
}
