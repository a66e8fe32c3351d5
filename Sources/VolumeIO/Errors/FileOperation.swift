// SPDX-License-Identifier: Apache-2.0

/// What was being done to a file when the operating system refused.
package enum FileOperation: String, Sendable {
    case open, stat, list, read, write, create, link, rename, remove, truncate, allocate, synchronize
    case readLink = "read link"
    case findData = "find data"
    case listExtendedAttributes = "list extended attributes of"
    case readExtendedAttribute = "read extended attribute of"
    case setExtendedAttribute = "set extended attribute of"
    case removeExtendedAttribute = "remove extended attribute of"
    case setOwner = "set owner of"
    case setTimes = "set times of"
    case setPermissions = "set permissions of"
    case makeDirectory = "make directory"
    case makeSymbolicLink = "make symbolic link"
    case makeDevice = "make device"
    case makePipe = "make named pipe"
}
