// SPDX-License-Identifier: Apache-2.0

import DataMover

extension Console {
    /// Tells of an item that was not backed up or restored, as restic does.
    ///
    /// - Parameter phase: restic's `during`: `archival` or `restore`.
    func warn(_ failure: ItemFailure, during phase: String) {
        let path = PrintableText.name(failure.path)
        let text = failure.message.contains(path) ? failure.message : "\(path): \(failure.message)"
        guard isJSON else { return warn("\(failure.severity == .error ? "error" : "warning"): \(text)") }
        var json = JSONText()
        json.object { json in
            json.member("message_type", failure.severity.rawValue)
            json.key("error")
            json.object { $0.member("message", text) }
            json.member("during", phase)
            json.member("item", String(decoding: failure.path, as: UTF8.self))
        }
        warn(json.string)
    }
}
