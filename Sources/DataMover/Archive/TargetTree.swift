// SPDX-License-Identifier: Apache-2.0

/// The top of a snapshot: where the targets given by the user stand in it.
///
/// Absolute targets bring their ancestors, relative ones the components they name, without leading `..`; duplicates are merged.
struct TargetTree: Equatable, Sendable {
    /// One directory or target above or at the level of the targets.
    struct Entry: Equatable, Sendable {
        var name: [UInt8]
        /// The path that is archived here with everything beneath it.
        var source: [UInt8]?
        /// The path of the real directory this entry stands for, when it has children.
        var directory: [UInt8]?
        /// Where the path that brought this first component starts: `/`, `.` or some `..`.
        fileprivate var root: [UInt8] = []
        /// Found in a directory, not named by the user, and so subject to exclusions.
        var isImplied = false
        var children: [Entry] = []

        fileprivate init(name: [UInt8]) {
            self.name = name
        }

        /// An entry found in a target that also has targets beneath it.
        init(implied name: [UInt8]) {
            self.name = name
            isImplied = true
        }

        /// Every path archived here or beneath.
        var sources: [[UInt8]] {
            if let source { return [source] }
            return children.flatMap(\.sources)
        }
    }

    /// Ascending by name.
    private(set) var entries: [Entry] = []

    /// Adds a target that names at least one component.
    mutating func add(_ target: [UInt8], isImplied: Bool = false) {
        let path = SourcePath.cleaned(target)
        let (root, components) = SourcePath.split(path)
        guard let first = components.first else { return }
        let place = place(for: first, root: root)
        let start = SourcePath.joined(root, first)
        Self.add(path, Array(components.dropFirst()), at: start, isImplied, to: &entries[place])
    }

    /// Finds or makes the top entry for a first component; the same name from another root gets a number.
    private mutating func place(for name: [UInt8], root: [UInt8]) -> Int {
        var candidate = name
        var number = 0
        while let index = entries.firstIndex(where: { $0.name == candidate }) {
            if entries[index].root == root { return index }
            number += 1
            candidate = name + Array("-\(number)".utf8)
        }
        var entry = Entry(name: candidate)
        entry.root = root
        return Self.insert(entry, into: &entries)
    }

    private static func add(
        _ target: [UInt8],
        _ rest: [[UInt8]],
        at path: [UInt8],
        _ isImplied: Bool,
        to entry: inout Entry
    ) {
        guard let name = rest.first else {
            if entry.source == nil { entry.source = target }
            entry.isImplied = isImplied
            return
        }
        entry.directory = path
        let index =
            entry.children.firstIndex { $0.name == name } ?? insert(Entry(name: name), into: &entry.children)
        add(target, Array(rest.dropFirst()), at: SourcePath.joined(path, name), isImplied, to: &entry.children[index])
    }

    private static func insert(_ entry: Entry, into entries: inout [Entry]) -> Int {
        let index = entries.firstIndex { entry.name.lexicographicallyPrecedes($0.name) } ?? entries.count
        entries.insert(entry, at: index)
        return index
    }
}

/// Paths as bytes, treated by their text alone.
enum SourcePath {
    /// The longest path the kernel takes (`PATH_MAX`).
    static let maximumByteCount = 4096
    private static let separator = UInt8(ascii: "/")
    private static let parentName = Array("..".utf8)

    /// The shortest path that means the same without looking at the file system: no `.`, no doubled slashes, no `name/..`.
    static func cleaned(_ path: [UInt8]) -> [UInt8] {
        let isAbsolute = path.first == separator
        var components: [[UInt8]] = []
        for component in path.split(separator: separator).map(Array.init) {
            if component == [UInt8(ascii: ".")] { continue }
            if component == parentName {
                if let last = components.last, last != parentName {
                    components.removeLast()
                    continue
                }
                if isAbsolute { continue }
            }
            components.append(component)
        }
        let joined = Array(components.joined(separator: [separator]))
        if isAbsolute { return [separator] + joined }
        return joined.isEmpty ? [UInt8(ascii: ".")] : joined
    }

    /// Where a cleaned path starts (`/`, `.`, `..`, `../..`) and the components that name something from there.
    static func split(_ path: [UInt8]) -> (root: [UInt8], components: [[UInt8]]) {
        let components = path.split(separator: separator).map(Array.init).filter { $0 != [UInt8(ascii: ".")] }
        if path.first == separator { return ([separator], components) }
        let upward = components.prefix { $0 == parentName }
        let root = upward.isEmpty ? [UInt8(ascii: ".")] : Array(upward.joined(separator: [separator]))
        return (root, Array(components.dropFirst(upward.count)))
    }

    static func joined(_ path: [UInt8], _ name: [UInt8]) -> [UInt8] {
        if path == [UInt8(ascii: ".")] { return name }
        return path.last == separator ? path + name : path + [separator] + name
    }

    /// The directory that holds what a cleaned path names, and its last component; nil for `/`, `.` and paths ending in `..`.
    static func parent(of path: [UInt8]) -> (directory: [UInt8], name: [UInt8])? {
        guard let slash = path.lastIndex(of: separator) else {
            return path == [UInt8(ascii: ".")] || path == parentName ? nil : ([UInt8(ascii: ".")], path)
        }
        let name = Array(path[(slash + 1)...])
        guard !name.isEmpty, name != parentName else { return nil }
        return (slash == 0 ? [separator] : Array(path[..<slash]), name)
    }

    /// An absolute path for a cleaned one.
    static func absolute(_ path: [UInt8], workingDirectory: [UInt8]) -> [UInt8] {
        path.first == separator ? path : cleaned(workingDirectory + [separator] + path)
    }
}
