// SPDX-License-Identifier: Apache-2.0

extension [UInt8] {
    /// Appends a copy of borrowed bytes.
    mutating func append(copying bytes: Span<UInt8>) {
        append(addingCapacity: bytes.count) { output in
            for index in bytes.indices { output.append(bytes[index]) }
        }
    }
}
