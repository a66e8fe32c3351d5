// SPDX-License-Identifier: Apache-2.0

import Foundation
import KubeModel
import Testing
import VeleroAPI

/// `deploy/crds` against the schemas; `make crds` runs this with `UPDATE_MANIFESTS=1`, which writes the files instead.
@Suite struct ManifestFilesTests {
    private var directory: URL {
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { root.deleteLastPathComponent() }
        return root.appendingPathComponent("deploy/crds")
    }

    private var wanted: [String: String] {
        var files = ["kustomization.yaml": CustomResource.kustomization]
        for resource in CustomResource.all where resource.isInstalled { files[resource.fileName] = resource.manifest }
        return files
    }

    @Test func `the committed manifests are those the schemas give`() throws {
        let manager = FileManager.default
        if ProcessInfo.processInfo.environment["UPDATE_MANIFESTS"] == "1" {
            try? manager.removeItem(at: directory)
            try manager.createDirectory(at: directory, withIntermediateDirectories: true)
            for (name, text) in wanted {
                try Data(text.utf8).write(to: directory.appendingPathComponent(name))
            }
        }
        let present = try manager.contentsOfDirectory(atPath: directory.path)
        #expect(Set(present) == Set(wanted.keys), "run make crds")
        for (name, text) in wanted {
            let bytes = try Data(contentsOf: directory.appendingPathComponent(name))
            #expect(String(decoding: bytes, as: UTF8.self) == text, "\(name) is not current: run make crds")
        }
    }
}
