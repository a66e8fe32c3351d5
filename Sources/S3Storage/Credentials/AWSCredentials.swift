// SPDX-License-Identifier: Apache-2.0

/// A key pair for signing, with the session token and expiry that temporary ones carry.
///
/// Never prints its secrets: description, debug description and mirror show the access key id only.
package struct AWSCredentials: Sendable, Hashable {
    /// Public name of the key; may be printed.
    package var accessKeyID: String
    /// Secret; never printed, sent nowhere.
    package var secretAccessKey: String
    /// Goes along with temporary keys; never printed.
    package var sessionToken: String?
    /// When they stop being valid; nil for keys that do not expire.
    package var expiration: UTCTime?

    package init(
        accessKeyID: String,
        secretAccessKey: String,
        sessionToken: String? = nil,
        expiration: UTCTime? = nil
    ) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiration = expiration
    }
}

extension AWSCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String {
        "AWSCredentials(\(accessKeyID)\(sessionToken == nil ? "" : ", session token")"
            + (expiration.map { ", until \($0.basicDateTime)" } ?? "") + ")"
    }

    package var debugDescription: String { description }

    package var customMirror: Mirror { Mirror(self, children: ["accessKeyID": accessKeyID]) }
}
