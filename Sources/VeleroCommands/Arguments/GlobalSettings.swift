// SPDX-License-Identifier: Apache-2.0

/// The global flags and variables after they have been checked.
package struct GlobalSettings: Sendable {
    package enum Compression: String, Sendable, CaseIterable { case off, fastest, auto, better, max }

    package var verbosity = Verbosity.normal
    package var isJSON = false
    package var takesLock = true
    /// How long to wait for a lock someone else holds.
    package var lockRetryTime = Duration.zero
    package var usesCache = true
    /// Where the cache is to be; nil for the usual place.
    package var cacheDirectory: String?
    /// Removes caches of other repositories that were not used for a month.
    package var cleansCache = false
    package var compression = Compression.auto
    /// Bytes a pack is filled up to; nil for the usual size.
    package var packByteCount: Int?
    /// Bytes per second; nil for no limit.
    package var uploadLimit: Int?
    package var downloadLimit: Int?
    package var verifiesBeforeUpload = true
    package var certificateFile: String?
    package var clientCertificateFile: String?
    package var allowsInsecureTLS = false
    package var userAgent: String?
    package var stallTimeout = Duration.seconds(300)
    package var extendedOptions: [String] = []

    package init() {}
}

extension GlobalSettings {
    /// Where the caches of all repositories are: as set, else `velero` in the user's cache directory; nil for none.
    package func cacheBase(in context: CommandContext) -> String? {
        guard usesCache else { return nil }
        if let cacheDirectory { return cacheDirectory }
        if let base = context.variable("XDG_CACHE_HOME") { return base + "/velero" }
        return context.variable("HOME").map { $0 + "/.cache/velero" }
    }
}

extension GlobalOptions {
    /// Flags first, then variables, then what restic does without either.
    ///
    /// - Throws: ``CommandFailure`` naming the flag and what it takes.
    func settings(in context: CommandContext) throws(CommandFailure) -> GlobalSettings {
        var settings = GlobalSettings()
        settings.verbosity = try Verbosity(quiet: quiet, verboseCount: verbose)
        settings.isJSON = json
        settings.takesLock = !noLock
        settings.usesCache = !noCache
        settings.cacheDirectory = try cacheDirectory(in: context)
        settings.cleansCache = cleanupCache
        if let retryLock {
            guard let duration = DurationText.parse(retryLock) else {
                throw CommandFailure("--retry-lock \(retryLock): write a duration like 5m or 1h30m")
            }
            settings.lockRetryTime = duration
        }
        settings.compression = try compressionMode(in: context)
        settings.packByteCount = try packByteCount(in: context)
        settings.uploadLimit = try Self.rate(limitUpload, flag: "--limit-upload")
        settings.downloadLimit = try Self.rate(limitDownload, flag: "--limit-download")
        settings.verifiesBeforeUpload = !noExtraVerify
        settings.certificateFile = cacert ?? context.variable("RESTIC_CACERT")
        settings.clientCertificateFile = tlsClientCert ?? context.variable("RESTIC_TLS_CLIENT_CERT")
        settings.allowsInsecureTLS = insecureTls
        settings.userAgent = httpUserAgent
        if let stuckRequestTimeout {
            guard let duration = DurationText.parse(stuckRequestTimeout), duration > .zero else {
                throw CommandFailure("--stuck-request-timeout \(stuckRequestTimeout): write a duration like 5m")
            }
            settings.stallTimeout = duration
        }
        settings.extendedOptions = option
        return settings
    }

    /// Which repository is meant.
    func selection(in context: CommandContext) throws -> RepositorySelection {
        var flags = RepositorySelection.Flags()
        flags.repo = repo
        flags.repositoryFile = repositoryFile
        flags.passwordFile = passwordFile
        flags.passwordCommand = passwordCommand
        flags.insecureNoPassword = insecureNoPassword
        flags.keyHint = keyHint
        return try RepositorySelection(flags, in: context)
    }

    private func cacheDirectory(in context: CommandContext) throws(CommandFailure) -> String? {
        guard !noCache else {
            guard cacheDir == nil else { throw CommandFailure("--no-cache and --cache-dir exclude each other") }
            return nil
        }
        if let directory = cacheDir ?? context.variable("RESTIC_CACHE_DIR") { return context.absolutePath(directory) }
        return nil
    }

    private func compressionMode(in context: CommandContext) throws(CommandFailure) -> GlobalSettings.Compression {
        guard let text = compression ?? context.variable("RESTIC_COMPRESSION") else { return .auto }
        guard let mode = GlobalSettings.Compression(rawValue: text) else {
            throw CommandFailure("--compression \(text): choose off, fastest, auto, better or max")
        }
        return mode
    }

    private func packByteCount(in context: CommandContext) throws(CommandFailure) -> Int? {
        guard let text = packSize ?? context.variable("RESTIC_PACK_SIZE") else { return nil }
        guard let mebibytes = Int(text), (4...128).contains(mebibytes) else {
            throw CommandFailure("--pack-size \(text): write a number of MiB from 4 to 128")
        }
        return mebibytes << 20
    }

    private static func rate(_ kibibytes: Int?, flag: String) throws(CommandFailure) -> Int? {
        guard let kibibytes, kibibytes != 0 else { return nil }
        guard (1...1 << 40).contains(kibibytes) else {
            throw CommandFailure("\(flag) \(kibibytes): write a number of KiB per second above zero")
        }
        return kibibytes << 10
    }
}
