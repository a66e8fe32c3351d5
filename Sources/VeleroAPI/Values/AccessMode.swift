// SPDX-License-Identifier: Apache-2.0

/// What may be done with a storage location.
package enum AccessMode: TextEnumeration {
    case readOnly
    case readWrite
    case unknown(String)

    package static var texts: [(value: Self, text: String)] {
        [(.readOnly, "ReadOnly"), (.readWrite, "ReadWrite")]
    }

    package var unknownText: String? {
        guard case .unknown(let text) = self else { return nil }
        return text
    }
}
