// SPDX-License-Identifier: Apache-2.0

internal import ByteTransforms
package import KubeModel

/// Rules for names of objects and what is made from them.
package enum ObjectName {
    /// Longest value of a label.
    private static let labelLength = 63
    private static let hashLength = 6

    /// The label value that stands for a name: the name, or if it is too long its beginning and a piece of its SHA-256.
    ///
    /// Used where a label is written and where one is looked for, so that both agree with Velero.
    package static func labelValue(_ name: String) -> String {
        guard name.utf8.count > labelLength else { return name }
        return String(decoding: name.utf8.prefix(labelLength - hashLength), as: UTF8.self)
            + hash(name, length: hashLength)
    }

    /// The first hexadecimal digits of a text's SHA-256.
    private static func hash(_ text: String, length: Int) -> String {
        let bytes = Array(text.utf8)
        return String(SHA256.digest(bytes.span).hex.prefix(length))
    }

    /// A name made of another and of parts that tell objects apart; the same parts always give the same name, so that making an
    /// object twice finds the first.
    ///
    /// At most 63 characters, since it serves as a label value too.
    package static func derived(from name: String, _ parts: String...) -> String {
        // Parts are separated by what no name or uid contains.
        let suffix = hash(parts.joined(separator: "\0"), length: 10)
        var prefix = Substring(name.prefix(labelLength - suffix.count - 1))
        while let last = prefix.last, last == "-" || last == "." { prefix.removeLast() }
        return "\(prefix)-\(suffix)"
    }

    /// The name of the PodVolumeBackup of a pod's volume in a backup.
    package static func podVolumeBackup(backup: Backup, podUID: String, volume: String) -> String {
        derived(from: backup.name, "PodVolumeBackup", backup.metadata.uid ?? "", podUID, volume)
    }

    /// The name of the PodVolumeRestore of a pod's volume in a restore.
    package static func podVolumeRestore(restore: Restore, podUID: String, volume: String) -> String {
        derived(from: restore.name, "PodVolumeRestore", restore.metadata.uid ?? "", podUID, volume)
    }

    /// The name of the BackupRepository of a namespace in a location.
    package static func backupRepository(namespace: String, location: String, type: RepositoryType) -> String {
        let full = "\(namespace)-\(location)-\(type.text)"
        return full.utf8.count <= 253 ? full : derived(from: full, full)
    }

    /// A name with a moment behind it: `daily-20260131120000`, in UTC.
    package static func timed(_ name: String, at time: KubeTime) -> String {
        name + "-" + time.description.filter { ("0"..."9").contains($0) }
    }

    /// Whether a text is a name by DNS's rules for subdomains, which objects of most kinds have.
    package static func isSubdomain(_ name: String) -> Bool {
        guard (1...253).contains(name.utf8.count) else { return false }
        return name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { isLabel($0, longest: 253) }
    }

    /// Whether a text is a name by DNS's rules for labels, which namespaces and volumes of pods have.
    package static func isLabel(_ name: some StringProtocol, longest: Int = 63) -> Bool {
        guard (1...longest).contains(name.utf8.count), name.first != "-", name.last != "-" else { return false }
        return name.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-")
        }
    }

    /// Whether a text can be a uid on disk: hexadecimal digits and hyphens, the latter missing in those of static pods.
    package static func isUID(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count) && text.first != "-"
            && text.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x61...0x66).contains($0 | 0x20) || $0 == UInt8(ascii: "-")
            }
    }
}
