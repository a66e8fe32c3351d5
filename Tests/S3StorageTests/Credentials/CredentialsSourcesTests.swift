// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Synchronization
import Testing

@testable import S3Storage

/// An environment made of variables, files and scripted services.
func scriptedEnvironment(
    _ variables: [String: String] = [:],
    files: [String: String] = [:],
    client: ScriptedClient = ScriptedClient(.init(500)),
    local: ScriptedClient = ScriptedClient(.init(500))
) -> CredentialsEnvironment {
    CredentialsEnvironment(
        variables: variables.merging(["HOME": "/home/u"]) { old, _ in old },
        client: client,
        localClient: local,
        wallClock: { UTCTime(secondsSinceEpoch: 1_440_938_160) },
        readFile: { files[$0].map { Array($0.utf8) } }
    )
}

private func expectError(
    _ code: CredentialsError.Code,
    _ text: String = "",
    _ body: () async throws -> AWSCredentials?
) async {
    do {
        let credentials = try await body()
        Issue.record("got \(String(describing: credentials))")
    } catch let error as CredentialsError {
        #expect(error.code == code, "\(error.message)")
        #expect(error.message.contains(text), "\(error.message)")
        #expect(!error.message.contains("S3CR3T"))
    } catch {
        Issue.record("threw \(error)")
    }
}

@Suite struct AWSCredentialsTests {
    @Test func neverPrintsSecrets() {
        let credentials = AWSCredentials(accessKeyID: "ID", secretAccessKey: "S3CR3T", sessionToken: "TOKEN")
        for text in [
            "\(credentials)", String(reflecting: credentials), "\([credentials])", "\(Optional(credentials) as Any)",
        ] {
            #expect(text.contains("ID"))
            #expect(!text.contains("S3CR3T") && !text.contains("TOKEN"))
        }
        var dumped = ""
        dump(credentials, to: &dumped)
        #expect(!dumped.contains("S3CR3T") && !dumped.contains("TOKEN"))
    }
}

@Suite struct EnvironmentCredentialsTests {
    @Test func prefersAmazonsNames() async throws {
        let variables = [
            "AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "S", "AWS_SESSION_TOKEN": "T", "MINIO_ACCESS_KEY": "M",
            "MINIO_SECRET_KEY": "N",
        ]
        let found = try await EnvironmentCredentials(scriptedEnvironment(variables)).credentials()
        #expect(found == AWSCredentials(accessKeyID: "A", secretAccessKey: "S", sessionToken: "T"))
        let minio = ["MINIO_ACCESS_KEY": "M", "MINIO_SECRET_KEY": "N", "AWS_SECRET_ACCESS_KEY": ""]
        #expect(try await EnvironmentCredentials(scriptedEnvironment(minio)).credentials()?.accessKeyID == "M")
    }

    @Test func namesTheMissingHalf() async {
        await expectError(.invalid, "AWS_SECRET_ACCESS_KEY is not") {
            try await EnvironmentCredentials(scriptedEnvironment(["AWS_ACCESS_KEY_ID": "A"])).credentials()
        }
        await expectError(.notConfigured) { try await EnvironmentCredentials(scriptedEnvironment()).credentials() }
    }
}

@Suite struct ProfileCredentialsTests {
    private let credentialsFile = """
        # comment
        [default]
        aws_access_key_id = D1
        aws_secret_access_key=S3CR3T/=+ # not part of it
        [ work ]
        aws_access_key_id=W1
        aws_secret_access_key = S3CR3T2
        aws_session_token = T2
        [source]
        aws_access_key_id=B1
        aws_secret_access_key=S3CR3T3
        """
    private let configFile = """
        [default]
        region = eu-west-1
        s3 =
            max_concurrent_requests = 20
            region = nowhere
        [profile work]
        region=eu-north-1
        [profile role]
        role_arn = arn:aws:iam::1:role/r
        source_profile = source
        external_id = x&y
        region = us-west-2
        [profile a]
        role_arn = arn:aws:iam::1:role/a
        source_profile = b
        [profile b]
        role_arn = arn:aws:iam::1:role/b
        source_profile = a
        [profile sso]
        sso_start_url = https://x
        [profile bare]
        region = x
        [sso-session work]
        aws_access_key_id=never
        """

