// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Owns one file descriptor and closes it when its life ends.
struct Descriptor: ~Copyable, Sendable {
    let rawValue: Int32

    init(_ rawValue: Int32) {
        self.rawValue = rawValue
    }

    deinit {
        // Nothing was written through buffers, so a late error of close has nothing to tell; Linux frees the number even on EINTR.
        _ = close(rawValue)
    }
}
