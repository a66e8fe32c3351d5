// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

// Sections: C libraries, then Swift targets bottom-up in the order of the module map in ARCHITECTURE.md, then executables,
// then tests. Every Swift target takes `strict`; a target lists each module it imports.

import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

func library(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: [.byName(name: name), "TestSupport"] + dependencies,
        resources: resources,
        swiftSettings: strict
    )
}

let package = Package(
    name: "velero",
    products: [
        .executable(name: "velero", targets: ["velero"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        // C libraries, each imported by the one target named in ARCHITECTURE.md.
        .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
        .systemLibrary(name: "CBlake2", pkgConfig: "libb2", providers: [.apt(["libb2-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"])]),
        .systemLibrary(name: "CMicroHTTPD", pkgConfig: "libmicrohttpd", providers: [.apt(["libmicrohttpd-dev"])]),
        .target(name: "CShims", dependencies: ["CCurl"]),
        .target(name: "CVectorKernels"),
        .systemLibrary(name: "CYaml", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),

        // Pure core: no files, sockets, clocks, environment, async or logging.
        library("ByteTransforms", ["CBlake2", "CCrypto", "CVectorKernels", "CZlib", "CZstd"]),
        library("ResticFormat", ["ByteTransforms"]),
        library("KubeModel", []),
        library("VeleroAPI", ["ByteTransforms", "KubeModel"]),

        // Edges and the engine between them.
        library("AsyncPrimitives", []),
        library("Telemetry", ["AsyncPrimitives", "CMicroHTTPD", .product(name: "Logging", package: "swift-log")]),
        library("ObjectStorage", ["AsyncPrimitives", "CShims"]),
        library("HTTPTransport", ["AsyncPrimitives", "CCurl", "CShims"]),
        library("S3Storage", ["AsyncPrimitives", "ByteTransforms", "CExpat", "HTTPTransport", "ObjectStorage"]),
        library("KubeClient", ["AsyncPrimitives", "CYaml", "HTTPTransport", "KubeModel"]),
        library("KubeRuntime", ["AsyncPrimitives", "KubeClient", "KubeModel"]),
        library("ClusterArchive", ["CArchive", "KubeModel", "VeleroAPI"]),
        library("VolumeIO", ["AsyncPrimitives", "CShims"]),
        library("RepositoryEngine", ["AsyncPrimitives", "ByteTransforms", "ObjectStorage", "ResticFormat"]),
        library(
            "DataMover",
            ["AsyncPrimitives", "ByteTransforms", "CArchive", "RepositoryEngine", "ResticFormat", "VolumeIO"]
        ),
        library(
            "LocationAccess",
            [
                "AsyncPrimitives", "ByteTransforms", "HTTPTransport", "KubeClient", "KubeModel", "KubeRuntime",
                "ObjectStorage", "RepositoryEngine", "ResticFormat", "S3Storage", "Telemetry", "VeleroAPI",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        library(
            "NodeAgent",
            [
                "AsyncPrimitives", "ByteTransforms", "DataMover", "KubeClient", "KubeModel", "KubeRuntime",
                "LocationAccess", "ObjectStorage", "RepositoryEngine", "ResticFormat", "Telemetry", "VeleroAPI",
                "VolumeIO", .product(name: "Logging", package: "swift-log"),
            ]
        ),
        library(
            "BackupControllers",
            [
                "AsyncPrimitives", "ByteTransforms", "ClusterArchive", "KubeClient", "KubeModel", "KubeRuntime",
                "LocationAccess", "ObjectStorage", "RepositoryEngine", "ResticFormat", "Telemetry", "VeleroAPI",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),

        // Command line.
        library(
            "VeleroCommands",
            [
                "AsyncPrimitives", "BackupControllers", "ByteTransforms", "ClusterArchive", "DataMover",
                "HTTPTransport", "KubeClient", "KubeModel", "KubeRuntime", "LocationAccess", "NodeAgent",
                "ObjectStorage", "RepositoryEngine", "ResticFormat", "S3Storage", "Telemetry", "VeleroAPI", "VolumeIO",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),
        .executableTarget(name: "velero", dependencies: ["VeleroCommands"], swiftSettings: strict),

        // Tests.
        .target(
            name: "TestSupport",
            dependencies: ["AsyncPrimitives", "ByteTransforms", "HTTPTransport", "ObjectStorage"],
            path: "Tests/TestSupport",
            swiftSettings: strict
        ),
        // For tests against a real API server.
        .target(
            name: "ClusterTestSupport",
            dependencies: ["HTTPTransport", "KubeClient", "KubeModel", "TestSupport", "VeleroAPI"],
            path: "Tests/ClusterTestSupport",
            swiftSettings: strict
        ),
        tests("ByteTransforms", []),
        tests("ResticFormat", ["ByteTransforms"]),
        .testTarget(name: "TestSupportTests", dependencies: ["TestSupport"], swiftSettings: strict),
        tests("KubeModel", []),
        tests("VeleroAPI", ["ClusterTestSupport", "KubeModel"]),
        tests("AsyncPrimitives", []),
        tests("ObjectStorage", ["AsyncPrimitives", "ByteTransforms"]),
        tests("HTTPTransport", ["AsyncPrimitives"]),
        tests("S3Storage", ["AsyncPrimitives", "ByteTransforms", "HTTPTransport", "ObjectStorage"]),
        tests("KubeClient", ["AsyncPrimitives", "ClusterTestSupport", "HTTPTransport", "KubeModel"]),
        tests("KubeRuntime", ["AsyncPrimitives", "ClusterTestSupport", "HTTPTransport", "KubeClient", "KubeModel"]),
        tests("ClusterArchive", ["KubeModel", "VeleroAPI"]),
        tests("VolumeIO", ["AsyncPrimitives"]),
        tests("RepositoryEngine", ["AsyncPrimitives", "ByteTransforms", "ObjectStorage", "ResticFormat"]),
        tests(
            "DataMover",
            ["AsyncPrimitives", "ByteTransforms", "ObjectStorage", "RepositoryEngine", "ResticFormat", "VolumeIO"]
        ),
        tests("Telemetry", ["HTTPTransport", .product(name: "Logging", package: "swift-log")]),
        tests(
            "LocationAccess",
            [
                "AsyncPrimitives", "ByteTransforms", "ClusterTestSupport", "HTTPTransport", "KubeClient", "KubeModel",
                "KubeRuntime",
                "ObjectStorage", "RepositoryEngine", "ResticFormat", "S3Storage", "VeleroAPI",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        tests(
            "NodeAgent",
            [
                "AsyncPrimitives", "ByteTransforms", "ClusterTestSupport", "DataMover", "HTTPTransport", "KubeClient",
                "KubeModel",
                "KubeRuntime", "LocationAccess", "ObjectStorage", "RepositoryEngine", "ResticFormat", "Telemetry",
                "VeleroAPI", "VolumeIO", .product(name: "Logging", package: "swift-log"),
            ]
        ),
        tests(
            "BackupControllers",
            [
                "AsyncPrimitives", "ByteTransforms", "ClusterArchive", "ClusterTestSupport", "HTTPTransport",
                "KubeClient", "KubeModel", "KubeRuntime", "LocationAccess", "ObjectStorage", "RepositoryEngine",
                "ResticFormat", "S3Storage", "Telemetry", "VeleroAPI", .product(name: "Logging", package: "swift-log"),
            ]
        ),
        tests(
            "VeleroCommands",
            [
                "AsyncPrimitives", "ByteTransforms", "DataMover", "HTTPTransport", "KubeClient", "KubeModel",
                "ObjectStorage", "RepositoryEngine", "ResticFormat", "VeleroAPI",
            ]
        ),
        // Needs the cluster that `make e2e` starts; `make test` leaves it out.
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "AsyncPrimitives", "HTTPTransport", "KubeClient", "KubeModel", "TestSupport", "VeleroAPI",
            ],
            swiftSettings: strict
        ),
    ]
)
