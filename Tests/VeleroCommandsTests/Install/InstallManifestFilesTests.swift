// SPDX-License-Identifier: Apache-2.0

import Foundation
import KubeClient
import KubeModel
import Testing

@testable import VeleroCommands

/// `deploy` and `daemonset` against the objects of an installation; `make manifests` runs this with `UPDATE_MANIFESTS=1`, which writes
/// the files instead.
@Suite struct InstallManifestFilesTests {
    private var root: URL {
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { root.deleteLastPathComponent() }
        return root
    }

    @Test func `the committed manifests are those of the objects`() throws {
        let isUpdate = ProcessInfo.processInfo.environment["UPDATE_MANIFESTS"] == "1"
        for (path, text) in InstallManifests.files {
            let file = root.appendingPathComponent(path)
            if isUpdate {
                let directory = file.deletingLastPathComponent()
                try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
                try Data(text.utf8).write(to: file)
            }
            let present = try String(decoding: Data(contentsOf: file), as: UTF8.self)
            #expect(present == text, "\(path) is not current: run make manifests")
        }
    }

    @Test func `velero install prints the same objects`() async throws {
        let output = RecordedOutput()
        let words = [
            "install", "--use-restic", "--provider", "aws", "--bucket", "velero", "--backup-location-config",
            "region=us-east-1", "--secret-file", "keys", "--dry-run", "-o", "yaml",
        ]
        let context = CommandContext.scripted(output: output, input: ScriptedInput(files: ["/srv/dir/keys": [1]]))
        #expect(await CommandLineRunner.run(words, in: context) == .success, "\(output.errorText)")
        let list = try YAMLText.parse(Array(output.text.utf8))
        let printed = try #require(list.first?["items"]?.array).filter { $0["kind"] != "Secret" }
        var committed: [JSONValue] = []
        for directory in ["deploy/crds", "deploy/velero", "deploy/location"] {
            let files = try FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent(directory).path)
            for file in files where file != "kustomization.yaml" {
                let bytes = try Data(contentsOf: root.appendingPathComponent("\(directory)/\(file)"))
                committed += try YAMLText.parse(Array(bytes))
            }
        }
        #expect(Set(printed.map(KubeModel.JSONText.string)) == Set(committed.map(KubeModel.JSONText.string)))
    }
}
