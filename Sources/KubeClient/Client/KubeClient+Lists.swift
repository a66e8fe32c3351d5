// SPDX-License-Identifier: Apache-2.0

internal import HTTPTransport
package import KubeModel

/// What a list says beside its objects.
package struct ListMetadata: Sendable, Hashable {
    /// The state listed; a watch goes on from here.
    package var resourceVersion: String
    /// For the next page; nil on the last.
    package var continueToken: String?
}

/// An object of a list, or the reason why it cannot be read.
package typealias ListItem = Result<KubeObject, UndecodableItem>

/// An element of a list that is no object; the others are not affected.
package struct UndecodableItem: Error, Sendable, Hashable, CustomStringConvertible {
    package let message: String

    package var description: String { message }
}

extension KubeClient {
    /// Lists one page, handing over each object as it arrives.
    ///
    /// Needs the memory of the largest object, not of the page.
    package func listPage(
        _ type: ResourceType,
        namespace: String?,
        options: ListOptions = ListOptions(),
        continueToken: String? = nil,
        _ handle: (ListItem) async throws -> Void
    ) async throws -> ListMetadata {
        var request = try KubeRequest.list(type, namespace: namespace, options: options, continueToken: continueToken)
        request.timeout = max(limits.timeout, .seconds(60))
        return try await exchange(request) { _, body in
            var scanner = ListScanner(maximumElementByteCount: limits.maximumObjectByteCount)
            for try await piece in body {
                for element in try scanner.push(piece) { try await handle(Self.item(element, type)) }
            }
            return try Self.metadata(scanner.remainder, doing: request.purpose)
        }
    }

    /// Lists all pages, handing over each object as it arrives.
    ///
    /// - Returns: The state listed.
    /// - Throws: ``KubeError`` with `.expired` if listing took longer than the server keeps that state: begin anew.
    package func list(
        _ type: ResourceType,
        namespace: String?,
        options: ListOptions = ListOptions(),
        _ handle: (ListItem) async throws -> Void
    ) async throws -> String {
        var token: String?
        while true {
            let page = try await listPage(type, namespace: namespace, options: options, continueToken: token, handle)
            guard let next = page.continueToken else { return page.resourceVersion }
            guard next != token else { throw KubeError.malformed("repeats a page of \(type)", doing: "list \(type)") }
            token = next
        }
    }

    /// Lists all objects of a kind; for collections known to be small.
    ///
    /// - Throws: ``KubeError``, also for an object that cannot be read.
    package func list<Resource: KubeResource>(
        _: Resource.Type,
        namespace: String?,
        options: ListOptions = ListOptions()
    ) async throws -> [Resource] {
        let type = Resource.resourceType
        var tryCount = 0
        while true {
            do {
                var resources: [Resource] = []
                _ = try await list(type, namespace: namespace, options: options) { item in
                    do {
                        resources.append(Resource(object: try item.get()))
                    } catch {
                        throw KubeError.malformed(
                            "holds an object that cannot be read: \(error)",
                            doing: "list \(type)"
                        )
                    }
                }
                return resources
            } catch let error as KubeError {
                tryCount += 1
                guard error.code == .expired, tryCount < 3 else { throw error }
            }
        }
    }

    @inline(never)
    static func item(_ element: [UInt8], _ type: ResourceType) -> ListItem {
        do {
            let object = try KubeObject(parsing: element)
            guard object.metadata.name != nil else {
                return .failure(UndecodableItem(message: "an object of \(type) without name"))
            }
            return .success(object.completed(as: type))
        } catch {
            return .failure(UndecodableItem(message: "an object of \(type) of \(element.count) bytes: \(error)"))
        }
    }

    @inline(never)
    static func metadata(_ envelope: [UInt8], doing: String) throws -> ListMetadata {
        guard let list = try? JSONText.parse(envelope), list["items"] != nil else {
            throw KubeError.malformed("is no list, or ends early", doing: doing)
        }
        let metadata = list["metadata"] ?? [:]
        return ListMetadata(
            resourceVersion: metadata.text("resourceVersion") ?? "",
            continueToken: metadata.text("continue")
        )
    }
}