    private func environment(
        _ variables: [String: String] = [:],
        client: ScriptedClient = ScriptedClient(.init(500))
    ) -> CredentialsEnvironment {
        scriptedEnvironment(
            variables,
            files: ["/home/u/.aws/credentials": credentialsFile, "/home/u/.aws/config": configFile],
            client: client
        )
    }

    @Test func readsTheDefaultProfile() async throws {
        let found = try await ProfileCredentials(environment()).credentials()
        #expect(found == AWSCredentials(accessKeyID: "D1", secretAccessKey: "S3CR3T/=+"))
        #expect(try await environment().configuredRegion() == "eu-west-1")
    }

    @Test func readsTheProfileAskedFor() async throws {
        let environment = environment(["AWS_PROFILE": "work"])
        let found = try await ProfileCredentials(environment).credentials()
        #expect(found == AWSCredentials(accessKeyID: "W1", secretAccessKey: "S3CR3T2", sessionToken: "T2"))
        #expect(try await environment.configuredRegion() == "eu-north-1")
        #expect(try await self.environment(["AWS_REGION": "z"]).configuredRegion() == "z")
    }

    @Test func takesOnARoleThroughAnotherProfile() async throws {
        let client = ScriptedClient(.init(200, temporaryCredentials))
        let environment = environment(client: client)
        let found = try await ProfileCredentials(environment, profileName: "role").credentials()
        #expect(found?.accessKeyID == "ASIA1")
        #expect(found?.expiration?.basicDateTime == "20150830T133600Z")
        let request = try #require(client.requests.first)
        #expect(request.url == "https://sts.us-west-2.amazonaws.com/")
        #expect(request.signedKeyID == "B1")
        #expect(request.header("Authorization")?.contains("/us-west-2/sts/aws4_request") == true)
        let form = String(decoding: request.bodyBytes, as: UTF8.self)
        #expect(form.contains("Action=AssumeRole&"))
        #expect(form.contains("RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr"))
        #expect(form.contains("ExternalId=x%26y"))
    }

    @Test(arguments: [
        ("a", CredentialsError.Code.invalid, "has no"), ("sso", .invalid, "sso_start_url"),
        ("bare", .notConfigured, "aws_access_key_id"),
        ("missing", .invalid, "“missing”"),
    ])
    func saysWhatIsWrong(profile: String, code: CredentialsError.Code, text: String) async {
        await expectError(code, text) {
            try await ProfileCredentials(environment(), profileName: profile).credentials()
        }
    }

    @Test func noFilesAreNoError() async {
        await expectError(.notConfigured) { try await ProfileCredentials(scriptedEnvironment()).credentials() }
    }

    @Test func unreadableLinesAreSkipped() {
        let file = ProfileFile(
            parsing: "x=1\n[broken\ny=2\n[p]\n=3\nnonsense\nk = v;w\nl = v ; c\n[]\nz=1",
            kind: .credentials
        )
        #expect(file.profiles["p"] == ["k": "v;w", "l": "v"])
    }
}

@Suite struct WebIdentityCredentialsTests {
    private let variables = [
        "AWS_ROLE_ARN": "arn:r", "AWS_WEB_IDENTITY_TOKEN_FILE": "/token", "AWS_REGION": "eu-west-1",
    ]

    @Test func tradesTheTokenUnsigned() async throws {
        let client = ScriptedClient(.init(200, temporaryCredentials))
        let environment = scriptedEnvironment(variables, files: ["/token": "jwt.a.b\n"], client: client)
        #expect(try await WebIdentityCredentials(environment).credentials()?.sessionToken == "TOKEN1")
        let request = try #require(client.requests.first)
        #expect(request.url == "https://sts.eu-west-1.amazonaws.com/")
        #expect(request.header("Authorization") == nil)
        let form = String(decoding: request.bodyBytes, as: UTF8.self)
        #expect(form.contains("WebIdentityToken=jwt.a.b"))
        #expect(form.contains("RoleSessionName=velero-1440938160"))
    }

