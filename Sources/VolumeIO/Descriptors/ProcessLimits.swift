// SPDX-License-Identifier: Apache-2.0

import CShims
import Glibc

/// Limits and habits of this process that stand in the way of large volumes.
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

    /// Keeps freed memory from piling up.
    ///
    /// Left alone, the C library keeps a heap for every thread and ever larger freed buffers in them; pack-sized buffers handed from
    /// thread to thread then cost several times their size.
    package static func keepMemoryCompact() {
        shims_keep_memory_compact()
    }
}
