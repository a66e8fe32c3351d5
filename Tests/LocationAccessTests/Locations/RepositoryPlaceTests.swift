// SPDX-License-Identifier: Apache-2.0

import LocationAccess
import ObjectStorage
import Testing

@Suite struct RepositoryPlaceTests {
    @Test(arguments: [
        (
            "s3:s3-eu-west-1.amazonaws.com/backups/velero/restic/shop",
            "s3:https://s3.amazonaws.com/backups/velero/restic/shop", true
        ),
        ("s3:http://minio:9000/backups/restic/shop", "s3:https://minio.example.org/backups/restic/shop/", true),
        ("s3:http://minio:9000/backups/restic/shop", "s3:http://minio:9000/backups/restic/other", false),
        ("s3:http://minio:9000/backups/restic/shop", "s3:http://minio:9000/others/restic/shop", false),
        ("s3:http://minio:9000/backups/restic/shop", "azure:backups:/restic/shop", false),
        ("s3:http://minio:9000/backups/restic/shop", "s3:", false),
        ("local:/backups/shop", "/backups//shop/", true), ("local:/backups/shop", "local:/backups/shop/x", false),
        ("local:/backups/shop", "s3:http://minio/backups/shop", false),
    ])
    func `an identifier that spells the server in another way means the same place`(
        own: String,
        other: String,
        isSame: Bool
    ) throws {
        #expect(try RepositoryPlace(identifier: own).isMeant(by: other) == isSame)
    }

    @Test func `what is neither a directory nor S3 is refused`() {
        for identifier in ["gs:bucket:/x", "relative/path", ""] {
            #expect(throws: StorageError.self) { try RepositoryPlace(identifier: identifier) }
        }
    }
}
