// SPDX-License-Identifier: Apache-2.0

/// A table for people: columns two spaces apart, rows of several lines, a rule above and below the rows.
package struct TextTable: Sendable {
    package struct Column: Sendable {
        var title: String
        var alignment: Alignment

        package init(_ title: String, _ alignment: Alignment = .leading) {
            self.title = title
            self.alignment = alignment
        }
    }

    package enum Alignment: Sendable { case leading, trailing }

    private let columns: [Column]
    /// One entry per row; each cell is a list of lines.
    private var rows: [[[String]]] = []
    private var footer: [String] = []

    package init(_ columns: [Column]) {
        self.columns = columns
    }

    package mutating func append(_ cells: [[String]]) {
        rows.append(cells)
    }

    package mutating func append(footer line: String) {
        footer.append(line)
    }

    /// The finished lines, none with blanks at its end.
    package func lines() -> [String] {
        let widths = columns.indices.map { column in
            rows.reduce(TextWidth.columns(of: columns[column].title)) { widest, row in
                row[column].reduce(widest) { max($0, TextWidth.columns(of: $1)) }
            }
        }
        let body = rows.flatMap { row in
            (0..<(row.map(\.count).max() ?? 0)).map { line in
                render(row.map { $0.indices.contains(line) ? $0[line] : "" }, widths)
            }
        }
        let header = render(columns.map(\.title), widths)
        let rule = String(repeating: "-", count: widths.reduce(0, +) + 2 * (columns.count - 1))
        return [header, rule] + body + [rule] + footer
    }

    private func render(_ cells: [String], _ widths: [Int]) -> String {
        var line = ""
        for (index, cell) in cells.enumerated() {
            if index > 0 { line += "  " }
            let padding = String(repeating: " ", count: max(0, widths[index] - TextWidth.columns(of: cell)))
            line += columns[index].alignment == .leading ? cell + padding : padding + cell
        }
        while line.last == " " { line.removeLast() }
        return line
    }
}
