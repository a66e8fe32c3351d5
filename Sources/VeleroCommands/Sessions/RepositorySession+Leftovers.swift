// SPDX-License-Identifier: Apache-2.0

import RepositoryEngine

extension RepositorySession {
    /// Removes half-written files of programs that died long ago; a failure to do so harms nothing and is only told.
    func removeLeftovers() async throws {
        do {
            let count = try await repository.removeLeftovers()
            if count > 0 { console.say("removed \(count) unfinished files of programs that died") }
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            console.warn("unfinished files could not be removed: \(FailureText.failure(for: error).message)")
        }
    }
}
