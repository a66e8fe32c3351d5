// SPDX-License-Identifier: Apache-2.0

import KubeModel
import TestSupport
import Testing

@Suite("Views of kinds")
struct KindTests {
    @Test("a pod's volumes, mounts and container states are found")
    func pod() throws {
        let text = #"""
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"n"},"spec":{"nodeName":"node-1",
            "volumes":[{"name":"data","persistentVolumeClaim":{"claimName":"c"}},{"name":"tmp","emptyDir":{}}],
            "initContainers":[{"name":"wait"}],
            "containers":[{"name":"main","volumeMounts":[{"name":"data","mountPath":"/d","subPath":"s","readOnly":true}],
            "volumeDevices":[{"name":"raw","devicePath":"/dev/x"}]}]},
            "status":{"phase":"Running","containerStatuses":[{"name":"main","ready":true,"state":{"running":{}}}],
            "initContainerStatuses":[{"name":"wait","state":{"terminated":{"exitCode":3}}}]}}
            """#
        let pod = try #require(Pod(ifOfKind: try KubeObject(parsing: Array(text.utf8))))
        #expect(pod.nodeName == "node-1")
        #expect(pod.phase == .running)
        #expect(pod.volume(named: "data")?.claimName == "c")
        #expect(pod.volume(named: "tmp")?.source == "emptyDir")
        #expect(pod.volumes.map { $0.isSource("emptyDir") } == [false, true])
        let mount = try #require(pod.containers.first?.volumeMounts.first)
        #expect(mount.name == "data" && mount.mountPath == "/d" && mount.subPath == "s" && mount.isReadOnly)
        #expect(pod.containers.first?.volumeDeviceNames == ["raw"])
        #expect(pod.containerStatuses.first?.isRunning == true)
        #expect(pod.initContainerStatuses.first?.exitCode == 3)
        #expect(Node(ifOfKind: pod.object) == nil)
    }

    @Test("claims and volumes name each other")
    func storage() {
        var claim = PersistentVolumeClaim(name: "c", namespace: "n")
        claim["spec", "volumeName"] = "pv-1"
        claim["spec", "resources", "requests", "storage"] = "10Gi"
        #expect(claim.volumeName == "pv-1")
        #expect(claim.requestedStorage?.roundedUp == 10 << 30)
        #expect(claim.volumeMode == "Filesystem")
        var volume = PersistentVolume(name: "pv-1")
        volume["spec", "claimRef"] = ["namespace": "n", "name": "c"]
        volume["spec", "csi"] = ["driver": "efs.csi.aws.com"]
        #expect(volume.claim == claim.key)
        #expect(volume.csiDriver == "efs.csi.aws.com")
        #expect(!volume.isSource("hostPath"))
    }

    @Test("a secret's bytes are kept; other keys stay as they are")
    func secret() throws {
        var secret = Secret(object: try KubeObject(parsing: Array(#"{"data":{"a":"AP8=","bad":"*"}}"#.utf8)))
        #expect(secret[data: "a"] == [0, 255])
        #expect(secret[data: "bad"] == nil)
        #expect(secret[data: "none"] == nil)
        secret[data: "b"] = Array("hello".utf8)
        #expect(JSONText.string(of: secret.object.json) == #"{"data":{"a":"AP8=","bad":"*","b":"aGVsbG8="}}"#)
    }

    @Test("Base64 of any length is read back; damaged text is refused")
    func base64() {
        for count in 0..<50 {
            var generator = SplitMixGenerator(seed: UInt64(count))
            let bytes = generator.bytes(count)
            #expect(Base64.decode(Base64.encode(bytes)) == bytes)
        }
        for text in ["A", "AA", "AAA", "A===", "AA=", "AA==A", "=", "AA=A", "AAAA=", "A A="] {
            #expect(Base64.decode(text) == nil, "\(text)")
        }
    }

    @Test("a lease keeps holder, times and duration")
    func lease() throws {
        var lease = Lease(name: "l", namespace: "velero")
        lease.holder = "me"
        lease.duration = .seconds(15)
        lease.renewTime = KubeTime(seconds: 0, nanoseconds: 1_000)
        lease.transitionCount += 1
        let spec = try JSONText.parse(
            #"{"holderIdentity":"me","leaseDurationSeconds":15,"renewTime":"1970-01-01T00:00:00.000001Z","leaseTransitions":1}"#
        )
        #expect(lease["spec"] == spec)
        #expect(lease.renewTime == KubeTime(seconds: 0, nanoseconds: 1_000))
        lease.holder = nil
        #expect(lease.holder == nil)
    }
}
