// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Which members JSON has and of which types, whatever their values.
enum JSONShape {
    /// A line per member: its path and type.
    static func of(_ value: Any, at path: String = "") -> Set<String> {
        switch value {
        case let object as [String: Any]: Set(object.flatMap { of($1, at: "\(path).\($0)") })
        case let array as [Any]: Set(array.flatMap { of($0, at: path + "[]") })
        case is String: ["\(path): string"]
        case is NSNull: ["\(path): null"]
        case is NSNumber: ["\(path): number"]
        default: ["\(path): other"]
        }
    }

    static func array(_ text: String) throws -> [[String: Any]] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
    }

    /// One object per line.
    static func messages(_ text: String) throws -> [[String: Any]] {
        try text.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
        }
    }

    /// The last message of a type.
    static func last(of text: String, type: String) throws -> [String: Any] {
        try #require(try messages(text).last { $0["message_type"] as? String == type }, "\(text)")
    }
}
