// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import ClusterArchive
import KubeModel
import VeleroAPI

/// Pods: hooks, claims and volumes, and the files of the latter.
extension BackupPipeline {
    /// What is known of the claims behind a pod's volumes.
    private struct Claims {
        /// By the claim's name.
        var found: [String: PodVolumeEligibility.Claim] = [:]
        /// The same objects, for taking them along.
        var objects: [RelatedObject: KubeObject] = [:]
    }

    func takePod(_ object: KubeObject, _ type: ResourceType) async throws {
        let pod = Pod(object: object)
        guard try await hooks.run(.pre, in: pod) else {
            journal.error(entry("Error backing up item", object, type, error: "a hook failed that has onError Fail"))
            return
        }
        do {
            let claims = try await claims(of: pod)
            var changed = object
            try await takeAlong(&changed, type, known: claims.objects)
            let (names, isComplete) = try await beginVolumes(of: pod, claims)
            if isComplete { try await write(changed, type) }
            if hooks.has(.post, pod) { try await postHooks.jobs.send(PostHooks.Job(pod: pod, volumes: names)) }
        } catch {
            await hooks.resume(pod)
            throw error
        }
    }

    /// Asks for backups of the pod's volumes.
    ///
    /// - Returns: Their names, and whether all went well; a pod whose volumes cannot be backed up is left out, lest it be restored
    ///   with empty ones.
    private func beginVolumes(of pod: Pod, _ claims: Claims) async throws -> (names: [String], isComplete: Bool) {
        let selection = VolumeSelection(
            pod,
            takesAll: subject.backup.takesAllVolumes ?? false,
            includesClaims: subject.includesClaims,
            policy: subject.policy
        ) { volume in Self.facts(volume, pod, claims) }
        for volume in pod.volumes {
            guard let reason = selection.leftOut[volume.name],
                let claim = PodVolumeEligibility.claimName(of: volume, in: pod)
            else { continue }
            information.noteSkipped(
                ObjectKey(namespace: pod.namespace, name: claim),
                approach: "podvolume",
                reason: reason
            )
        }
        var names: [String] = []
        var isComplete = true
        for volume in selection.chosen {
            switch try await begin(volume, of: pod, claims) {
            case .begun(let name): names.append(name)
            case .skipped: break
            case .failed: isComplete = false
            }
        }
        return (names, isComplete)
    }

    private enum VolumeOutcome {
        case begun(String)
        case skipped
        case failed
    }

    private func begin(_ name: String, of pod: Pod, _ claims: Claims) async throws -> VolumeOutcome {
        let claimName = pod.volume(named: name).flatMap { PodVolumeEligibility.claimName(of: $0, in: pod) }
        let claimKey = claimName.map { ObjectKey(namespace: pod.namespace, name: $0) }
        let decision = PodVolumeEligibility.decide(
            volume: name,
            of: pod,
            claim: claimName.flatMap { claims.found[$0] },
            earlierPod: claimKey.flatMap { takenClaims[$0] }
        )
        switch decision {
        case .skipped(let reason):
            journal.info(reason, ["namespace": pod.namespace ?? "", "name": pod.name])
            return .skipped
        case .skippedWithWarning(let reason):
            journal.warning(.init(reason, resource: "pods", namespace: pod.namespace, name: pod.name))
            if let claimKey { information.noteSkipped(claimKey, approach: "podvolume", reason: reason) }
            return .skipped
        case .failed(let reason):
            tellFailure(name, pod, reason)
            return .failed
        case .eligible(let claim):
            do {
                let begun = try await volumes.begin(name, of: pod, claim: claim)
                if let claimKey { takenClaims[claimKey] = pod.key }
                journal.info(
                    "Asked for the backup of a volume",
                    ["namespace": pod.namespace ?? "", "name": pod.name, "volume": name, "podVolumeBackup": begun]
                )
                return .begun(begun)
            } catch {
                try Task.checkCancellation()
                tellFailure(name, pod, "\(error)")
                return .failed
            }
        }
    }

    private func tellFailure(_ volume: String, _ pod: Pod, _ reason: String) {
        journal.error(
            .init(
                "Error backing up item",
                resource: "pods",
                namespace: pod.namespace,
                name: pod.name,
                error: "volume \(volume): \(reason)"
            )
        )
    }

    // MARK: Claims

    private func claims(of pod: Pod) async throws -> Claims {
        var claims = Claims()
        guard let claimType = subject.kinds["persistentvolumeclaims"],
            let volumeType = subject.kinds["persistentvolumes"]
        else { return claims }
        for volume in pod.volumes {
            guard let name = PodVolumeEligibility.claimName(of: volume, in: pod), claims.found[name] == nil else {
                continue
            }
            let key = ObjectKey(namespace: pod.namespace, name: name)
            do {
                guard let object = try await source.object(claimType, key) else {
                    claims.found[name] = .unreadable("persistentvolumeclaims \"\(name)\" not found")
                    continue
                }
                let claim = PersistentVolumeClaim(object: object)
                claims.objects[RelatedObject("persistentvolumeclaims", key)] = object
                var bound: PersistentVolume?
                if let volumeName = claim.volumeName {
                    let volumeKey = ObjectKey(namespace: nil, name: volumeName)
                    if let object = try await source.object(volumeType, volumeKey) {
                        bound = PersistentVolume(object: object)
                    }
                }
                claims.found[name] = .found(claim, bound)
            } catch let error as SourceError {
                claims.found[name] = .unreadable("\(error)")
            }
        }
        return claims
    }

    private static func facts(_ volume: Pod.Volume, _ pod: Pod, _ claims: Claims) -> VolumeFacts? {
        guard let name = PodVolumeEligibility.claimName(of: volume, in: pod) else { return VolumeFacts(volume) }
        guard case .found(let claim, let bound)? = claims.found[name] else { return nil }
        return VolumeFacts(bound, claim: claim)
    }
}
