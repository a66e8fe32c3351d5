// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// How one object of a store changed.
package struct StoreChange: Sendable, Hashable {
    package let key: ObjectKey
    /// Nil if the object was not known before.
    package let old: KubeObject?
    /// Nil if the object is gone.
    package let new: KubeObject?

    package init(key: ObjectKey, old: KubeObject?, new: KubeObject?) {
        self.key = key
        self.old = old
        self.new = new
    }
}