    @Test func saysWhatIsMissing() async {
        await expectError(.notConfigured) { try await WebIdentityCredentials(scriptedEnvironment()).credentials() }
        await expectError(.invalid, "/token") {
            try await WebIdentityCredentials(scriptedEnvironment(variables)).credentials()
        }
        let environment = scriptedEnvironment(["AWS_WEB_IDENTITY_TOKEN_FILE": "/token"])
        await expectError(.invalid, "AWS_ROLE_ARN") { try await WebIdentityCredentials(environment).credentials() }
    }

    @Test(arguments: [(403, CredentialsError.Code.invalid), (400, .invalid), (503, .unavailable), (429, .unavailable)])
    func passesOnTheRefusal(status: Int, code: CredentialsError.Code) async {
        let client = ScriptedClient(.error(status, "AccessDenied", "<Message>no</Message>"))
        let environment = scriptedEnvironment(variables, files: ["/token": "t"], client: client)
        await expectError(code, "trust policy") { try await WebIdentityCredentials(environment).credentials() }
    }
}

@Suite struct ContainerCredentialsTests {
    private let document = """
        {"AccessKeyId":"C1","SecretAccessKey":"S3CR3T","Token":"TOKEN","Expiration":"2015-08-30T13:36:00Z","RoleArn":"x"}
        """

    @Test func asksTheTaskEndpoint() async throws {
        let local = ScriptedClient(.init(200, document))
        let environment = scriptedEnvironment(
            ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/x"],
            local: local
        )
        let found = try await ContainerCredentials(environment).credentials()
        #expect(found?.accessKeyID == "C1" && found?.sessionToken == "TOKEN")
        #expect(found?.expiration?.secondsSinceEpoch == 1_440_941_760)
        #expect(local.requests.first?.url == "http://169.254.170.2/v2/credentials/x")
    }

    @Test func showsTheTokenOfTheFileEachTime() async throws {
        let local = ScriptedClient(.init(200, document))
        let variables = [
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/v1/credentials",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/token",
        ]
        let token = Mutex("one")
        var environment = scriptedEnvironment(variables, local: local)
        environment.readFile = { _ in token.withLock { Array($0.utf8) } }
        _ = try await ContainerCredentials(environment).credentials()
        token.withLock { $0 = "two\n" }
        _ = try await ContainerCredentials(environment).credentials()
        #expect(local.requests.map { $0.header("Authorization") } == ["one", "two"])
    }

    @Test(arguments: [
        ("https://anything.example/x", true), ("http://127.0.0.1:80/x", true), ("http://127.9.9.9/x", true),
        ("http://localhost/x", true),
        ("http://[::1]:1/x", true), ("http://169.254.170.2/x", true), ("http://[fd00:ec2::23]/x", true),
        ("http://example.com/x", false), ("http://127.0.0.1.example.com/", false),
        ("http://127.0.0.1@example.com/", false),
        ("http://169.254.169.254/", false), ("ftp://127.0.0.1/", false), ("http://127.evil.0.1/", false),
    ])
    func sendsItsSecretToTrustedHostsOnly(url: String, isTrusted: Bool) {
        #expect(ContainerCredentials.isTrusted(url) == isTrusted)
    }

    @Test(arguments: [
        (200, "{}", CredentialsError.Code.unavailable), (200, "nonsense", .unavailable), (403, "", .invalid),
        (500, "", .unavailable),
        (200, "{\"Code\":\"AssumeRoleUnauthorizedAccess\",\"Message\":\"no\"}", .unavailable),
    ])
    func refusesOtherAnswers(status: Int, body: String, code: CredentialsError.Code) async {
        let local = ScriptedClient(.init(status, body))
        let environment = scriptedEnvironment(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "x"], local: local)
        await expectError(code) { try await ContainerCredentials(environment).credentials() }
    }
}

