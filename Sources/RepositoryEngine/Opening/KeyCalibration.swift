// SPDX-License-Identifier: Apache-2.0

import ByteTransforms
import ResticFormat
import Synchronization

/// How costly new keys are: about half a second of this machine and 32 MiB, as restic aims for; measured once a process.
enum KeyCalibration {
    private static let measured = Mutex<Scrypt.Parameters?>(nil)
    private static let budget: Duration = .milliseconds(500)
    private static let maximumParallelism = 16

    static func parameters(clock: any Clock<Duration>) throws -> Scrypt.Parameters {
        if let known = measured.withLock({ $0 }) { return known }
        var parameters = KeyFile.defaultParameters
        parameters.parallelism = 1
        let salt = [UInt8](repeating: 0, count: KeyFile.saltByteCount)
        var time = Duration.zero
        // The first run also pays for touching the memory; the second counts.
        for _ in 0..<2 {
            time = try elapsed(clock) {
                _ = try KeyFile.userKey(password: salt.span, salt: salt, parameters: parameters)
            }
        }
        let runs = time > .zero ? Int(budget / time) : maximumParallelism
        parameters.parallelism = min(maximumParallelism, max(1, runs))
        measured.withLock { $0 = parameters }
        return parameters
    }

    private static func elapsed<C: Clock<Duration>>(_ clock: C, _ body: () throws -> Void) rethrows -> Duration {
        let start = clock.now
        try body()
        return start.duration(to: clock.now)
    }
}
