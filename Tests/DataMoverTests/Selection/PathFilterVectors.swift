// SPDX-License-Identifier: Apache-2.0

/// What restic 0.19.1 did with patterns on one tree, recorded from `backup` and `restore` of `/srv/pt`.
enum PathFilterVectors {
    /// The files of the tree.
    static let files = [
        #"-x"#,
        #".hidden"#,
        #"a/b/C.TXT"#,
        #"a/b/c.txt"#,
        #"a/d/c.txt"#,
        #"a/foo/z/bar"#,
        #"back\slash"#,
        #"cache/tmp/file"#,
        #"foo.log"#,
        #"foo/bar/baz/foo.log"#,
        #"foo/bar/keep.txt"#,
        #"node_modules/p/index.js"#,
        #"star*name"#,
        #"sub/node_modules/q"#,
        #"x-y"#,
        #"x1.txt"#,
        #"x[1].txt"#,
        #"ÉA.TXT"#,
        #"é.txt"#,
    ]

    /// Patterns, and the topmost entries that `backup --exclude` left out.
    static let excludes: [(patterns: [String], leftOut: [String])] = [
        ([#"*.txt"#], [#"a/b/c.txt"#, #"a/d/c.txt"#, #"foo/bar/keep.txt"#, #"x1.txt"#, #"x[1].txt"#, #"é.txt"#]),
        ([#"c.txt"#], [#"a/b/c.txt"#, #"a/d/c.txt"#]),
        ([#"/srv/pt/a"#], [#"a"#]),
        ([#"/a"#], []),
        ([#"a/b"#], [#"a/b"#]),
        ([#"b/c.txt"#], [#"a/b/c.txt"#]),
        ([#"a/*/c.txt"#], [#"a/b/c.txt"#, #"a/d/c.txt"#]),
        ([#"a/**/c.txt"#], [#"a/b/c.txt"#, #"a/d/c.txt"#]),
        ([#"foo/**/bar"#], [#"a/foo/z/bar"#, #"foo/bar"#]),
        ([#"**/bar"#], [#"a/foo/z/bar"#, #"foo/bar"#]),
        ([#"foo/**"#], [#"a/foo"#, #"foo"#]),
        ([#"/srv/**/foo.log"#], [#"foo.log"#, #"foo/bar/baz/foo.log"#]),
        ([#"/**/baz"#], [#"foo/bar/baz"#]),
        ([#"/srv/pt/*/b"#], [#"a/b"#]),
        ([#"/srv/*/a/b/c.txt"#], [#"a/b/c.txt"#]),
        ([#"node_modules/"#], [#"node_modules"#, #"sub/node_modules"#]),
        ([#"foo*"#], [#"a/foo"#, #"foo"#, #"foo.log"#]),
        ([#"?.txt"#], [#"a/b/c.txt"#, #"a/d/c.txt"#, #"é.txt"#]),
        ([#"??.txt"#], [#"x1.txt"#]),
        ([#"x[1].txt"#], [#"x1.txt"#]),
        ([#"x\[1\].txt"#], [#"x[1].txt"#]),
        ([#"x[0-9].txt"#], [#"x1.txt"#]),
        ([#"[^a-z]*"#], [#"-x"#, #".hidden"#, #"a/b/C.TXT"#, #"ÉA.TXT"#, #"é.txt"#]),
        (
            [#"[!a-z]*"#],
            [
                #"-x"#, #".hidden"#, #"a"#, #"back\slash"#, #"cache"#, #"foo"#, #"foo.log"#, #"node_modules"#,
                #"star*name"#, #"sub"#, #"x-y"#, #"x1.txt"#, #"x[1].txt"#, #"ÉA.TXT"#, #"é.txt"#,
            ]
        ),
        ([#"star\*name"#], [#"star*name"#]),
        ([#"*[*]*"#], [#"star*name"#]),
        ([#"back\\slash"#], [#"back\slash"#]),
        ([#"*.txt"#, #"!c.txt"#], [#"foo/bar/keep.txt"#, #"x1.txt"#, #"x[1].txt"#, #"é.txt"#]),
        ([#"*.txt"#, #"!a/b/*.txt"#], [#"a/d/c.txt"#, #"foo/bar/keep.txt"#, #"x1.txt"#, #"x[1].txt"#, #"é.txt"#]),
        ([#"a"#, #"!a/b"#], [#"a"#]),
        ([#"a/**"#, #"!a/b/**"#], [#"a"#]),
        (
            [#"!c.txt"#, #"*.txt"#],
            [#"a/b/c.txt"#, #"a/d/c.txt"#, #"foo/bar/keep.txt"#, #"x1.txt"#, #"x[1].txt"#, #"é.txt"#]
        ),
        ([#"foo"#, #"!keep.txt"#], [#"a/foo"#, #"foo"#]),
        ([#"/srv/pt/./a//b/"#], [#"a/b"#]),
        ([#"a/../foo"#], [#"a/foo"#, #"foo"#]),
        ([#"é*"#], [#"é.txt"#]),
        ([#".*"#], [#".hidden"#]),
        ([#"./a"#], [#"a"#]),
        (
            [#"**"#],
            [
                #"-x"#, #".hidden"#, #"a"#, #"back\slash"#, #"cache"#, #"foo"#, #"foo.log"#, #"node_modules"#,
                #"star*name"#, #"sub"#, #"x-y"#, #"x1.txt"#, #"x[1].txt"#, #"ÉA.TXT"#, #"é.txt"#,
            ]
        ),
        (
            [#"/"#],
            [
                #"-x"#, #".hidden"#, #"a"#, #"back\slash"#, #"cache"#, #"foo"#, #"foo.log"#, #"node_modules"#,
                #"star*name"#, #"sub"#, #"x-y"#, #"x1.txt"#, #"x[1].txt"#, #"ÉA.TXT"#, #"é.txt"#,
            ]
        ),
        ([#"a/b"#, #"!c.txt"#], [#"a/b"#]),
        ([#"[\-x]*"#], [#"-x"#, #"x-y"#, #"x1.txt"#, #"x[1].txt"#]),
    ]

    /// The same with `--iexclude`.
    static let caselessExcludes: [(patterns: [String], leftOut: [String])] = [
        ([#"C.TXT"#], [#"a/b/C.TXT"#, #"a/b/c.txt"#, #"a/d/c.txt"#]),
        (
            [#"*.txt"#],
            [
                #"a/b/C.TXT"#, #"a/b/c.txt"#, #"a/d/c.txt"#, #"foo/bar/keep.txt"#, #"x1.txt"#, #"x[1].txt"#, #"ÉA.TXT"#,
                #"é.txt"#,
            ]
        ),
        ([#"É*"#], [#"ÉA.TXT"#, #"é.txt"#]),
        ([#"ÉA.txt"#], [#"ÉA.TXT"#]),
        ([#"/SRV/PT/A/b"#], [#"a/b"#]),
    ]

    /// Patterns, and the files that `restore --include` brought back.
    static let includes: [(patterns: [String], restored: [String])] = [
        ([#"*.txt"#], [#"a/b/c.txt"#, #"a/d/c.txt"#, #"foo/bar/keep.txt"#, #"x1.txt"#, #"x[1].txt"#, #"é.txt"#]),
        ([#"/srv/pt/a/b"#], [#"a/b/C.TXT"#, #"a/b/c.txt"#]),
        ([#"/srv/pt/*/b"#], [#"a/b/C.TXT"#, #"a/b/c.txt"#]),
        ([#"/srv/**/bar"#], [#"a/foo/z/bar"#, #"foo/bar/baz/foo.log"#, #"foo/bar/keep.txt"#]),
        ([#"foo"#, #"!keep.txt"#], [#"a/foo/z/bar"#, #"foo/bar/baz/foo.log"#]),
        ([#"a/**/c.txt"#], [#"a/b/c.txt"#, #"a/d/c.txt"#]),
        ([#"/srv/pt/a"#, #"!c.txt"#], [#"a/b/C.TXT"#, #"a/foo/z/bar"#]),
        ([#"/srv/pt/cache/tmp"#], [#"cache/tmp/file"#]),
        ([#"node_modules"#], [#"node_modules/p/index.js"#, #"sub/node_modules/q"#]),
    ]
}
