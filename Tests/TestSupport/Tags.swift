// SPDX-License-Identifier: Apache-2.0

package import Testing

extension Tag {
    /// Compares with another program or spans several targets.
    @Tag package static var integration: Self
    /// Takes more than a second.
    @Tag package static var slow: Self
}
