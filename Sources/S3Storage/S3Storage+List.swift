// SPDX-License-Identifier: Apache-2.0

internal import HTTPTransport
package import ObjectStorage

extension S3Storage {
    package func list(prefix: String, _ consume: ([ObjectInfo]) async throws -> Void) async throws {
        let root = root
        try await listPages(prefix: prefix) { page in
            let objects = try page.objects.compactMap { object -> ObjectInfo? in
                try requireBelow(root + prefix, object.key)
                // Some tools make an empty object to stand for the prefix itself.
                if object.key == root { return nil }
                let key = String(decoding: object.key.utf8.dropFirst(root.utf8.count), as: UTF8.self)
                return ObjectInfo(key: key, byteCount: object.byteCount)
            }
            if !objects.isEmpty { try await consume(objects) }
        }
    }

    package func listFolders(below prefix: String, _ consume: ([String]) async throws -> Void) async throws {
        let start = root + prefix
        try await listPages(prefix: prefix, delimiter: "/") { page in
            let names = try page.commonPrefixes.compactMap { folder -> String? in
                try requireBelow(start, folder)
                let name = String(decoding: folder.utf8.dropFirst(start.utf8.count).dropLast(), as: UTF8.self)
                return name.isEmpty ? nil : name
            }
            if !names.isEmpty { try await consume(names) }
        }
    }

    /// What all full keys begin with.
    private var root: String { configuration.location.prefix.isEmpty ? "" : configuration.location.prefix + "/" }

    private func requireBelow(_ prefix: String, _ key: String) throws {
        // By bytes: as texts, differently composed characters would be equal.
        guard !key.utf8.starts(with: prefix.utf8) else { return }
        throw StorageError(.corrupt, "the server lists “\(key)”, which is outside \(location)/\(prefix)")
    }

    private func listPages(
        prefix: String,
        delimiter: String? = nil,
        _ consume: (ListAnswer) async throws -> Void
    ) async throws {
        let start = root + prefix
        var position: String?
        var landmark: String?
        var pageCount = 0
        repeat {
            let page = try await listPage(prefix: start, delimiter: delimiter, after: position)
            try await consume(page)
            let next = page.position(for: configuration.listVersion)
            guard next != nil || !page.isTruncated else {
                // To take this for the end would make everything that follows look missing.
                throw StorageError(
                    .invalid,
                    "the server cuts the list of \(location)/\(prefix) short and does not say where to go on; if it knows only the first "
                        + "version of S3's lists, add -o s3.list-objects-v1=true"
                )
            }
            guard next == nil || (next != position && next != landmark) else {
                throw StorageError(.corrupt, "the server repeats the same pages when listing \(location)/\(prefix)")
            }
            position = next
            pageCount += 1
            // A cycle of pages, however long, comes back to one of these.
            if pageCount.nonzeroBitCount == 1 { landmark = next }
        } while position != nil
    }

    package func createContainer() async throws {
        do {
            // A list of one key, since its refusal has a body that says why; the answer to HEAD has none.
            _ = try await session.send(.listObjects(prefix: "", version: configuration.listVersion, maximumKeyCount: 1))
            return
        } catch let error as StorageError where error.code == .containerNotFound {
            // To be created.
        } catch let error as StorageError where error.code == .denied && Self.isMissingRight(error) {
            // Who may not list may still write; whether the bucket is there shows then.
            return
        }
        do {
            _ = try await session.send(.createBucket(region: session.region))
        } catch let error as StorageError where (error.cause as? S3Failure)?.code == "BucketAlreadyOwnedByYou" {
            // Someone else of the same account was faster.
        }
    }

    /// The region the bucket is in.
    package func bucketRegion() async throws -> String {
        do {
            let answer = try await session.send(.getBucketLocation())
            let document = try parse(answer.bytes)
            guard document.rootName == "LocationConstraint" else { return session.region }
            let region = document.rootText.filter { !$0.isWhitespace }
            // Both names are older than the rule that a region is named by itself.
            return region.isEmpty ? "us-east-1" : region == "EU" ? "eu-west-1" : region
        } catch let error as StorageError where error.code == .denied {
            // This right is rarely given, but every answer names the region.
            let answer = try await session.send(.headBucket())
            return answer.head.header("x-amz-bucket-region") ?? session.region
        }
    }

    func parse(_ bytes: [UInt8]) throws -> SimpleAnswer {
        do {
            return try SimpleAnswer.parse(bytes)
        } catch {
            throw unreadable(error)
        }
    }

    private func listPage(prefix: String, delimiter: String?, after position: String?) async throws -> ListAnswer {
        let request = S3Request.listObjects(
            prefix: prefix,
            version: configuration.listVersion,
            delimiter: delimiter,
            after: position
        )
        return try await session.stream(request) { _, body in
            let reader = XMLReader(ListAnswer())
            do {
                for try await piece in body { try reader.feed(piece) }
                try reader.finish()
                guard var page = reader.handler as? ListAnswer else { throw XMLError(message: "it is empty") }
                try page.complete()
                return page
            } catch let error as XMLError {
                throw unreadable(error)
            }
        }
    }

    private func unreadable(_ error: XMLError) -> StorageError {
        StorageError(
            .corrupt,
            "an answer from \(location) cannot be read: \(error.message); check that the address is that of an S3 server",
            cause: error
        )
    }

    private static func isMissingRight(_ error: StorageError) -> Bool {
        guard let failure = error.cause as? S3Failure else { return false }
        return failure.code == "AccessDenied" || failure.code == "AllAccessDisabled"
    }
}