@Suite struct InstanceCredentialsTests {
    private func service(_ role: String = "my role\n") -> ScriptedClient {
        ScriptedClient { request, _ in
            guard request.method == "GET" else {
                return request.header("X-aws-ec2-metadata-token-ttl-seconds") == "21600"
                    ? .init(200, "TOKEN1") : .init(400)
            }
            guard request.header("X-aws-ec2-metadata-token") == "TOKEN1" else { return .init(401) }
            switch request.target {
            case "/latest/meta-data/iam/security-credentials/": return role.isEmpty ? .init(404) : .init(200, role)
            case "/latest/meta-data/iam/security-credentials/my%20role":
                return .init(
                    200,
                    "{\"Code\":\"Success\",\"AccessKeyId\":\"I1\",\"SecretAccessKey\":\"S3CR3T\",\"Token\":\"T\"}"
                )
            case "/latest/meta-data/placement/region": return .init(200, "eu-south-1")
            default: return .init(404)
            }
        }
    }

    @Test func asksWithASessionToken() async throws {
        let local = service()
        let source = InstanceCredentials(scriptedEnvironment(local: local))
        #expect(try await source.credentials()?.accessKeyID == "I1")
        #expect(try await source.region() == "eu-south-1")
        #expect(local.requests.first?.url == "http://169.254.169.254/latest/api/token")
    }

    @Test func noRoleAndNoServiceAreNoErrors() async {
        await expectError(.notConfigured) {
            try await InstanceCredentials(scriptedEnvironment(local: service(""))).credentials()
        }
        let silent = ScriptedClient { _, _ in throw HTTPError(.connectTimeout, "nobody answers") }
        await expectError(.notConfigured) {
            try await InstanceCredentials(scriptedEnvironment(local: silent)).credentials()
        }
        let off = scriptedEnvironment(["AWS_EC2_METADATA_DISABLED": "True"], local: service())
        await expectError(.notConfigured) { try await InstanceCredentials(off).credentials() }
    }
}

@Suite struct CredentialsChainTests {
    @Test func asksInResticsOrder() async throws {
        let files = ["/home/u/.aws/credentials": "[default]\naws_access_key_id=F\naws_secret_access_key=S"]
        let both = scriptedEnvironment(["AWS_ACCESS_KEY_ID": "E", "AWS_SECRET_ACCESS_KEY": "S"], files: files)
        #expect(try await CredentialsChain.standard(both).credentials()?.accessKeyID == "E")
        #expect(
            try await CredentialsChain.standard(scriptedEnvironment(files: files)).credentials()?.accessKeyID == "F"
        )
    }

    @Test func stopsAtASourceThatIsSetUpWrongly() async {
        let environment = scriptedEnvironment(
            ["AWS_PROFILE": "missing", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x"],
            local: ScriptedClient(.init(200, "{}"))
        )
        await expectError(.invalid, "missing") { try await CredentialsChain.standard(environment).credentials() }
    }

    @Test func takesOnResticsRoleOnTop() async throws {
        let client = ScriptedClient(.init(200, temporaryCredentials))
        let environment = scriptedEnvironment(
            [
                "AWS_ACCESS_KEY_ID": "E", "AWS_SECRET_ACCESS_KEY": "S", "RESTIC_AWS_ASSUME_ROLE_ARN": "arn:role",
                "RESTIC_AWS_ASSUME_ROLE_SESSION_NAME": "name", "RESTIC_AWS_ASSUME_ROLE_POLICY": "{}",
                "RESTIC_AWS_ASSUME_ROLE_STS_ENDPOINT": "http://127.0.0.1:5000/sts",
            ],
            client: client
        )
        let chain = CredentialsChain.standard(environment)
        #expect(try await chain.credentials()?.accessKeyID == "ASIA1")
        #expect(try await chain.credentials()?.accessKeyID == "ASIA1")
        #expect(client.requests.count == 1)
        let request = try #require(client.requests.first)
        #expect(request.url == "http://127.0.0.1:5000/sts")
        #expect(request.signedKeyID == "E")
        #expect(String(decoding: request.bodyBytes, as: UTF8.self).contains("RoleSessionName=name&Policy=%7B%7D"))
    }
}

/// What STS answers; good for an hour.
let temporaryCredentials = """
    <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><AssumedRoleUser><Arn>x</Arn>
    </AssumedRoleUser><Credentials><AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>S3CR3T</SecretAccessKey>
    <SessionToken>TOKEN1</SessionToken><Expiration>2015-08-30T13:36:00Z</Expiration></Credentials></AssumeRoleResult>
    </AssumeRoleResponse>
    """
