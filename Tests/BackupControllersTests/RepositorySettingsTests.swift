// SPDX-License-Identifier: Apache-2.0

import BackupControllers
import Testing

@Suite struct RepositorySettingsTests {
    @Test func `repositories are pruned once a week unless told otherwise`() {
        #expect(RepositorySettings(namespace: "velero").maintenanceFrequency == .seconds(7 * 24 * 3600))
    }
}
