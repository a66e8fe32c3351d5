// SPDX-License-Identifier: Apache-2.0

import Telemetry
import Testing

@Suite struct LogFormatTests {
    @Test func `the words of --log-format`() {
        #expect(LogFormat.allCases.map(\.rawValue) == ["text", "json"])
    }
}
