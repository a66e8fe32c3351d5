// SPDX-License-Identifier: Apache-2.0

import KubeModel

/// What to do about a refused request; decides only.
struct RequestRetry {
    enum Action: Equatable {
        /// Get fresh credentials and repeat at once.
        case refreshCredentials
        /// The server did not act on it and asks to come back.
        case wait(Duration)
        case giveUp
    }

    static let maximumWaitCount = 8
    static let maximumWait: Duration = .seconds(30)

    private var waitCount = 0
    private var hasRefreshed = false

    /// - Parameter retryAfter: From the answer's head, in seconds.
    mutating func decide(status: KubeStatus, retryAfter: Duration?) -> Action {
        switch status.code {
        case 401:
            guard !hasRefreshed else { return .giveUp }
            hasRefreshed = true
            return .refreshCredentials
        case 429, 503:
            // Without Retry-After the server may have acted on the request.
            guard let pause = retryAfter ?? status.retryAfter ?? (status.code == 429 ? .seconds(1) : nil),
                waitCount < Self.maximumWaitCount
            else { return .giveUp }
            waitCount += 1
            return .wait(min(pause, Self.maximumWait))
        default: return .giveUp
        }
    }
}
