// SPDX-License-Identifier: Apache-2.0

/// What a node is; raw values are the words of the format.
package enum NodeKind: String, Sendable, CaseIterable {
    case file
    case directory = "dir"
    case symlink
    case blockDevice = "dev"
    case characterDevice = "chardev"
    case fifo
    case socket
    case irregular
    /// A word this reader does not know; such a node can be reported and dropped but not restored.
    case unknown = ""
}
