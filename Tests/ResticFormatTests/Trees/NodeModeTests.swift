// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ResticFormat

@Suite("NodeMode")
struct NodeModeTests {
    @Test(
        "converts to and from st_mode",
        arguments: [
            (0o100644, 420, .file), (0o104755, 8_389_101, .file), (0o040755, 2_147_484_141, .directory),
            (0o041777, 2_148_532_735, .directory), (0o120777, 134_218_239, .symlink),
            (0o060644, 67_109_284, .blockDevice), (0o020644, 69_206_436, .characterDevice),
            (0o010644, 33_554_852, .fifo),
            (0o140755, 16_777_709, .socket), (0o042775, 2_151_678_461, .directory), (0o000600, 524_672, .irregular),
        ] as [(UInt32, UInt32, NodeKind)]
    )
    func conversion(posix: UInt32, stored: UInt32, kind: NodeKind) {
        #expect(NodeMode(posix: posix).rawValue == stored)
        #expect(NodeMode(rawValue: stored).posix == posix)
        #expect(NodeMode(rawValue: stored).kind == kind)
        #expect(NodeMode(rawValue: stored).posixPermissions == posix & 0o7777)
    }
}
