// SPDX-License-Identifier: Apache-2.0

import KubeModel

/// A resource the agent works on.
enum WorkKey: Hashable, Sendable, CustomStringConvertible {
    case backup(ObjectKey)
    case restore(ObjectKey)

    var description: String {
        switch self {
        case .backup(let key): "podvolumebackup \(key)"
        case .restore(let key): "podvolumerestore \(key)"
        }
    }
}
