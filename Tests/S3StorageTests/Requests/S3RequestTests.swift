// SPDX-License-Identifier: Apache-2.0

import ObjectStorage
import Testing

@testable import HTTPTransport
@testable import S3Storage

@Suite struct S3RequestTests {
    private func builder(
        _ location: String = "s3:https://host/bucket",
        checksum: UploadChecksum = .none,
        credentials: AWSCredentials? = AWSCredentials(accessKeyID: "ID", secretAccessKey: "SECRET"),
        unsigned: Bool = false
    ) throws -> RequestBuilder {
        RequestBuilder(
            endpoint: S3Endpoint(try S3Location(parsing: location)),
            region: "us-east-1",
            credentials: credentials,
            time: UTCTime(secondsSinceEpoch: 0),
            checksum: checksum,
            leavesUnknownPayloadsUnsigned: unsigned,
            controlTimeout: .seconds(9)
        )
    }

    @Test func putCarriesTheHashTheCallerKnows() throws {
        let body = ObjectBody([1, 2, 3], sha256Hex: String(repeating: "a", count: 64))
        let request = try builder().httpRequest(
            .putObject("data/00", body, ObjectAttributes(storageClass: "STANDARD_IA"))
        )
        #expect(request.method == "PUT")
        #expect(request.url == "https://host/bucket/data/00")
        #expect(request.header("x-amz-content-sha256") == body.sha256Hex)
        #expect(request.header("x-amz-storage-class") == "STANDARD_IA")
        #expect(request.header("Content-Type") == "application/octet-stream")
        #expect(request.header("x-amz-date") == "19700101T000000Z")
        #expect(request.bodyBytes == [1, 2, 3])
        #expect(request.totalTimeout == nil)
        #expect(request.header("Authorization")?.contains("content-type;host;x-amz-content-sha256;x-amz-date") == true)
    }

    @Test func putHashesOrLeavesWhatNobodyHashed() throws {
        let put = S3Request.putObject("k", ObjectBody(pieces: [Array("ab".utf8), Array("c".utf8)]), ObjectAttributes())
        let hashed = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(try builder().httpRequest(put).header("x-amz-content-sha256") == hashed)
        #expect(try builder(unsigned: true).httpRequest(put).header("x-amz-content-sha256") == "UNSIGNED-PAYLOAD")
        let clear = try builder("s3:http://host/bucket", unsigned: true)
        #expect(clear.httpRequest(put).header("x-amz-content-sha256") == hashed)
    }

    @Test func checksumsComeFromTheHash() throws {
        let put = S3Request.putObject("k", ObjectBody(Array("abc".utf8)), ObjectAttributes())
        let sha = try builder(checksum: .sha256).httpRequest(put)
        #expect(sha.header("x-amz-checksum-sha256") == "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=")
        #expect(sha.header("Content-MD5") == nil)
        #expect(try builder(checksum: .md5).httpRequest(put).header("Content-MD5") == "kAFQmDzST7DWlj99KOF/cg==")
        let part = S3Request.uploadPart(
            "k",
            uploadID: "u",
            number: 1,
            ObjectBody(Array("abc".utf8)),
            encryption: .bucketDefault
        )
        #expect(try builder(checksum: .sha256).httpRequest(part).header("Content-MD5") == "kAFQmDzST7DWlj99KOF/cg==")
        let list = try builder(checksum: .md5).httpRequest(.createBucket(region: "eu-west-1"))
        #expect(list.header("Content-MD5") == nil)
    }

    @Test func anonymousRequestsCarryNoSignature() throws {
        let request = try builder(credentials: nil).httpRequest(.getObject("k"))
        #expect(request.header("Authorization") == nil)
        #expect(request.header("x-amz-security-token") == nil)
        #expect(try builder(credentials: nil).presignedURL(.getObject("k"), expiry: .seconds(1)) == nil)
    }

    @Test func rangesAreInclusive() throws {
        #expect(try builder().httpRequest(.getObject("k", from: 5, upTo: 10)).header("Range") == "bytes=5-9")
        #expect(try builder().httpRequest(.getObject("k", from: 5)).header("Range") == "bytes=5-")
        #expect(try builder().httpRequest(.getObject("k")).header("Range") == nil)
    }

    @Test func keysAreEncodedByByte() throws {
        let request = try builder().httpRequest(.getObject("a b/+%é"))
        #expect(request.url == "https://host/bucket/a%20b/%2B%25%C3%A9")
    }

