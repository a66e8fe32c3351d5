// SPDX-License-Identifier: Apache-2.0

import Testing
import VeleroCommands

@Suite("Which repository a command means")
struct RepositorySelectionTests {
    @Test(
        "locations are told apart",
        arguments: [
            ("/srv/repo", RepositoryLocation.directory("/srv/repo")),
            ("repo", .directory("repo")),
            ("local:odd:name", .directory("odd:name")),
            ("./odd:name", .directory("./odd:name")),
            ("s3:https://host/bucket/prefix", .s3("s3:https://host/bucket/prefix")),
            ("s3:host/bucket", .s3("s3:host/bucket")),
        ]
    )
    func readsLocations(text: String, expected: RepositoryLocation) throws {
        #expect(try RepositoryLocation(text) == expected)
    }

    @Test("other backends are named in the error", arguments: ["sftp:h:/x", "rest:http://h/", "b2:bucket", "odd:name"])
    func refusesLocations(text: String) {
        #expect(throws: CommandFailure.self) { try RepositoryLocation(text) }
    }

    @Test("secrets in a location are not shown")
    func hidesSecrets() throws {
        let location = try RepositoryLocation("s3:https://key:secret@host/bucket")
        #expect(location.shown == "s3:https://***@host/bucket")
    }

    @Test("flags win over variables")
    func flagsWin() throws {
        var flags = RepositorySelection.Flags()
        flags.repo = "/flag"
        flags.passwordFile = "/pw"
        let context = CommandContext.scripted(environment: ["RESTIC_REPOSITORY": "/variable", "RESTIC_PASSWORD": "p"])
        let selection = try RepositorySelection(flags, in: context)
        #expect(selection.location == .directory("/flag"))
        #expect(selection.password == .file("/pw"))
    }

    @Test("the source of a copy has its own variables")
    func sourceOfCopy() throws {
        var flags = RepositorySelection.Flags()
        flags.variablePrefix = "RESTIC_FROM_"
        flags.flagPrefix = "from-"
        let context = CommandContext.scripted(environment: [
            "RESTIC_FROM_REPOSITORY": "/source", "RESTIC_FROM_PASSWORD_COMMAND": "pass show", "RESTIC_REPOSITORY": "/x",
            "RESTIC_FROM_KEY_HINT": "abc",
        ])
        let selection = try RepositorySelection(flags, in: context)
        #expect(selection.location == .directory("/source"))
        #expect(selection.password == .command("pass show"))
        #expect(selection.keyHint == "abc")
    }

    @Test("the location may stand in a file")
    func locationFile() throws {
        var flags = RepositorySelection.Flags()
        flags.repositoryFile = "/f"
        let context = CommandContext.scripted(input: ScriptedInput(files: ["/f": Array("  /srv/repo\n".utf8)]))
        #expect(try RepositorySelection(flags, in: context).location == .directory("/srv/repo"))
    }

    @Test("contradictions and gaps are errors")
    func contradictions() {
        var both = RepositorySelection.Flags()
        both.repo = "/a"
        both.repositoryFile = "/f"
        var emptyAndFile = RepositorySelection.Flags()
        emptyAndFile.repo = "/a"
        emptyAndFile.insecureNoPassword = true
        emptyAndFile.passwordFile = "/pw"
        var fileAndCommand = RepositorySelection.Flags()
        fileAndCommand.repo = "/a"
        fileAndCommand.passwordFile = "/pw"
        fileAndCommand.passwordCommand = "x"
        for flags in [RepositorySelection.Flags(), both, emptyAndFile, fileAndCommand] {
            #expect(throws: CommandFailure.self) { try RepositorySelection(flags, in: .scripted()) }
        }
    }

    @Test("paths become absolute and clean")
    func absolutePaths() {
        let context = CommandContext.scripted()
        #expect(context.absolutePath("a/../b/./c//d") == "/srv/dir/b/c/d")
        #expect(context.absolutePath("/x/../../y") == "/y")
        #expect(context.absolutePath(".") == "/srv/dir")
        #expect(FilePathText.cleaned("a/../..") == "..")
        #expect(FilePathText.cleaned("") == ".")
    }
}

@Suite("Options of the storage")
struct ExtendedOptionsTests {
    @Test("are taken by name and never ignored")
    func taken() throws {
        var options = try ExtendedOptions(["s3.connections=9", "S3.Region = eu-1", "s3.list-objects-v1=true"])
        #expect(try options.takeCount("s3.connections") == 9)
        #expect(options.take("s3.region") == "eu-1")
        #expect(throws: CommandFailure.self) { try options.requireAllTaken() }
        #expect(try options.takeFlag("s3.list-objects-v1") == true)
        try options.requireAllTaken()
    }

    @Test("must have a name, one value and the right kind")
    func refused() throws {
        #expect(throws: CommandFailure.self) { try ExtendedOptions(["=x"]) }
        #expect(throws: CommandFailure.self) { try ExtendedOptions(["a=1", "a=2"]) }
        var options = try ExtendedOptions(["a=0", "b=perhaps"])
        #expect(throws: CommandFailure.self) { try options.takeCount("a") }
        #expect(throws: CommandFailure.self) { try options.takeFlag("b") }
    }

    @Test("tag lists are alternatives")
    func tagLists() {
        #expect(TagLists.parse(["a, b", "c", ""]) == [["a", "b"], ["c"], [""]])
        #expect(TagLists.flattened(["a,,b", "", "c"]) == ["a", "b", "c"])
    }
}
