// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import VeleroAPI
import VolumeIO

/// A volume's directory, opened.
struct OpenedVolume: Sendable {
    let directory: SharedDirectory
    /// Where it is, for people and as the path of its snapshots.
    let path: String
}

/// The kubelet's directory of pods, as it is mounted here.
///
/// What lies in a pod's directory may be under the control of that pod. Directories are opened name by name beneath the root, and no link
/// is followed.
struct HostPods: Sendable {
    let root: String

    init(root: String) {
        self.root = root
    }

    /// Opens a volume's directory, which must be found below exactly one volume plugin's.
    ///
    /// - Throws: ``VolumeDirectory/Failure``, ``FileSystemError``, or ``MoveError`` if something else than a directory is there.
    func open(_ directory: VolumeDirectory, _ monitor: BlockingMonitor? = nil) async throws -> OpenedVolume {
        let root = root
        return try await Self.executor(monitor).run { () throws(any Error) in try Self.open(directory, root: root) }
    }

    /// Whether a pod has its directory.
    ///
    /// - Throws: ``FileSystemError`` if the root itself cannot be read.
    func hasDirectory(podUID: String) async throws -> Bool {
        let root = root
        return try await Self.executor(nil).run { () throws(any Error) in
            try Self.hasDirectory(podUID: podUID, root: root)
        }
    }

    /// Runs what blocks.
    ///
    /// - Parameter monitor: Told how long it does.
    func run<Result: Sendable>(_ monitor: BlockingMonitor, _ body: @Sendable () throws -> Result) async throws -> Result
    {
        try await Self.executor(monitor).run { () throws(any Error) in try body() }
    }

    /// Each call has a thread of its own, so that a volume that does not answer holds up no other.
    private static func executor(_ monitor: BlockingMonitor?) -> BlockingExecutor {
        BlockingExecutor(name: "volumes", threadCount: 1, monitor: monitor)
    }

    @inline(never)
    private static func open(_ directory: VolumeDirectory, root: String) throws -> OpenedVolume {
        let pods = try OpenDirectory.open(path: root)
        var found: [(plugin: String, directory: SharedDirectory)] = []
        var obstacles: [(plugin: String, error: FileSystemError)] = []
        if let plugins = try subdirectory(directory.pluginsComponents, of: pods) {
            let listing = try plugins.directory.entries()
            for index in 0..<listing.count {
                let plugin = listing.name(at: index)
                do {
                    let names = [plugin] + (try directory.components.map { try FileName($0) })
                    // The volume is a mount itself, as a rule; what is mounted inside of it is not the volume's.
                    let opened = SharedDirectory(try plugins.directory.openDirectory(beneath: names).stayingOnMount())
                    found.append((plugin.description, opened))
                } catch let error as FileSystemError {
                    if error.code != .notFound { obstacles.append((plugin.description, error)) }
                }
            }
        }
        // A link or a file in the directory's place counts as a match for whoever looks by a pattern; so it must not be overlooked.
        if found.isEmpty, let first = obstacles.first {
            let path = ([root] + directory.pluginsComponents + [first.plugin] + directory.components)
                .joined(separator: "/")
            switch first.error.code {
            case .symbolicLink, .notDirectory, .crossesBoundary:
                throw MoveError("\(path) is no directory of its own; what may be a link to elsewhere is refused")
            default: throw first.error.at(Array(path.utf8))
            }
        }
        let matches = found.map(\.plugin) + obstacles.map(\.plugin)
        let components = try directory.components(plugins: matches, root: root)
        guard let only = found.first else { throw MoveError("no directory of the volume was found") }
        return OpenedVolume(directory: only.directory, path: ([root] + components).joined(separator: "/"))
    }

    @inline(never)
    private static func hasDirectory(podUID: String, root: String) throws -> Bool {
        let pods = try OpenDirectory.open(path: root)
        guard ObjectName.isUID(podUID) else { return false }
        return try subdirectory([podUID], of: pods) != nil
    }

    /// A directory beneath another; nil if there is none.
    private static func subdirectory(
        _ components: [String],
        of directory: borrowing OpenDirectory
    ) throws -> SharedDirectory? {
        do {
            return SharedDirectory(try directory.openDirectory(beneath: try components.map { try FileName($0) }))
        } catch let error as FileSystemError where error.code == .notFound {
            return nil
        }
    }
}
