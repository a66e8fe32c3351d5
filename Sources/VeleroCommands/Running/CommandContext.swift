// SPDX-License-Identifier: Apache-2.0

/// Everything a command may know of the process it runs in; tests make their own.
package struct CommandContext: Sendable {
    /// Environment variables by name.
    package var environment: [String: String]
    package var output: any CommandOutput
    package var input: any CommandInput
    /// Absolute path that relative arguments start from.
    package var workingDirectory: String
    package var identity: ProcessIdentity
    /// Tells the running command to print its progress now (SIGUSR1).
    package var statusRequests: StatusRequests

    package init(
        environment: [String: String],
        output: any CommandOutput,
        input: any CommandInput,
        workingDirectory: String,
        identity: ProcessIdentity,
        statusRequests: StatusRequests = StatusRequests()
    ) {
        self.environment = environment
        self.output = output
        self.input = input
        self.workingDirectory = workingDirectory
        self.identity = identity
        self.statusRequests = statusRequests
    }

    /// The value of an environment variable; nil when unset or empty, which restic treats alike.
    package func variable(_ name: String) -> String? {
        guard let value = environment[name], !value.isEmpty else { return nil }
        return value
    }

    /// `path` made absolute from the working directory, without `.`, `..` and doubled separators.
    package func absolutePath(_ path: String) -> String {
        FilePathText.cleaned(path.hasPrefix("/") ? path : workingDirectory + "/" + path)
    }
}

/// Who runs the command: recorded in snapshots, locks and keys.
package struct ProcessIdentity: Sendable, Hashable {
    package var hostName: String
    package var userName: String
    package var userID: UInt32
    package var groupID: UInt32
    package var processID: Int32

    package init(hostName: String, userName: String, userID: UInt32, groupID: UInt32, processID: Int32) {
        self.hostName = hostName
        self.userName = userName
        self.userID = userID
        self.groupID = groupID
        self.processID = processID
    }
}
