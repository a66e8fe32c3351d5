// SPDX-License-Identifier: Apache-2.0

internal import ResticFormat

/// Lowercase forms of names, scalar by scalar; bytes that are not UTF-8 stay as they are.
enum CaseFolding {
    static func lowercase(_ name: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(name.count)
        var index = 0
        while index < name.count {
            let byte = name[index]
            if byte < 0x80 {
                output.append((0x41...0x5a).contains(byte) ? byte | 0x20 : byte)
                index += 1
                continue
            }
            guard let decoded = UTF8Scalar(in: name.span, at: index) else {
                output.append(byte)
                index += 1
                continue
            }
            UTF8Scalar.append(lowercase(decoded.value), to: &output)
            index += decoded.byteCount
        }
        return output
    }

    private static func lowercase(_ value: UInt32) -> UInt32 {
        guard let scalar = Unicode.Scalar(value) else { return value }
        let mapping = scalar.properties.lowercaseMapping.unicodeScalars
        guard let first = mapping.first else { return value }
        return first.value
    }
}
