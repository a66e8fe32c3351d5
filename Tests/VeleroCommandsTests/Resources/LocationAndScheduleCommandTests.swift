// SPDX-License-Identifier: Apache-2.0

import KubeModel
import TestSupport
import Testing
import VeleroAPI

@testable import VeleroCommands

/// Commands against a real API server, beside kubectl.
@Suite(.controlPlane, .tags(.integration), .timeLimit(.minutes(5)), .serialized)
struct LocationAndScheduleCommandTests {
    private func velero(_ line: String, answer: String? = nil, words more: [String] = []) async throws -> (
        code: CommandExitCode, text: String, error: String
    ) {
        let output = RecordedOutput()
        var input = ScriptedInput()
        input.line = answer
        input.files["/srv/dir/ca.pem"] = Array("-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n".utf8)
        let context = CommandContext.scripted(
            environment: ["KUBECONFIG": try ControlPlane.required().kubeconfig],
            output: output,
            input: input
        )
        let words = line.split(separator: " ").map(String.init) + more
        let code = await CommandLineRunner.run(words, in: context)
        return (code, output.text, output.errorText)
    }

    /// Installs Velero's kinds and a namespace.
    private func prepare(_ namespace: String) async throws {
        #expect(try await velero("install --crds-only").code == .success)
        try await ControlPlane.required().kubectl(["create", "namespace", namespace])
    }

    private func value(_ kind: String, _ name: String, _ namespace: String, _ path: String) async throws -> String {
        try await ControlPlane.required().kubectl([
            "get", "\(kind).velero.io", name, "-n", namespace, "-o", "jsonpath={\(path)}",
        ])
    }

    @Test func `locations are made, listed, changed and removed`() async throws {
        try await prepare("loc")
        let made = try await velero(
            "backup-location create main --provider aws --bucket b --prefix p -n loc --default --cacert ca.pem "
                + "--config region=eu-1,s3Url=http://minio:9000 --credential keys=cloud --backup-sync-period 2m"
        )
        #expect(made.text == "Backup storage location \"main\" configured successfully.\n", "\(made.error)")
        #expect(try await value("backupstoragelocation", "main", "loc", ".spec.backupSyncPeriod") == "2m0s")
        #expect(try await value("backupstoragelocation", "main", "loc", ".spec.credential.key") == "cloud")
        let second = try await velero("create backup-location two --provider aws --bucket b -n loc --default")
        #expect(second.code == .failure && second.error.contains("already exist default backup storage location"))
        let shown = try await velero("create backup-location two --provider aws --bucket b -n loc -o yaml")
        #expect(shown.text.contains("accessMode: ReadWrite") && shown.text.contains("name: two"))
        let only = try await velero(
            "create backup-location two --provider aws --bucket b -n loc --access-mode ReadOnly"
        )
        #expect(only.code == .success, "\(only.error)")
        let listed = try await velero("get backup-locations -n loc").text.split(separator: "\n")
        #expect(listed[0].split(separator: " ").first == "NAME" && listed.count == 3)
        #expect(listed[1].hasPrefix("main   aws        b/p") && listed[1].hasSuffix("ReadWrite     true"))
        #expect(listed[2].contains("Unknown") && listed[2].hasSuffix("ReadOnly"))
        #expect(
            try await velero("backup-location get --default -n loc -o name").text
                == "backupstoragelocations.velero.io/main\n"
        )
        #expect(try await velero("backup-location set two --default -n loc").code == .success)
        #expect(try await value("backupstoragelocation", "main", "loc", ".spec.default") == "false")
        #expect(try await velero("backup-location set main --cacert= -n loc").code == .success)
        #expect(try await value("backupstoragelocation", "main", "loc", ".spec.objectStorage.caCert").isEmpty)
        let none = try await velero("backup-location delete -n loc")
        #expect(none.error.contains("you must specify exactly one of: specific backup-location name(s)"))
        #expect(try await !velero("backup-location delete two -n loc", answer: "n").text.contains("deleted"))
        let gone = try await velero("delete backup-location two -n loc", answer: "y")
        #expect(gone.text.contains("Backup storage location \"two\" deleted successfully."))
        let missing = try await velero("backup-location get two -n loc")
        #expect(missing.error == "An error occurred: backupstoragelocations.velero.io \"two\" not found\n")
    }

    @Test func `schedules are made, listed, described, paused and deleted`() async throws {
        try await prepare("sched")
        let made = try await velero(
            "schedule create daily -n sched --include-namespaces a,b --ttl 48h --selector app=x "
                + "--snapshot-volumes=false --labels team=t --schedule",
            words: ["CRON_TZ=Europe/Berlin 0 7 * * *"]
        )
        #expect(made.text == "Schedule \"daily\" created successfully.\n", "\(made.error)")
        #expect(try await value("schedule", "daily", "sched", ".spec.template.includedNamespaces[1]") == "b")
        #expect(try await value("schedule", "daily", "sched", ".spec.template.snapshotVolumes") == "false")
        #expect(try await value("schedule", "daily", "sched", ".metadata.labels.team") == "t")
        let wrong = try await velero("schedule create x -n sched --schedule", words: ["0 7 * *"])
        #expect(wrong.error.contains("expected exactly 5 fields"))
        #expect(try await velero("schedule create x -n sched").error.contains("--schedule is required"))
        let listed = try await velero("get schedules -n sched").text.split(separator: "\n")
        #expect(listed[1].contains("CRON_TZ=Europe/Berlin 0 7 * * *") && listed[1].contains("48h0m0s"))
        #expect(listed[1].contains("app=x") && listed[1].hasSuffix("false"))
        let described = try await velero("describe schedule daily -n sched").text
        #expect(described.contains("Paused:  false\n") && described.contains("  Included:  a, b\n"))
        #expect(described.contains("Velero-Native Snapshot PVs:  false") && described.hasSuffix("<never>\n"))
        #expect(try await velero("schedule pause daily -n sched").text == "Schedule daily paused successfully\n")
        #expect(try await velero("schedule pause --all -n sched").text == "Schedule daily is already paused, skip\n")
        #expect(try await velero("schedule unpause daily -n sched --skip-immediately").code == .success)
        #expect(try await value("schedule", "daily", "sched", ".spec.skipImmediately") == "true")
        let deleted = try await velero("schedule delete -l team=t -n sched --confirm")
        #expect(deleted.text == "Schedule deleted: daily\n")
    }
}
