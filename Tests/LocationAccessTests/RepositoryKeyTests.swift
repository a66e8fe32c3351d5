// SPDX-License-Identifier: Apache-2.0

import LocationAccess
import Testing

@Suite struct RepositoryKeyTests {
    @Test func `a key tells namespace and location`() {
        #expect(RepositoryKey(namespace: "shop", location: "default").description == "shop in default")
    }
}
