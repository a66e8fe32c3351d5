// SPDX-License-Identifier: Apache-2.0

/// What this program calls itself.
package enum ProgramVersion {
    package static let number = "0.1.0"

    /// Recorded in every snapshot as `program_version`.
    package static let program = "velero " + number

    /// Kernel and processor in the words of container platforms.
    package static var platform: (system: String, processor: String) {
        #if arch(x86_64)
        ("linux", "amd64")
        #elseif arch(arm64)
        ("linux", "arm64")
        #else
        ("linux", "unknown")
        #endif
    }
}
