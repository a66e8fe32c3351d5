// SPDX-License-Identifier: Apache-2.0

package import LocationAccess

/// What the controllers of locations, schedules and requests reach beside the API server's objects.
package struct LifecycleParts: Sendable {
    /// Stores of locations, for work that is worth waiting for.
    let stores: any StoreProvider
    /// The same, which soon give up on a location that does not answer.
    let probes: any StoreProvider
    let links: LocationLinks

    package init(stores: any StoreProvider, probes: any StoreProvider, links: LocationLinks) {
        self.stores = stores
        self.probes = probes
        self.links = links
    }
}
