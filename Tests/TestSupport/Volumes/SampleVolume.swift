// SPDX-License-Identifier: Apache-2.0

/// A small tree with a bit of everything a volume may hold, made and described by a program that shares no code with ours.
///
/// Its files are as large as it takes to have several chunks, a hole, and something to compress.
package struct SampleVolume: Sendable {
    /// The directory.
    package let path: String

    package init(_ path: String) {
        self.path = path
    }

    /// Makes the tree; its directory must not exist.
    package func make(seed: UInt64) throws {
        try run("make", "\(seed)")
    }

    /// Changes a file in place, adds, renames and removes some, and touches the metadata of others.
    ///
    /// - Returns: How many regular files that already existed stay as they were.
    @discardableResult
    package func change(seed: UInt64) throws -> Int {
        let count = try run("change", "\(seed)")
        guard let count = Int(count.filter(\.isWholeNumber)) else {
            throw ExternalProgram.Failure(description: "the sample volume answered \(count)")
        }
        return count
    }

    /// A line for every entry with all that a restore has to bring back: kind, mode, owner, size, content, times, links, attributes.
    package func describe() throws -> [String] {
        try run("describe").split(separator: "\n").map(String.init)
    }

    @discardableResult
    private func run(_ words: String...) throws -> String {
        let program = try requireProgram("python3")
        return String(decoding: try program.run(["-c", Self.script, path] + words), as: UTF8.self)
    }

    private static let script = #"""
        import hashlib, os, random, stat, sys

        root = os.fsencode(sys.argv[1])
        verb = sys.argv[2]

        def at(name):
            return os.path.join(root, name)

        def write(name, content, mode=0o644):
            with open(at(name), "wb") as file:
                file.write(content)
            os.chmod(at(name), mode)

        def make(dice):
            os.makedirs(at(b"db/wal/old"))
            os.makedirs(at(b"empty"))
            os.makedirs(at(b"shared"))
            write(b"db/table", dice.randbytes(2_500_000), 0o600)
            write(b"db/wal/old/1", b"wal" * 100_000)
            write(b"db/wal/current", dice.randbytes(40_000))
            write(b"text", b"All work and no play. " * 60_000)
            write(b"nothing", b"")
            write(b"run", b"#!/bin/sh\n", 0o4755)
            for number in range(12):
                write(b"shared/%d" % number, b"item %d\n" % number, 0o640)
            write(b"line\nbreak \xc3\xa9", b"1")
            write(b"not \xff utf-8", b"2")
            with open(at(b"sparse"), "wb") as file:
                file.seek(1_500_000)
                file.write(b"end")
                file.truncate(2_000_000)
            os.link(at(b"db/table"), at(b"shared/table"))
            os.symlink(b"../db/table", at(b"shared/link"))
            os.symlink(b"/nowhere/at all", at(b"dangling"))
            os.mkfifo(at(b"pipe"), 0o600)
            os.chmod(at(b"shared"), 0o2775)
            try:
                os.setxattr(at(b"text"), b"user.note", b"\x00binary\xff")
                os.setxattr(at(b"empty"), b"user.directory", b"yes")
            except OSError:
                pass
            if os.geteuid() == 0:
                os.chown(at(b"shared"), 1000, 2000)
                os.chown(at(b"db/table"), 70, 70)
            os.utime(at(b"text"), ns=(1, 1_234_567_890_123_456_789))
            os.utime(at(b"dangling"), ns=(1, 1_000_000_000_000_000_001), follow_symlinks=False)
            os.utime(at(b"empty"), ns=(1, 946_684_799_999_999_999))

        def change(dice):
            before = {name: state(name) for name in names() if stat.S_ISREG(os.lstat(at(name)).st_mode)}
            with open(at(b"db/table"), "r+b") as file:
                file.seek(dice.randrange(2_000_000))
                file.write(dice.randbytes(1000))
            mark = b"%016x" % dice.getrandbits(64)
            write(b"db/wal/" + mark, dice.randbytes(200_000))
            old = sorted(os.listdir(at(b"db/wal/old")))[0]
            os.rename(at(b"db/wal/old/" + old), at(b"db/wal/old/" + mark))
            victims = sorted(name for name in os.listdir(at(b"shared")) if name.isdigit())
            os.remove(at(b"shared/" + victims[0]))
            os.chmod(at(b"shared/" + victims[1]), 0o600)
            os.symlink(mark, at(b"empty/" + mark))
            print(sum(1 for name, old in before.items() if os.path.lexists(at(name)) and state(name) == old))

        def state(name):
            facts = os.lstat(at(name))
            return (facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns)

        def names():
            found = []
            for directory, below, files in os.walk(root):
                for name in below + files:
                    found.append(os.path.relpath(os.path.join(directory, name), root))
            return sorted(found)

        def describe():
            groups = {}
            for name in [b"."] + names():
                facts = os.lstat(at(name))
                words = [repr(name), stat.filemode(facts.st_mode), oct(facts.st_mode), facts.st_uid, facts.st_gid]
                if name != b"." or not stat.S_ISDIR(facts.st_mode):
                    words.append(facts.st_mtime_ns)
                if stat.S_ISREG(facts.st_mode):
                    with open(at(name), "rb") as file:
                        words += [facts.st_size, hashlib.sha256(file.read()).hexdigest()]
                    if facts.st_nlink > 1:
                        words.append(groups.setdefault(facts.st_ino, name))
                elif stat.S_ISLNK(facts.st_mode):
                    words.append(os.readlink(at(name)))
                for attribute in sorted(os.listxattr(at(name), follow_symlinks=False)):
                    if attribute.startswith("user."):
                        words += [attribute, os.getxattr(at(name), attribute, follow_symlinks=False)]
                print(*words)

        if verb == "make":
            os.makedirs(root)
            make(random.Random(int(sys.argv[3])))
        elif verb == "change":
            change(random.Random(int(sys.argv[3])))
        else:
            describe()
        """#
}
