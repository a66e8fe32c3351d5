// SPDX-License-Identifier: Apache-2.0

import RepositoryEngine

/// Reads what `--read-data-subset` takes.
enum ReadDataSubset {
    /// Reads `2/5`, `10%`, `2.5%`, `500M` or `20G`.
    ///
    /// - Throws: ``CommandFailure`` saying what is allowed.
    static func parse(_ text: String) throws(CommandFailure) -> ReadDataSelection {
        if text.contains("/") {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
            guard parts.count == 2, let part = parts[0], let count = parts[1], count >= 1, part >= 1, part <= count
            else { throw failure(text, "write n/t with whole numbers from 1 and n ≤ t, e.g. 1/5") }
            guard count <= 256 else { throw failure(text, "the number of parts is at most 256") }
            return .part(part, of: count)
        }
        if text.hasSuffix("%") {
            guard let percent = Double(text.dropLast()), percent > 0, percent <= 100 else {
                throw failure(text, "write a share above 0% and at most 100%, e.g. 2.5%")
            }
            return .percent(percent)
        }
        guard let count = ByteCountText.parse(text), count > 0 else {
            throw failure(text, "write n/t, a share like 2.5%, or a size like 10G")
        }
        return .bytes(Int(count))
    }

    private static func failure(_ text: String, _ advice: String) -> CommandFailure {
        CommandFailure("--read-data-subset \(text): \(advice)")
    }
}
