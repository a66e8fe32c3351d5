// SPDX-License-Identifier: Apache-2.0

import KubeModel
import KubeRuntime
import VeleroAPI

extension EventRecorder {
    /// Notes how a resource ended, as its status tells.
    func record(endOf resource: some PodVolumeResource) {
        let isFine = resource.phase == .completed
        let told = resource.object["status", "message"]?.string ?? ""
        let message = [isFine ? Self.success(of: resource.object) : nil, told.isEmpty ? nil : told].compactMap(\.self)
        record(
            resource.object,
            isFine ? .normal : .warning,
            reason: resource.phase.text,
            message: message.joined(separator: "; ")
        )
    }

    /// What was done; nil if there was nothing to do.
    private static func success(of object: KubeObject) -> String? {
        let volume = object["spec", "volume"]?.string ?? ""
        if let backup = PodVolumeBackup(ifOfKind: object) {
            return backup.snapshotID.map { "volume \(volume) is stored as snapshot \($0)" }
        }
        let snapshot = PodVolumeRestore(ifOfKind: object)?.snapshotID ?? ""
        return "volume \(volume) is restored from snapshot \(snapshot)"
    }
}
