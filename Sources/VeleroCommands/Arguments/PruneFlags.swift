// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import RepositoryEngine

/// The flags of `prune` that `forget --prune` takes as well.
struct PruneFlags: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Unused data that may stay: 5%, a size like 200M, or unlimited. (default: 5%)",
            valueName: "limit"
        )
    )
    var maxUnused: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Repack packs of at most this size together, e.g. 10G.", valueName: "size")
    )
    var maxRepackSize: String?

    @Flag(help: "Repack only packs that local caches hold: those of trees.")
    var repackCacheableOnly = false

    @Flag(help: "Repack packs smaller than 80 % of the pack size; for many small packs this happens by itself.")
    var repackSmall = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Repack packs smaller than this, e.g. 4M.", valueName: "size")
    )
    var repackSmallerThan: String?

    @Flag(help: "Compress data that format 1 left uncompressed.")
    var repackUncompressed = false

    /// - Throws: ``CommandFailure`` naming the flag and what it takes.
    func options(isDryRun: Bool, packByteCount: Int) throws(CommandFailure) -> PruneOptions {
        var options = PruneOptions()
        if let maxUnused { options.unusedLimit = try Self.limit(maxUnused) }
        options.maximumRepackByteCount = try Self.byteCount(maxRepackSize, flag: "--max-repack-size")
        options.smallPackByteCount = try Self.byteCount(repackSmallerThan, flag: "--repack-smaller-than")
        if repackSmall, options.smallPackByteCount == nil { options.smallPackByteCount = packByteCount / 10 * 8 }
        if repackUncompressed, repackCacheableOnly {
            throw CommandFailure("--repack-uncompressed and --repack-cacheable-only exclude each other")
        }
        options.repacksCacheableOnly = repackCacheableOnly
        options.repacksUncompressed = repackUncompressed
        options.isDryRun = isDryRun
        return options
    }

    private static func limit(_ text: String) throws(CommandFailure) -> PruneOptions.UnusedLimit {
        if text == "unlimited" { return .unlimited }
        if text.hasSuffix("%"), let percent = Double(text.dropLast()), percent >= 0, percent < 100 {
            return .percentOfTotal(percent)
        }
        if let count = ByteCountText.parse(text), count >= 0 { return .bytes(Int(count)) }
        throw CommandFailure("--max-unused \(text): write a share below 100 % like 5%, a size like 200M, or unlimited")
    }

    private static func byteCount(_ text: String?, flag: String) throws(CommandFailure) -> Int? {
        guard let text else { return nil }
        guard let count = ByteCountText.parse(text), count >= 0 else {
            throw CommandFailure("\(flag) \(text): write a size like 500M or 10G")
        }
        return Int(count)
    }
}
