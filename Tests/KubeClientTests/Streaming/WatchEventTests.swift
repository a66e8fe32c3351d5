// SPDX-License-Identifier: Apache-2.0

import KubeModel
import Testing

@testable import KubeClient

@Suite("Watch events")
struct WatchEventTests {
    private func event(_ text: String) -> WatchEvent { WatchEvent(parsing: Array(text.utf8), as: Pod.resourceType) }

    @Test("each type is told apart, and objects get the kind the server left out")
    func types() throws {
        let object = #""object":{"metadata":{"name":"p","resourceVersion":"5"}}"#
        var expected = KubeObject(fields: ["metadata": ["name": "p", "resourceVersion": "5"]])
        expected.apiVersion = "v1"
        expected.kind = "Pod"
        #expect(event(#"{"type":"ADDED",\#(object)}"#) == .added(expected))
        #expect(event(#"{"type":"MODIFIED",\#(object)}"#) == .modified(expected))
        #expect(event(#"{"type":"DELETED",\#(object)}"#) == .deleted(expected))
        #expect(event(#"{"type":"BOOKMARK",\#(object)}"#) == .bookmark(resourceVersion: "5"))
        let gone = #"{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","reason":"Expired","code":410}}"#
        guard case .failed(let status) = event(gone) else {
            Issue.record("no failure")
            return
        }
        #expect(status.reason == .expired)
    }

    @Test(
        "a line that is no event is reported and harms nothing else",
        arguments: [
            "{", "[]", #"{"type":"ADDED"}"#, #"{"type":"ADDED","object":[]}"#,
            #"{"type":"ADDED","object":{"metadata":{}}}"#,
            #"{"type":"HUH","object":{}}"#, #"{"type":"BOOKMARK","object":{}}"#,
        ]
    )
    func undecodable(_ text: String) {
        guard case .undecodable = event(text) else {
            Issue.record("\(text) was read")
            return
        }
    }

    @Test("an error without Status is a failure all the same")
    func unknownError() {
        guard case .failed = event(#"{"type":"ERROR","object":{}}"#) else {
            Issue.record("no failure")
            return
        }
    }
}
