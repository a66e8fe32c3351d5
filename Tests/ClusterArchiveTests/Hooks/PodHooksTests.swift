// SPDX-License-Identifier: Apache-2.0

import ClusterArchive
import KubeModel
import Testing

@Suite struct PodHooksTests {
    private func pod(_ annotations: [String: String] = [:], in namespace: String = "shop", phase: String = "Running")
        -> Pod
    {
        var pod = Pod(name: "web", namespace: namespace)
        pod.metadata.labels = ["app": "web"]
        pod.metadata.annotations = annotations
        pod["status", "phase"] = .string(phase)
        return pod
    }

    private func hooks(_ resources: JSONValue = []) throws -> PodHooks {
        try PodHooks(Fixture.backup(["hooks": ["resources": resources]]), resolve: Fixture.resolve)
    }

    @Test func `an annotation's command is a word or a list, with its own settings`() throws {
        let word = try hooks().select(.pre, for: pod(["pre.hook.backup.velero.io/command": "/sbin/sync"]))
        #expect(word.hooks.map(\.command) == [["/sbin/sync"]])
        #expect(word.hooks.first?.timeout == .seconds(30) && word.hooks.first?.failsPod == false)
        let list = try hooks().select(
            .post,
            for: pod([
                "post.hook.backup.velero.io/command": #"["/bin/sh", "-c", "echo a"]"#,
                "post.hook.backup.velero.io/container": "db", "post.hook.backup.velero.io/on-error": "Fail",
                "post.hook.backup.velero.io/timeout": "90s",
            ])
        )
        let hook = try #require(list.hooks.first)
        #expect(hook.command == ["/bin/sh", "-c", "echo a"] && hook.container == "db")
        #expect(hook.failsPod && hook.timeout == .seconds(90))
        let odd = try hooks().select(
            .pre,
            for: pod(["hook.backup.velero.io/command": "[not json", "hook.backup.velero.io/timeout": "soon"])
        )
        #expect(odd.hooks.map(\.command) == [["[not json"]] && odd.hooks.first?.timeout == .seconds(30))
        #expect(odd.problems == ["Unable to parse provided timeout soon, using default"])
    }

    @Test func `the backup's hooks run in pods they select that have none of their own`() throws {
        let hooks = try hooks([
            ["name": "all", "pre": [["exec": ["command": ["a"]]], ["exec": ["command": ["b"], "onError": "Fail"]]]],
            ["name": "elsewhere", "includedNamespaces": ["other-*"], "pre": [["exec": ["command": ["c"]]]]],
            [
                "name": "labelled", "labelSelector": ["matchLabels": ["app": "web"]], "includedResources": ["po"],
                "pre": [["exec": ["command": ["d"], "timeout": "1m"]]], "post": [["exec": ["command": ["e"]]]],
            ],
            ["name": "not pods", "includedResources": ["pvc"], "pre": [["exec": ["command": ["f"]]]]],
        ])
        let pre = hooks.select(.pre, for: pod())
        #expect(
            pre.hooks.map(\.command) == [["a"], ["b"], ["d"]] && pre.hooks.map(\.failsPod) == [false, true, false]
        )
        #expect(hooks.select(.pre, for: pod(in: "other-1")).hooks.map(\.command) == [["a"], ["b"], ["c"], ["d"]])
        #expect(hooks.select(.post, for: pod()).hooks.map(\.command) == [["e"]])
        let own = hooks.select(.pre, for: pod(["pre.hook.backup.velero.io/command": "x"]))
        #expect(own.hooks.map(\.command) == [["x"]])
        #expect(hooks.select(.pre, for: pod(phase: "Succeeded")).hooks.isEmpty)
    }
}
