// SPDX-License-Identifier: Apache-2.0

import LocationAccess
package import ObjectStorage

/// Makes the store a location names, with retries and limits around it.
package struct StorageFactory: Sendable {
    package var settings: GlobalSettings
    /// Environment variables, for credentials and proxies.
    package var environment: [String: String]
    /// Turns a relative directory into an absolute one.
    package var absolutePath: @Sendable (String) -> String
    /// Told before a failed request is repeated.
    package var onRetry: @Sendable (String) -> Void

    package init(
        settings: GlobalSettings,
        context: CommandContext,
        onRetry: @escaping @Sendable (String) -> Void
    ) {
        self.settings = settings
        self.environment = context.environment
        self.absolutePath = { context.absolutePath($0) }
        self.onRetry = onRetry
    }

    /// Lends the store to `body`; connections are closed afterwards.
    ///
    /// - Throws: ``CommandFailure`` for options the store does not know, and what `body` throws.
    package func withStorage<Result>(
        at location: RepositoryLocation,
        _ body: (any ObjectStorage) async throws -> Result
    ) async throws -> Result {
        var options = try ExtendedOptions(settings.extendedOptions)
        switch location {
        case .directory(let path):
            try options.requireAllTaken()
            return try await body(layers.around(DirectoryStorage(root: absolutePath(path)), isRemote: false))
        case .s3(let text):
            let s3 = try S3Access(location: text, options: &options, environment: environment, settings: settings)
            try options.requireAllTaken()
            return try await s3.withStorage { try await body(layers.around($0, isRemote: true)) }
        }
    }

    private var layers: StorageLayers {
        var layers = StorageLayers()
        layers.uploadLimit = settings.uploadLimit
        layers.downloadLimit = settings.downloadLimit
        let onRetry = onRetry
        layers.onRetry = { event in
            let delay = DecimalText.fixed(DurationText.seconds(event.delay), decimals: 1)
            onRetry("\(event.error.message); trying again in \(delay) s")
        }
        return layers
    }
}
