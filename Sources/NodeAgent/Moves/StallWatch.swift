// SPDX-License-Identifier: Apache-2.0

/// Decides when a move is stuck in its volume, such as on a file server that is gone; knows no clock.
struct StallWatch: Sendable {
    /// How long a call may take while nothing else comes on.
    let patience: Duration
    /// How long a call may take once the move was told to stop.
    let stopPatience: Duration

    private var activity = -1
    private var changed: Duration = .zero
    private var stopped: Duration?

    init(patience: Duration, stopPatience: Duration) {
        self.patience = patience
        self.stopPatience = stopPatience
    }

    /// - Parameters:
    ///   - time: Since the move began.
    ///   - activity: A number that changes whenever the move comes on.
    ///   - blocked: How long the longest piece of work of its threads has been going on; may be long while the move comes on.
    ///   - isStopped: Whether the move was told to stop.
    mutating func isLost(at time: Duration, activity: Int, blocked: Duration, isStopped: Bool) -> Bool {
        if activity != self.activity {
            self.activity = activity
            changed = time
        }
        if isStopped {
            let since = stopped ?? time
            stopped = since
            if time - since >= stopPatience, blocked >= stopPatience { return true }
        }
        return time - changed >= patience && blocked >= patience
    }
}
