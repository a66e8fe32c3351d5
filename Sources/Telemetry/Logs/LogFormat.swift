// SPDX-License-Identifier: Apache-2.0

/// How log lines are written (`--log-format`).
package enum LogFormat: String, Sendable, CaseIterable {
    case text
    case json
}
