// SPDX-License-Identifier: Apache-2.0

internal import AsyncPrimitives
internal import KubeClient
internal import ObjectStorage
internal import RepositoryEngine
internal import VeleroAPI

/// Why a repository cannot be used, in words that a person who looks at the resource can act on.
package enum RepositoryProblem {
    /// - Parameter namespace: Velero's.
    /// - Returns: Text without secrets, at most about a thousand characters.
    package static func text(_ error: any Error, namespace: String) -> String {
        var text: String
        switch error {
        case let error as RepositoryError: text = self.text(error, namespace)
        case let error as StorageError: text = error.message
        case let error as LocationError: text = error.description
        case let error as KubeError: text = error.message
        case let error as DeadlineExceeded: text = error.description
        case is CancellationError: text = "the server stopped before it was done; it is done again"
        default: text = "\(error)"
        }
        while text.utf8.count > 1000 { text.removeLast() }
        return text
    }

    private static func text(_ error: RepositoryError, _ namespace: String) -> String {
        switch error.code {
        case .wrongPassword:
            error.message.prefix { $0 != "." } + ". Put the password it was made with into Secret \(namespace)/"
                + "\(VeleroObjectName.repositoryCredentials), key \(VeleroObjectName.repositoryPasswordKey)."
        case .containerMissing:
            "The bucket or directory of the backup storage location does not exist. Create it, or correct spec.objectStorage.bucket. "
                + "(\(error.message))"
        case .foreignContent:
            error.message
                + " A repository is only made in an empty place: move those files away, or use another prefix."
        default: error.description
        }
    }
}
