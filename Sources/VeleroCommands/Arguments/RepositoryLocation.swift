// SPDX-License-Identifier: Apache-2.0

/// Where a repository lives, as given with `-r`.
package enum RepositoryLocation: Hashable, Sendable {
    /// A local directory, as given (relative or absolute).
    case directory(String)
    /// An S3 location, the whole text including `s3:`.
    case s3(String)

    private static let schemes = ["azure", "b2", "gs", "rclone", "rest", "sftp", "swift"]

    /// Reads restic's notation: a path, `local:path` or `s3:…`.
    ///
    /// - Throws: ``CommandFailure`` for a backend that does not exist here and for text that may be either.
    package init(_ text: String) throws(CommandFailure) {
        if text.hasPrefix("local:") {
            self = .directory(String(text.dropFirst("local:".count)))
            return
        }
        if text.hasPrefix("s3:") {
            self = .s3(text)
            return
        }
        if let scheme = Self.schemes.first(where: { text.hasPrefix($0 + ":") }) {
            throw CommandFailure(
                "repositories behind \"\(scheme):\" cannot be opened: only directories and S3 (s3:https://host/bucket) can"
            )
        }
        let isPath = text.hasPrefix("/") || text.hasPrefix("./") || text.hasPrefix("../")
        guard isPath || !text.contains(":") else {
            throw CommandFailure(
                "\"\(Self.withoutSecrets(text))\" names no known backend; put \"local:\" before it if it is a directory"
            )
        }
        self = .directory(text)
    }

    /// The location for messages, without user name and password.
    package var shown: String {
        switch self {
        case .directory(let path): path
        case .s3(let text): Self.withoutSecrets(text)
        }
    }

    /// `user:password@` in a URL replaced by `***@`.
    package static func withoutSecrets(_ text: String) -> String {
        guard let slashes = text.range(of: "//") else { return text }
        let authority = text[slashes.upperBound...].prefix { $0 != "/" }
        guard let at = authority.lastIndex(of: "@") else { return text }
        return text[..<slashes.upperBound] + "***" + text[at...]
    }
}

extension StringProtocol {
    /// First place of `needle`; Foundation has this, the standard library has not.
    fileprivate func range(of needle: String) -> Range<Index>? {
        var start = startIndex
        while start != endIndex {
            if self[start...].hasPrefix(needle) { return start..<index(start, offsetBy: needle.count) }
            start = index(after: start)
        }
        return nil
    }
}
