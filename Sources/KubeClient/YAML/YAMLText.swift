// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// YAML text → JSON values, as kubectl reads it (YAML 1.1).
package enum YAMLText {
    /// The documents of a text; none for an empty one.
    ///
    /// - Throws: ``YAMLError``; also for text that is nested too deeply or grows too large by its aliases.
    @inline(never)
    package static func parse(_ bytes: [UInt8]) throws -> [JSONValue] {
        var builder = YAMLBuilder()
        try YAMLEvents.read(bytes) { event in try builder.take(event) }
        return builder.documents
    }
}

/// Text that is no YAML, or none that could be JSON.
package struct YAMLError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong and in which line; never quotes the text.
    package let message: String

    package init(_ message: String) { self.message = message }

    package var description: String { message }
}
