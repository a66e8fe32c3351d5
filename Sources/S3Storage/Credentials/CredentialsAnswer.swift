// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import HTTPTransport

/// The JSON document by which metadata and container services hand out credentials.
struct CredentialsAnswer: Decodable {
    // The services' own spelling.
    private enum CodingKeys: String, CodingKey {
        case code = "Code"
        case message = "Message"
        case accessKeyID = "AccessKeyId"
        case secretAccessKey = "SecretAccessKey"
        case token = "Token"
        case expiration = "Expiration"
    }

    var code: String?
    var message: String?
    var accessKeyID: String?
    var secretAccessKey: String?
    var token: String?
    var expiration: String?

    /// - Throws: ``CredentialsError`` when the document holds no credentials.
    static func credentials(from bytes: [UInt8], source: String) throws -> AWSCredentials {
        let answer: CredentialsAnswer
        do {
            answer = try JSONDecoder().decode(CredentialsAnswer.self, from: Data(bytes))
        } catch {
            throw CredentialsError(.unavailable, "the answer of \(source) is not the JSON it should be")
        }
        guard answer.code == nil || answer.code == "Success", let id = answer.accessKeyID,
            let secret = answer.secretAccessKey
        else {
            let reason = answer.message ?? answer.code ?? "no key in the answer"
            throw CredentialsError(.unavailable, "\(source) gives no credentials: \(reason.prefix(300))")
        }
        return AWSCredentials(
            accessKeyID: id,
            secretAccessKey: secret,
            sessionToken: answer.token,
            expiration: answer.expiration.flatMap { UTCTime(iso8601: $0) }
        )
    }
}

extension HTTPClient {
    /// Largest answer of a service that hands out credentials, in bytes.
    private var maximumAnswerByteCount: Int { 256 << 10 }

    /// Sends a small request; failures become ``CredentialsError``.
    func answer(to request: HTTPRequest, from service: String) async throws -> (head: HTTPResponseHead, bytes: [UInt8])
    {
        do {
            return try await send(request, maximumBodyByteCount: maximumAnswerByteCount)
        } catch let error as HTTPError {
            try Task.checkCancellation()
            throw CredentialsError(.unavailable, "\(service) cannot be reached: \(error.message)", cause: error)
        }
    }
}
