// SPDX-License-Identifier: Apache-2.0

/// An amount of a resource, such as `500m` CPU or `10Gi` of storage, exact to a billionth.
///
/// Amounts finer than that are rounded away from zero, amounts beyond ±(2⁶³ − 1) brought to it, as Kubernetes does.
package struct Quantity: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// How the amount is written.
    package enum Format: Sendable, Hashable {
        /// `m`, `k`, `M`, `G` …: powers of 1000.
        case decimal
        /// `Ki`, `Mi`, `Gi` …: powers of 1024.
        case binary
        /// `e3`, `e6` …
        case exponent
    }

    /// The amount in billionths.
    package let nanoUnits: Int128
    package let format: Format

    /// - Parameter nanoUnits: The amount in billionths; brought into the allowed range.
    package init(nanoUnits: Int128, format: Format = .decimal) {
        self.nanoUnits = min(max(nanoUnits, -Self.maximum), Self.maximum)
        self.format = format
    }

    /// A whole amount.
    package init(_ amount: Int64, format: Format = .decimal) {
        self.init(nanoUnits: Int128(amount) * Self.unit, format: format)
    }

    /// The amount rounded up to a whole number (away from zero).
    package var roundedUp: Int64 {
        let (quotient, remainder) = nanoUnits.quotientAndRemainder(dividingBy: Self.unit)
        return Int64(clamping: remainder == 0 ? quotient : quotient + nanoUnits.signum())
    }

    package static func + (left: Quantity, right: Quantity) -> Quantity {
        Quantity(
            nanoUnits: left.nanoUnits + right.nanoUnits,
            format: left.nanoUnits == 0 ? right.format : left.format
        )
    }

    package static func - (left: Quantity, right: Quantity) -> Quantity {
        left + Quantity(nanoUnits: -right.nanoUnits, format: right.format)
    }

    /// Compares amounts, however they are written.
    package static func < (left: Quantity, right: Quantity) -> Bool { left.nanoUnits < right.nanoUnits }

    /// Equal amounts, however they are written.
    package static func == (left: Quantity, right: Quantity) -> Bool { left.nanoUnits == right.nanoUnits }

    package func hash(into hasher: inout Hasher) { hasher.combine(nanoUnits) }

    static let unit: Int128 = 1_000_000_000
    static let maximum = Int128(Int64.max) * unit
}
