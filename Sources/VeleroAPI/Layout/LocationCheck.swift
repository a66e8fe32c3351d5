// SPDX-License-Identifier: Apache-2.0

package import KubeModel

/// When a location is looked at, and which one is the default; decides only.
package enum LocationCheck {
    /// How long until a location is looked at again; zero if now, nil if never.
    ///
    /// - Parameters:
    ///   - frequency: Of the server, for locations that say nothing or nonsense.
    ///   - isChanged: Whether the location says something else than when it was last looked at.
    package static func pause(
        _ location: BackupStorageLocation,
        frequency standard: Duration,
        isChanged: Bool,
        now: KubeTime
    ) -> Duration? {
        guard !isChanged, let last = location.lastValidationTime, location.phase != nil else { return .zero }
        let given = location.validationFrequency?.duration
        let frequency = given.map { $0 < .zero ? standard : $0 } ?? standard
        guard frequency > .zero else { return nil }
        // A clock that was set back must not keep anybody waiting.
        let left = min(now.duration(to: last.advanced(by: frequency)), frequency)
        return max(.zero, left)
    }

    /// The location that stays the default: of several the newest.
    package static func defaultName(among locations: [BackupStorageLocation]) -> String? {
        let candidates = locations.filter { $0.isDefault == true && !$0.metadata.isBeingDeleted }
        return candidates.max { left, right in
            let (first, second) = (left.metadata.creationTimestamp, right.metadata.creationTimestamp)
            guard let first, let second, first != second else { return left.name > right.name }
            return first < second
        }?.name
    }
}
