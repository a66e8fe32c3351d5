// SPDX-License-Identifier: Apache-2.0

import KubeModel
import Testing
import VeleroAPI

@Suite struct RepositoryIdentifierTests {
    private func location(
        _ provider: String,
        _ config: [String: String] = [:],
        bucket: String? = "bucket",
        prefix: String? = nil
    ) -> BackupStorageLocation {
        var location = BackupStorageLocation(name: "default", namespace: "velero")
        location.provider = provider
        location.config = config
        location.bucket = bucket
        location.prefix = prefix
        return location
    }

    @Test func `a location's root is its bucket and prefix, whatever its repositories' prefix`() throws {
        let url = ["s3Url": "http://minio:9000/", "resticRepoPrefix": "/srv/r"]
        #expect(
            try RepositoryIdentifier.root(of: location("aws", url, prefix: "/a//b/"))
                == "s3:http://minio:9000/bucket/a/b"
        )
        let amazon = location("aws", ["resticRepoPrefix": "/srv/r"])
        #expect(RepositoryIdentifier.rootNeedsBucketRegion(amazon))
        #expect(
            try RepositoryIdentifier.root(of: amazon, bucketRegion: "eu-west-1")
                == "s3:s3-eu-west-1.amazonaws.com/bucket"
        )
        #expect(throws: RepositoryIdentifier.Failure.self) { try RepositoryIdentifier.root(of: location("gcp", url)) }
    }

    @Test func `identifiers are those of Velero`() throws {
        let url = ["s3Url": "http://minio:9000/", "region": "minio"]
        let table: [(BackupStorageLocation, String)] = [
            (location("aws", url), "s3:http://minio:9000/bucket/restic/shop"),
            (location("velero.io/aws", url, prefix: "/a//b/"), "s3:http://minio:9000/bucket/a/b/restic/shop"),
            (location("aws", ["region": "eu-west-1"]), "s3:s3-eu-west-1.amazonaws.com/bucket/restic/shop"),
            (
                location("aws", ["region": "eu-west-1"], prefix: "p"),
                "s3:s3-eu-west-1.amazonaws.com/bucket/p/restic/shop"
            ),
            (location("x", ["resticRepoPrefix": "s3:https://h/b/"]), "s3:https://h/b/shop"),
            (location("x", ["resticRepoPrefix": "file:///srv/r"]), "local:/srv/r/shop"),
            (location("x", ["resticRepoPrefix": "local:/srv/r/"]), "local:/srv/r/shop"),
            (location("x", ["resticRepoPrefix": "/srv/r"]), "local:/srv/r/shop"),
        ]
        for (location, expected) in table {
            #expect(try RepositoryIdentifier.make(location: location, namespace: "shop") == expected)
            #expect(!RepositoryIdentifier.needsBucketRegion(location))
        }
    }

    @Test func `a bucket without region must be looked up`() throws {
        let location = location("aws")
        #expect(RepositoryIdentifier.needsBucketRegion(location))
        let failure = #expect(throws: RepositoryIdentifier.Failure.self) {
            try RepositoryIdentifier.make(location: location, namespace: "shop")
        }
        #expect(failure?.code == .regionUnknown)
        #expect(failure?.description == "failed to detect the region via bucket: bucket")
        #expect(
            try RepositoryIdentifier.make(location: location, namespace: "shop", bucketRegion: "us-east-2")
                == "s3:s3-us-east-2.amazonaws.com/bucket/restic/shop"
        )
    }

    @Test func `what cannot be served is refused with what to do`() {
        let refused: [(BackupStorageLocation, RepositoryIdentifier.Failure.Code, String)] = [
            (location("azure"), .unsupported, "Azure"), (location("velero.io/gcp"), .unsupported, "Google"),
            (location("aws", ["resticRepoPrefix": "gs:b:/r"]), .unsupported, "Google"),
            (location("aws", ["resticRepoPrefix": "azure:b:/r"]), .unsupported, "Azure"),
            (location("aws", ["resticRepoPrefix": "rest:http://h"]), .unsupported, "\"rest:\""),
            (location("aws", ["resticRepoPrefix": "file:///a/../b"]), .incomplete, ".."),
            (location("example.org/other"), .incomplete, "resticRepoPrefix"),
            (location("aws", ["region": "r"], bucket: nil), .incomplete, "bucket"),
        ]
        for (location, code, part) in refused {
            let failure = #expect(throws: RepositoryIdentifier.Failure.self) {
                try RepositoryIdentifier.make(location: location, namespace: "shop")
            }
            #expect(failure?.code == code)
            #expect(failure?.description.contains(part) == true, "\(failure?.description ?? "")")
        }
        #expect(throws: RepositoryIdentifier.Failure.self) {
            try RepositoryIdentifier.make(location: location("aws", ["region": "r"]), namespace: "../shop")
        }
    }
}
