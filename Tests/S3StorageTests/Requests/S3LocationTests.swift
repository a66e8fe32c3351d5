// SPDX-License-Identifier: Apache-2.0

import ObjectStorage
import S3Storage
import Testing

@Suite struct S3LocationTests {
    struct Form: Sendable, CustomTestStringConvertible {
        var text: String
        var scheme: S3Location.Scheme = .https
        var host: String
        var port: Int?
        var bucket: String
        var prefix = ""

        var testDescription: String { text }
    }

    @Test(arguments: [
        Form(text: "s3:s3.amazonaws.com/bucket", host: "s3.amazonaws.com", bucket: "bucket"),
        Form(text: "s3:s3.amazonaws.com/bucket/a/b", host: "s3.amazonaws.com", bucket: "bucket", prefix: "a/b"),
        Form(text: "s3://s3.amazonaws.com/bucket/a/", host: "s3.amazonaws.com", bucket: "bucket", prefix: "a"),
        Form(text: "s3:https://host/bucket", host: "host", bucket: "bucket"),
        Form(text: "s3:https://host:443/bucket/", host: "host", bucket: "bucket"),
        Form(
            text: "s3:https://HOST.Example:9000/bucket//a//b/",
            host: "host.example",
            port: 9000,
            bucket: "bucket",
            prefix: "a/b"
        ),
        Form(text: "s3:http://127.0.0.1:9000/bucket", scheme: .http, host: "127.0.0.1", port: 9000, bucket: "bucket"),
        Form(text: "s3:http://host:80/bucket/x", scheme: .http, host: "host", bucket: "bucket", prefix: "x"),
        Form(
            text: "s3:http://[::1]:9000/bucket/x",
            scheme: .http,
            host: "[::1]",
            port: 9000,
            bucket: "bucket",
            prefix: "x"
        ),
        Form(text: "s3:https://[fd00::2]/bucket", host: "[fd00::2]", bucket: "bucket"),
        Form(text: "s3:host:9000/bucket/./a/../b", host: "host", port: 9000, bucket: "bucket", prefix: "b"),
        Form(text: "s3:https://host/Old_Bucket/with%20blank", host: "host", bucket: "Old_Bucket", prefix: "with blank"),
        Form(text: "s3:host/bucket/with%20blank", host: "host", bucket: "bucket", prefix: "with%20blank"),
    ])
    func readsEveryForm(_ form: Form) throws {
        let location = try S3Location(parsing: form.text)
        #expect(location.scheme == form.scheme)
        #expect(location.host == form.host)
        #expect(location.port == form.port)
        #expect(location.bucket == form.bucket)
        #expect(location.prefix == form.prefix)
        #expect(
            try S3Location(parsing: location.description.replacing(" ", with: "%20")) == location
                || !form.text.contains("http")
        )
    }

    @Test(arguments: [
        "", "s3:", "s3:host", "s3:https://host", "s3:https://host/", "s3:https:///bucket", "s3://host",
        "rest:https://host/bucket",
        "s3:https://host:0/bucket", "s3:https://host:99999/bucket", "s3:https://host:x/bucket",
        "s3:https://ho st/bucket",
        "s3:https://user:secret@host/bucket", "s3:https://host/buck et", "s3:https://host/../x",
        "s3:https://host/bucket/%zz",
    ])
    func refusesOtherTexts(text: String) {
        do {
            let location = try S3Location(parsing: text)
            Issue.record("read as \(location)")
        } catch {
            #expect(error.code == .invalid)
            #expect(!error.message.contains("secret"))
        }
    }

    @Test func joinsKeys() throws {
        #expect(try S3Location(host: "h", bucket: "bucket", prefix: "/a/").objectKey("k") == "a/k")
        #expect(try S3Location(host: "h", bucket: "bucket").objectKey("k") == "k")
    }
}

@Suite struct S3EndpointTests {
    @Test(
        arguments: [
            ("s3:s3.amazonaws.com/bucket", nil, "bucket.s3.amazonaws.com", "/key"),
            ("s3:s3.amazonaws.com/bucket", "us-east-1", "bucket.s3.amazonaws.com", "/key"),
            ("s3:s3.amazonaws.com/bucket", "eu-west-1", "bucket.s3.eu-west-1.amazonaws.com", "/key"),
            ("s3:s3.eu-west-1.amazonaws.com/bucket", "us-west-2", "bucket.s3.us-west-2.amazonaws.com", "/key"),
            (
                "s3:s3.dualstack.eu-west-1.amazonaws.com/bucket", "us-west-2",
                "bucket.s3.dualstack.us-west-2.amazonaws.com", "/key"
            ),
            ("s3:s3.amazonaws.com/dotted.bucket", nil, "s3.amazonaws.com", "/dotted.bucket/key"),
            ("s3:s3.amazonaws.com/Old_Bucket", nil, "s3.amazonaws.com", "/Old_Bucket/key"),
            ("s3:storage.googleapis.com/bucket", "auto", "bucket.storage.googleapis.com", "/key"),
            ("s3:oss-cn-hangzhou.aliyuncs.com/bucket", nil, "bucket.oss-cn-hangzhou.aliyuncs.com", "/key"),
            ("s3:https://minio.example:9000/bucket", "eu-west-1", "minio.example:9000", "/bucket/key"),
            ("s3:http://[::1]:9000/bucket", nil, "[::1]:9000", "/bucket/key"),
        ] as [(String, String?, String, String)]
    )
    func choosesTheAddressing(location: String, region: String?, authority: String, path: String) throws {
        let endpoint = S3Endpoint(try S3Location(parsing: location), region: region)
        #expect(endpoint.authority == authority)
        #expect(endpoint.encodedPath("key") == path)
    }

    @Test func obeysTheAddressingAskedFor() throws {
        let amazon = try S3Location(parsing: "s3:s3.amazonaws.com/bucket")
        #expect(S3Endpoint(amazon, addressing: .path).encodedPath(nil) == "/bucket")
        let other = try S3Location(parsing: "s3:https://host:9000/bucket")
        #expect(S3Endpoint(other, addressing: .virtualHost).authority == "bucket.host:9000")
        #expect(S3Endpoint(other, addressing: .virtualHost).encodedPath(nil) == "/")
    }

    @Test(
        arguments: [
            ("s3.amazonaws.com", nil), ("s3.eu-west-1.amazonaws.com", "eu-west-1"),
            ("s3-eu-west-1.amazonaws.com", "eu-west-1"),
            ("s3.dualstack.us-east-2.amazonaws.com", "us-east-2"), ("s3.cn-north-1.amazonaws.com.cn", "cn-north-1"),
            ("s3-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1"), ("s3-external-1.amazonaws.com", nil),
            ("bucket.s3.eu-central-1.amazonaws.com", "eu-central-1"), ("minio.example", nil),
            ("s3.eu-west-1.example.com", nil),
        ] as [(String, String?)]
    )
    func readsTheRegionFromTheHost(host: String, region: String?) {
        #expect(S3Endpoint.region(inHost: host) == region)
    }
}
