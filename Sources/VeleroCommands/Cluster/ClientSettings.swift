// SPDX-License-Identifier: Apache-2.0

import KubeModel

/// Settings a person keeps in `~/.config/velero/config.json`; other members of the file are left alone.
struct ClientSettings: Sendable, Hashable {
    var namespace: String?

    /// Nothing is set.
    init() {}

    /// - Throws: ``CommandFailure`` if the file holds no JSON object of texts.
    init(_ bytes: [UInt8], path: String) throws {
        guard let json = try? KubeModel.JSONText.parse(bytes), let object = json.object else {
            throw CommandFailure("\(path) holds no JSON object; correct or remove it")
        }
        guard let value = object["namespace"] else { return }
        guard let text = value.string else { throw CommandFailure("\(path): namespace must be a text") }
        namespace = text.isEmpty ? nil : text
    }

    /// Where the file is; nil without a home directory.
    static func path(_ context: CommandContext) -> String? {
        context.variable("HOME").map { "\($0)/.config/velero/config.json" }
    }
}
