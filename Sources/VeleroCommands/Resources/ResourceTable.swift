// SPDX-License-Identifier: Apache-2.0

/// A table as kubectl prints it: titles in capitals, columns at least three blanks apart.
struct ResourceTable: Sendable {
    private var rows: [[String]]

    init(_ titles: [String]) { rows = [titles.map { $0.uppercased() }] }

    mutating func append(_ cells: [String]) {
        // What stands in objects is anybody's text.
        rows.append(cells.map { PrintableText.name($0) })
    }

    /// The lines, none with blanks at its end.
    var lines: [String] {
        guard rows.count > 1 else { return [] }
        let widths = rows[0].indices.map { column in rows.map { TextWidth.columns(of: $0[column]) }.max() ?? 0 }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let padding = widths[column] - TextWidth.columns(of: cell) + 3
                line += cell + String(repeating: " ", count: padding)
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}
