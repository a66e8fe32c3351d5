// SPDX-License-Identifier: Apache-2.0

import AsyncPrimitives
import KubeClient
import KubeModel
import KubeRuntime
import LocationAccess
import Logging
import VeleroAPI

/// Looks at locations now and then and says whether they can be used; sees to it that at most one is the default.
struct LocationController: Sendable {
    let context: ControllerContext
    let store: ObjectStore
    let stores: any StoreProvider
    /// What locations said when they were last looked at.
    private let specifications = Remembered<[ObjectKey: JSONValue]>([:])

    /// Most time one look may take.
    private static let timeLimit: Duration = .seconds(60)

    init(_ context: ControllerContext, store: ObjectStore, stores: any StoreProvider) {
        self.context = context
        self.stores = stores
        self.store = store
    }

    func reconcile(_ key: ObjectKey) async throws -> Controller<ObjectKey>.Outcome {
        guard let location = store.get(BackupStorageLocation.self, key), !location.metadata.isBeingDeleted else {
            specifications.update { $0[key] = nil }
            return .done
        }
        try await keepOneDefault(location)
        let specification = location["spec"] ?? .null
        let pause = LocationCheck.pause(
            location,
            frequency: context.settings.locationCheckInterval,
            isChanged: specifications.value[key].map { $0 != specification } ?? false,
            now: context.now()
        )
        // After a start what is there is believed until its time comes.
        specifications.update { $0[key] = $0[key] ?? specification }
        guard let pause else { return .done }
        guard pause == .zero else { return .again(after: pause) }
        let problem = try await problem(of: location)
        specifications.update { $0[key] = specification }
        try await tell(location, problem)
        return .again(after: .seconds(1))
    }

    // MARK: Looking

    /// Why a location cannot be used; nil if it can.
    private func problem(of location: BackupStorageLocation) async throws -> String? {
        do {
            let found = try await withDeadline(Self.timeLimit, clock: context.clock) {
                try await LocationProbe.folders(of: location.name, in: stores)
            }
            return LocationLayout.problem(folders: found)
        } catch let error as KubeError {
            throw error
        } catch is DeadlineExceeded {
            return "it does not answer within \(GoDuration(Self.timeLimit)); check the address and the network"
        } catch {
            try Task.checkCancellation()
            return RepositoryProblem.text(error, namespace: context.settings.namespace)
        }
    }

    // MARK: Status

    private func tell(_ location: BackupStorageLocation, _ problem: String?) async throws {
        let phase: LocationPhase = problem == nil ? .available : .unavailable
        let message = problem.map { "BackupStorageLocation \"\(location.name)\" is unavailable: \($0)" }
        let time = context.now()
        let specification = location["spec"]
        _ = try await context.update(BackupStorageLocation.self, location.key) { location in
            // Changed meanwhile: what was found is about another place.
            guard location["spec"] == specification else { return false }
            location.phase = phase
            location.message = message
            location.lastValidationTime = time
            return true
        }
        guard location.phase != phase || location.message != message else { return }
        context.events.record(
            location.object,
            problem == nil ? .normal : .warning,
            reason: problem == nil ? "LocationAvailable" : "LocationUnavailable",
            message: message ?? "the location can be used"
        )
        context.logger.log(
            level: problem == nil ? .info : .warning,
            problem == nil ? "a location can be used" : "a location cannot be used",
            metadata: ["location": "\(location.name)", "error": "\(problem ?? "")"]
        )
    }

    private func keepOneDefault(_ location: BackupStorageLocation) async throws {
        guard location.isDefault == true else { return }
        let all = store.objects.map(BackupStorageLocation.init(object:))
        guard let name = LocationCheck.defaultName(among: all) else { return }
        for other in all where other.isDefault == true && other.name != name {
            _ = try await context.update(BackupStorageLocation.self, other.key) { other in
                guard other.isDefault == true else { return false }
                other.isDefault = false
                return true
            }
            context.logger.info(
                "a location is no longer the default since a newer one is",
                metadata: ["location": "\(other.name)", "default": "\(name)"]
            )
        }
    }
}