    @Test func listsEitherWay() throws {
        let second = try builder().httpRequest(.listObjects(prefix: "p/", after: "t+1"))
        #expect(
            second.target == "/bucket?list-type=2&encoding-type=url&max-keys=1000&prefix=p%2F&continuation-token=t%2B1"
        )
        #expect(second.totalTimeout == .seconds(9))
        let first = try builder().httpRequest(.listObjects(prefix: "", version: .v1, after: "k"))
        #expect(first.target == "/bucket?encoding-type=url&max-keys=1000&prefix=&marker=k")
    }

    @Test func createsBucketsWhereTheyBelong() throws {
        let request = try builder().httpRequest(.createBucket(region: "eu-west-1"))
        #expect(
            String(decoding: request.bodyBytes, as: UTF8.self).contains(
                "<LocationConstraint>eu-west-1</LocationConstraint>"
            )
        )
        #expect(try builder().httpRequest(.createBucket(region: "us-east-1")).bodyBytes.isEmpty)
    }

    @Test func multipartSpeaksItsVocabulary() throws {
        let create = try builder().httpRequest(.createMultipartUpload("k", ObjectAttributes(encryption: .aes256)))
        #expect(create.method == "POST" && create.target == "/bucket/k?uploads=")
        #expect(create.header("x-amz-server-side-encryption") == "AES256")
        let complete = try builder().httpRequest(
            .completeMultipartUpload("k", uploadID: "u&1", entityTags: ["\"a\"", "<b>"], encryption: .aes256)
        )
        #expect(complete.target == "/bucket/k?uploadId=u%261")
        let document = String(decoding: complete.bodyBytes, as: UTF8.self)
        #expect(document.contains("<Part><PartNumber>1</PartNumber><ETag>&quot;a&quot;</ETag></Part>"))
        #expect(document.contains("<Part><PartNumber>2</PartNumber><ETag>&lt;b&gt;</ETag></Part>"))
        #expect(complete.header("x-amz-server-side-encryption") == nil)
        let abort = try builder().httpRequest(.abortMultipartUpload("k", uploadID: "u"))
        #expect(abort.method == "DELETE" && abort.target == "/bucket/k?uploadId=u")
    }

    @Test func everyRequestOfACustomerKeyCarriesIt() throws {
        let key = try CustomerEncryptionKey(bytes: Array("01234567890123456789012345678901".utf8))
        let encryption = ServerSideEncryption.customerKey(key)
        let part = S3Request.uploadPart("k", uploadID: "u", number: 1, ObjectBody([1]), encryption: encryption)
        let put = S3Request.putObject("k", ObjectBody([1]), ObjectAttributes(encryption: encryption))
        for request in [
            put, part, .getObject("k", encryption: encryption), .headObject("k", encryption: encryption),
            .createMultipartUpload("k", ObjectAttributes(encryption: encryption)),
        ] {
            let http = try builder().httpRequest(request)
            #expect(http.header("x-amz-server-side-encryption-customer-algorithm") == "AES256")
            #expect(
                http.header("x-amz-server-side-encryption-customer-key")
                    == "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
            )
            #expect(http.header("x-amz-server-side-encryption-customer-key-MD5") == "KYvwGXoFFJ42a2u2GDWhwQ==")
        }
        #expect("\(key)" == "CustomerEncryptionKey")
        #expect(!String(reflecting: key).contains("MDEy"))
    }

    @Test func customerKeysHave32Bytes() throws {
        let bytes = [UInt8](repeating: 7, count: 32)
        #expect(try CustomerEncryptionKey(fileContent: bytes) == CustomerEncryptionKey(bytes: bytes))
        let base64 = Array("BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n".utf8)
        #expect(try CustomerEncryptionKey(fileContent: base64) == CustomerEncryptionKey(bytes: bytes))
        #expect(throws: StorageError.self) { try CustomerEncryptionKey(fileContent: Array("short".utf8)) }
    }

    @Test func kmsNamesItsKey() {
        let headers = ServerSideEncryption.kms(keyID: "alias/x").headersForWriting.map { "\($0.name)=\($0.value)" }
        #expect(
            headers == ["x-amz-server-side-encryption=aws:kms", "x-amz-server-side-encryption-aws-kms-key-id=alias/x"]
        )
        #expect(ServerSideEncryption.kms(keyID: nil).headersForWriting.count == 1)
        #expect(ServerSideEncryption.kms(keyID: nil).headersForReading.isEmpty)
    }

    @Test func contentRangesAreRead() {
        #expect(ContentRange("bytes 0-9/100")?.bytes == 0..<10)
        #expect(ContentRange("bytes 0-9/*")?.objectByteCount == nil)
        #expect(ContentRange("bytes */100")?.objectByteCount == 100)
        for broken in [
            "", "bytes", "bytes 9-0/10", "bytes a-b/c", "items 0-9/100", "bytes 0-9223372036854775807/1",
            "bytes 0-9/-1",
        ] {
            #expect(ContentRange(broken) == nil, "\(broken)")
        }
    }
}
