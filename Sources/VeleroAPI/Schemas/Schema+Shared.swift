// SPDX-License-Identifier: Apache-2.0

extension Schema {
    /// Which objects, by their labels.
    static let labelSelector = Schema.object([
        Property("matchLabels", .stringMap, "Labels that must have these values."),
        Property(
            "matchExpressions",
            .array(
                of: .object([
                    Property("key", .string, "The label.", required: true),
                    Property("operator", .string, "In, NotIn, Exists or DoesNotExist.", required: true),
                    Property("values", .strings, "Values for In and NotIn."),
                ])
            ),
            "Conditions that must hold."
        ),
    ]).atomic

    /// A key of a Secret in the same namespace.
    static let secretKey = Schema.object([
        Property("name", .string, "The Secret's name."),
        Property("key", .string, "The key in it.", required: true),
        Property("optional", .boolean, "Whether the Secret and its key may be missing."),
    ]).atomic

    /// An object of the same namespace, by kind.
    static let localReference = Schema.object([
        Property("apiGroup", .string.nullable, "Group of the kind; empty for the core group."),
        Property("kind", .string, "The kind.", required: true),
        Property("name", .string, "The name.", required: true),
    ]).atomic

    /// Any object.
    static let objectReference = Schema.object([
        Property("apiVersion", .string, "Version of the object's API."),
        Property("fieldPath", .string, "A part of the object."),
        Property("kind", .string, "The kind."),
        Property("namespace", .string, "The namespace."),
        Property("name", .string, "The name."),
        Property("resourceVersion", .string, "A state of the object."),
        Property("uid", .string, "The uid."),
    ]).atomic

    /// Bytes done of those expected.
    static let byteProgress = Schema.object([
        Property("totalBytes", .integer64, "Bytes expected in all."),
        Property("bytesDone", .integer64, "Bytes done so far."),
    ])

    /// How far the files of a volume are; the numbers of files are this project's own.
    static let fileProgress = Schema.object([
        Property("totalBytes", .integer64, "Bytes expected in all."),
        Property("bytesDone", .integer64, "Bytes done so far."),
        Property("totalFiles", .integer64, "Files expected in all."),
        Property("filesDone", .integer64, "Files done so far."),
    ])

    /// How many hooks ran.
    static let hookStatus = Schema.object([
        Property("hooksAttempted", .integer, "Hooks that were run."),
        Property("hooksFailed", .integer, "Hooks that failed."),
    ]).nullable

    /// The phases of the backup or restore of one volume.
    static let podVolumePhase = Schema.oneOf(PodVolumePhase.self)

    /// Which namespaces and resources a hook is for.
    static let hookScope: [Property] = [
        Property("name", .string, "Name of the hook, for messages.", required: true),
        Property("includedNamespaces", .strings.nullable, "Namespaces it is for; all if empty."),
        Property("excludedNamespaces", .strings.nullable, "Namespaces it is not for."),
        Property("includedResources", .strings.nullable, "Resources it is for; all if empty."),
        Property("excludedResources", .strings.nullable, "Resources it is not for."),
        Property("labelSelector", labelSelector.nullable, "Objects it is for."),
    ]
}
