// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// An object that another one in the backup needs.
package struct RelatedObject: Sendable, Hashable {
    /// Its kind as `resource.group`.
    package var resource: String
    package var key: ObjectKey

    package init(_ resource: String, _ key: ObjectKey) {
        self.resource = resource
        self.key = key
    }
}
