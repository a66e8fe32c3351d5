// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import KubeClient
import KubeModel
import KubeRuntime
import Logging
import VeleroAPI

/// What reconciling shares.
struct AgentContext: Sendable {
    let settings: NodeAgentSettings
    let client: KubeClient
    let stores: AgentStores
    let queue: WorkQueue<WorkKey>
    let table: MoveTable
    /// Moves that were claimed and are to run; never more than there are slots.
    let started: BoundedChannel<StartedMove>
    /// Tells people about ends.
    let events: EventRecorder
    let clock: any Clock<Duration>
    let now: @Sendable () -> KubeTime
    let logger: Logger

    /// Lets those try that wait for a slot, as many as there are free.
    func wakeWaiting() {
        for key in table.wake() { queue.add(key) }
    }
}

/// A claimed resource and what moves its volume.
struct StartedMove: Sendable {
    let key: WorkKey
    let run: @Sendable () async -> MoveEnd
}
