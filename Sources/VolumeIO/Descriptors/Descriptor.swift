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

/// Limits of this process that stand in the way of deep trees.
package enum ProcessLimits {
    /// Raises the limit on open files to the most this process may have.
    ///
    /// A walk keeps one descriptor per directory level, so the usual limit of 1,024 would bound the depth of a tree.
    package static func raiseOpenFileLimit() {
        var limit = rlimit()
        // SAFETY: both calls only read or write the structure they are lent.
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        guard limit.rlim_cur < limit.rlim_max else { return }
        limit.rlim_cur = limit.rlim_max
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
