// SPDX-License-Identifier: Apache-2.0

import KubeModel
import Testing
import VeleroAPI

@Suite struct StorageLocationValidationTests {
    private func problems(_ change: (inout BackupStorageLocation) -> Void) -> [String] {
        var location = BackupStorageLocation(name: "default")
        location.provider = "aws"
        location.bucket = "bucket"
        change(&location)
        return location.validate()
    }

    @Test func `a plain location is fine`() {
        #expect(problems { _ in }.isEmpty)
        #expect(problems { $0.bucket = "arn:aws:s3:us-east-1:1:accesspoint/x" }.isEmpty)
        #expect(problems { $0.config = ["s3Url": "https://h", "publicUrl": ""] }.isEmpty)
    }

    @Test func `what cannot work is told`() {
        #expect(problems { $0.bucket = "a/b" }.first?.contains("must not contain a '/'") == true)
        #expect(problems { $0.bucket = nil }.count == 1)
        #expect(problems { $0.provider = nil }.count == 1)
        #expect(problems { $0.config = ["s3Url": "h:9000"] }.first?.contains("s3Url") == true)
        #expect(problems { $0.credentialName = "s" }.count == 1)
        #expect(problems { $0.accessMode = .unknown("Maybe") }.first?.contains("Maybe") == true)
        #expect(
            problems {
                $0.caCertificates = "eA=="
                $0.caSecretName = "s"
            }.count == 1
        )
    }

    @Test func `the provider and the prefix are read as Velero does`() {
        var location = BackupStorageLocation(name: "x")
        location.provider = "aws"
        #expect(location.fullProvider == "velero.io/aws")
        location.provider = "example.org/x"
        #expect(location.fullProvider == "example.org/x")
        location.prefix = "/a/b/"
        #expect(location.cleanPrefix == "a/b")
        #expect(!location.isReadOnly)
        location.accessMode = .readOnly
        #expect(location.isReadOnly)
    }
}
