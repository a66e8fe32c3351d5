// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import ClusterArchive
import KubeModel
import Synchronization

/// Runs the hooks of a backup and counts them.
final class HookExecution: Sendable {
    private let commands: any CommandRunner
    private let journal: BackupJournal
    private let hooks: PodHooks
    private let clock: any Clock<Duration>
    private let counted = Mutex(HookCounts())

    init(_ hooks: PodHooks, _ commands: any CommandRunner, _ journal: BackupJournal, clock: any Clock<Duration>) {
        self.hooks = hooks
        self.commands = commands
        self.journal = journal
        self.clock = clock
    }

    var counts: HookCounts { counted.withLock { $0 } }

    /// Whether a pod has hooks of a phase.
    func has(_ phase: BackupHook.Phase, _ pod: Pod) -> Bool { !hooks.select(phase, for: pod).hooks.isEmpty }

    /// Runs the hooks of a pod, one after the other.
    ///
    /// - Returns: False if one failed that says that the pod is not to be backed up then.
    /// - Throws: `CancellationError`.
    func run(_ phase: BackupHook.Phase, in pod: Pod) async throws -> Bool {
        let selection = hooks.select(phase, for: pod)
        for problem in selection.problems { journal.warning(entry(problem, pod)) }
        for hook in selection.hooks {
            counted.withLock { $0.attempted += 1 }
            if let failure = try await perform(hook, phase, pod) {
                counted.withLock { $0.failed += 1 }
                journal.error(entry("Error executing hook", pod, error: failure))
                if hook.failsPod { return false }
            }
        }
        return true
    }

    /// Runs the hooks after a pod though the backup ends early, lest an application stay stopped that a hook has stopped.
    func resume(_ pod: Pod) async {
        guard has(.post, pod) else { return }
        // Failures are in the journal; there is nobody else to tell.
        _ = try? await withCancellationShield(timeout: Self.resumeTime, clock: clock) {
            try await self.run(.post, in: pod)
        }
    }

    /// Less than a pod is given to end.
    private static let resumeTime: Duration = .seconds(15)

    /// - Returns: What went wrong; nil if nothing did.
    private func perform(_ hook: BackupHook, _ phase: BackupHook.Phase, _ pod: Pod) async throws -> String? {
        guard let container = hook.container ?? pod.containers.first?.name else { return "the pod has no container" }
        guard pod.containers.contains(where: { $0.name == container }) else { return "no such container: \(container)" }
        var fields = [
            "hookName": hook.name, "hookPhase": phase.rawValue, "hookContainer": container,
            "namespace": pod.namespace ?? "", "name": pod.name,
        ]
        journal.info("running exec hook", fields)
        let output = OutputSample()
        do {
            let commands = commands
            let key = pod.key
            let code = try await withDeadline(hook.timeout, clock: clock) {
                try await commands.run(hook, in: key, container: container) { output.add($0) }
            }
            fields["output"] = output.text
            journal.info("exec hook ended", fields)
            return code == 0 ? nil : "command terminated with exit code \(code)"
        } catch is DeadlineExceeded {
            return "timed out after \(hook.timeout.components.seconds)s"
        } catch {
            try Task.checkCancellation()
            return "\(error)"
        }
    }

    private func entry(_ message: String, _ pod: Pod, error: String? = nil) -> BackupResults.Entry {
        BackupResults.Entry(message, resource: "pods", namespace: pod.namespace, name: pod.name, error: error)
    }
}

/// The beginning of what a command wrote.
private final class OutputSample: Sendable {
    private let bytes = Mutex<[UInt8]>([])

    private static let keptByteCount = 4096

    func add(_ more: [UInt8]) {
        bytes.withLock { $0.append(contentsOf: more.prefix(Self.keptByteCount - $0.count)) }
    }

    var text: String { String(decoding: bytes.withLock { $0 }, as: UTF8.self) }
}

/// Runs hooks that come after a pod's volumes are backed up, beside the backup of other objects.
struct PostHooks: Sendable {
    /// A pod that waits for its volumes.
    struct Job: Sendable {
        let pod: Pod
        let volumes: [String]
    }

    let jobs = BoundedChannel<Job>(capacity: 64)
    let hooks: HookExecution
    let volumes: RunVolumes
    let subject: BackupSubject

    /// Runs until ``jobs`` is finished and all is done.
    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            while let job = try await jobs.receive() {
                group.addTask {
                    do {
                        // When the time is over, an application that was stopped must go on all the same.
                        _ = try await volumes.waitUntilFinal(job.volumes, subject)
                    } catch {
                        await hooks.resume(job.pod)
                        throw error
                    }
                    _ = try await hooks.run(.post, in: job.pod)
                }
            }
            try await group.waitForAll()
        }
    }
}
