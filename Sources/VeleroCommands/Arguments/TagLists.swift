// SPDX-License-Identifier: Apache-2.0

/// Reads `--tag a,b --tag c`: alternatives of tags that must all be present.
package enum TagLists {
    /// One list per argument, blanks around tags removed; an empty argument is the list of one empty tag, which means "untagged".
    package static func parse(_ arguments: [String]) -> [[String]] {
        arguments.map { argument in
            argument.split(separator: ",", omittingEmptySubsequences: false).map { String($0).trimmedASCIISpace() }
        }
    }

    /// The lists as a filter takes them: an empty one stands for "untagged".
    package static func filter(_ arguments: [String]) -> [[String]] {
        parse(arguments).map { list in list.filter { !$0.isEmpty } }
    }

    /// All tags of all lists in order, empty ones left out; for setting tags.
    package static func flattened(_ arguments: [String]) -> [String] {
        parse(arguments).flatMap { $0 }.filter { !$0.isEmpty }
    }
}
