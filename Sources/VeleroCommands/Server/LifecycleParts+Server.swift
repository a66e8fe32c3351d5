// SPDX-License-Identifier: Apache-2.0

import BackupControllers
import KubeClient
import LocationAccess
import ObjectStorage

extension LifecycleParts {
    /// How long a location that does not answer is tried before somebody is told.
    private static let probeTime: Duration = .seconds(10)

    /// As the server reaches the buckets of locations.
    init(_ configuration: LocationRepositories.Configuration, _ client: KubeClient) {
        var layers = configuration.layers
        let (namespace, variables) = (configuration.namespace, configuration.variables)
        let stores = LocationStores(client: client, namespace: namespace, variables: variables, layers: layers)
        layers.retryPolicy.totalTime = Self.probeTime
        self.init(
            stores: stores,
            probes: LocationStores(client: client, namespace: namespace, variables: variables, layers: layers),
            links: LocationLinks(client: client, namespace: namespace, variables: variables)
        )
    }
}
