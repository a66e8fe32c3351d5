// SPDX-License-Identifier: Apache-2.0

/// What the health server says to one request.
struct HealthAnswer: Sendable, Hashable {
    var status: Int
    var contentType = "text/plain; charset=utf-8"
    var body: String

    /// Decides about a request; only `GET` and `HEAD` are served.
    static func answer(method: String, path: String, _ sources: HealthSources) -> HealthAnswer {
        guard method == "GET" || method == "HEAD" else {
            return HealthAnswer(status: 405, body: "only GET and HEAD\n")
        }
        switch path {
        case "/metrics":
            return HealthAnswer(status: 200, contentType: PrometheusText.contentType, body: sources.metrics.text)
        case "/healthz", "/livez": return answer(sources.isAlive())
        case "/readyz": return answer(sources.isReady())
        default: return HealthAnswer(status: 404, body: "there are /metrics, /healthz and /readyz\n")
        }
    }

    private static func answer(_ state: HealthState) -> HealthAnswer {
        switch state {
        case .good: HealthAnswer(status: 200, body: "ok\n")
        case .bad(let reason): HealthAnswer(status: 503, body: reason + "\n")
        }
    }
}

/// Whether a process does what it is there for.
package enum HealthState: Sendable, Hashable {
    case good
    /// With a reason a person can act on; no secrets.
    case bad(String)
}

/// What a health server tells of.
package struct HealthSources: Sendable {
    package var metrics: MetricRegistry
    /// Asked at `/readyz`; must not block.
    package var isReady: @Sendable () -> HealthState
    /// Asked at `/healthz`; must not block.
    package var isAlive: @Sendable () -> HealthState

    package init(
        metrics: MetricRegistry,
        isReady: @escaping @Sendable () -> HealthState = { .good },
        isAlive: @escaping @Sendable () -> HealthState = { .good }
    ) {
        self.metrics = metrics
        self.isReady = isReady
        self.isAlive = isAlive
    }
}
