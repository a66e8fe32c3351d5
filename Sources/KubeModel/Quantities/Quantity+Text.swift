// SPDX-License-Identifier: Apache-2.0

extension Quantity {
    /// Reads a sign, decimals, and a suffix (`n u m k M G T P E`, `Ki` … `Ei`, `e3`, `E-3`); nil if the text is none.
    package init?(parsing text: String) {
        let bytes = Array(text.utf8)
        var position = 0
        var isNegative = false
        if let first = bytes.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            isNegative = first == UInt8(ascii: "-")
            position = 1
        }
        var digits: [UInt8] = []
        var decimals = 0
        var hasPoint = false
        while position < bytes.count {
            let digit = bytes[position] &- 0x30
            if digit < 10 {
                digits.append(digit)
                if hasPoint { decimals += 1 }
            } else if bytes[position] == UInt8(ascii: "."), !hasPoint {
                hasPoint = true
            } else {
                break
            }
            position += 1
        }
        guard !digits.isEmpty else { return nil }
        guard let scale = Self.scale(of: String(decoding: bytes[position...], as: UTF8.self)) else { return nil }
        let magnitude = Self.nanoUnits(digits, tenExponent: scale.tenExponent - decimals, factor: scale.factor)
        self.init(nanoUnits: isNegative ? -magnitude : magnitude, format: scale.format)
    }

    /// As Kubernetes writes it: no fraction, the largest suffix that needs none.
    package var description: String {
        guard nanoUnits != 0 else { return "0" }
        let (whole, fraction) = nanoUnits.quotientAndRemainder(dividingBy: Self.unit)
        if format == .binary, fraction == 0, whole.magnitude >= 1024 {
            var (number, power) = (whole, 0)
            while number % 1024 == 0, power < Self.binarySuffixes.count - 1 {
                number /= 1024
                power += 1
            }
            return "\(number)\(Self.binarySuffixes[power])"
        }
        var (number, power) = (nanoUnits, -3)
        while number % 1000 == 0, power < 6 {
            number /= 1000
            power += 1
        }
        guard format == .exponent else { return "\(number)\(Self.decimalSuffixes[power + 3])" }
        return power == 0 ? "\(number)" : "\(number)e\(power * 3)"
    }

    private static let binarySuffixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]
    /// From billionths up.
    private static let decimalSuffixes = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"]

    private static func scale(of suffix: String) -> (factor: Int128, tenExponent: Int, format: Format)? {
        if let index = decimalSuffixes.firstIndex(of: suffix) { return (1, (index - 3) * 3, .decimal) }
        if let index = binarySuffixes.firstIndex(of: suffix) { return (1 << (10 * index), 0, .binary) }
        guard suffix.first == "e" || suffix.first == "E", suffix.utf8.count <= 12,
            let exponent = Int(suffix.dropFirst())
        else { return nil }
        return (1, exponent, .exponent)
    }

    /// `digits` × 10^`tenExponent` × `factor` in billionths, rounded up, at most the maximum.
    private static func nanoUnits(_ digits: [UInt8], tenExponent: Int, factor: Int128) -> Int128 {
        var significant = Array(digits.drop { $0 == 0 })
        var exponent = tenExponent + 9
        while let last = significant.last, last == 0 {
            significant.removeLast()
            exponent += 1
        }
        // 30 digits hold every amount that is not rounded or capped; what is cut off only matters as "a little more".
        var isCut = false
        if significant.count > 30 {
            exponent += significant.count - 30
            significant.removeLast(significant.count - 30)
            isCut = true
        }
        guard !significant.isEmpty else { return 0 }
        if exponent + significant.count > 40 { return maximum }
        if exponent + significant.count < -20 { return 1 }
        var amount = significant.reduce(Int128(0)) { $0 * 10 + Int128($1) }
        // Dividing last keeps the fraction of, say, 0.3Ki.
        let (scaled, overflows) = amount.multipliedReportingOverflow(by: factor)
        guard !overflows else { return exponent >= 0 ? maximum : rounded(amount, exponent, factor) }
        amount = scaled
        while exponent > 0 {
            let (next, overflows) = amount.multipliedReportingOverflow(by: 10)
            guard !overflows, next < maximum * 10 else { return maximum }
            amount = next
            exponent -= 1
        }
        while exponent < 0 {
            let (quotient, remainder) = amount.quotientAndRemainder(dividingBy: 10)
            isCut = isCut || remainder != 0
            amount = quotient
            exponent += 1
        }
        return min(isCut ? amount + 1 : amount, maximum)
    }

    /// For amounts with so many digits that the factor must come last.
    private static func rounded(_ amount: Int128, _ exponent: Int, _ factor: Int128) -> Int128 {
        var amount = amount
        for _ in exponent..<0 { amount /= 10 }
        let (scaled, overflows) = (amount + 1).multipliedReportingOverflow(by: factor)
        return overflows ? maximum : min(scaled, maximum)
    }
}
