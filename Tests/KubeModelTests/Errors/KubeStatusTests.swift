// SPDX-License-Identifier: Apache-2.0

import KubeModel
import Testing

@Suite("Status errors")
struct KubeStatusTests {
    @Test("the server's words, causes and waiting time are read")
    func full() throws {
        let status = try #require(
            KubeStatus(
                try JSONText.parse(
                    #"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Pod \"x\" is invalid","#
                        + #""reason":"Invalid","details":{"name":"x","kind":"Pod","causes":[{"reason":"FieldValueRequired","#
                        + #""message":"Required value","field":"spec.containers"}],"retryAfterSeconds":3},"code":422}"#
                )
            )
        )
        #expect(status.code == 422)
        #expect(status.reason == .invalid)
        #expect(status.description == #"Pod "x" is invalid"#)
        #expect(status.causes.map(\.field) == ["spec.containers"])
        #expect(status.retryAfter == .seconds(3))
        #expect(status.name == "x")
    }

    @Test("a reason that is missing follows from the code, one that is unknown is kept")
    func reasons() {
        #expect(KubeStatus(["kind": "Status", "apiVersion": "v1", "code": 410])?.reason == .gone)
        #expect(KubeStatus(["kind": "Status", "apiVersion": "v1", "reason": "New"])?.reason.rawValue == "New")
        #expect(KubeStatus(["kind": "Pod", "apiVersion": "v1"]) == nil)
    }
}
