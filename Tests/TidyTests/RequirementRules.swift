/// Rule 8: every requirement row is known, and shows whether a test covers it.
enum RequirementRules {
    /// The rows of the founding documents, section by section.
    static let sections = [
        "A": 27, "B": 25, "C": 73, "D": 48, "E": 23, "F": 18, "G": 27, "H": 37, "I": 25, "J": 22,
        "K": 34,
    ]

    struct Covered: Equatable {
        let row: String
        let test: String
        let path: String
        let line: Int
    }

    /// The rows that the tests of a file say they cover.
    static func covered(in file: SourceFile) -> [Covered] {
        guard file.suite != nil else { return [] }
        let tokens = file.tokens
        var found: [Covered] = []
        var suite = ""
        for place in tokens.indices.dropLast(2) {
            if tokens[place].isWord("struct"), tokens[place + 1].kind == .name {
                suite = tokens[place + 1].text
            }
            guard tokens[place].isWord("covers"), tokens[place + 1].isMark("("),
                place > 0, tokens[place - 1].isMark("."),
                let end = tokens.end(ofBracketAt: place + 1)
            else { continue }
            let name = testName(after: end, tokens, suite: suite)
            for token in tokens[place..<end] where token.kind == .text {
                found.append(
                    Covered(row: token.text, test: name, path: file.path, line: token.line)
                )
            }
        }
        return found
    }

    private static func testName(after end: Int, _ tokens: [Token], suite: String) -> String {
        for place in tokens[end...].indices.dropLast() {
            if tokens[place].isWord("struct") { return tokens[place + 1].text }
            if tokens[place].isWord("func") {
                return suite.isEmpty
                    ? tokens[place + 1].text : "\(suite): \(tokens[place + 1].text)"
            }
        }
        return suite
    }

    /// A row that a test names and the documents do not have.
    static func unknown(_ covered: [Covered]) -> [Finding] {
        covered.filter { !isRow($0.row) }.map {
            Finding(
                path: $0.path,
                line: $0.line,
                rule: "requirements",
                advice: "\($0.row) is no requirement row; see docs/requirements.md"
            )
        }
    }

    /// Whether an id is a row (A01 … K34) or one of the readings X01 … X44.
    static func isRow(_ id: String) -> Bool {
        guard id.utf8.count == 3, let section = id.first, let number = Int(id.dropFirst()) else {
            return false
        }
        let count = section == "X" ? 44 : sections[String(section)] ?? 0
        return (1...max(count, 1)).contains(number) && count > 0
    }

    struct Row: Equatable {
        let id: String
        let feature: String
    }

    /// The id and feature of a table line, if it is one.
    static func row(_ line: Substring) -> Row? {
        let cells = line.split(separator: "|", omittingEmptySubsequences: false)
        guard cells.count > 3, cells[0].isEmpty else { return nil }
        let id = trimmed(cells[1])
        guard isRow(id), !id.hasPrefix("X") else { return nil }
        return Row(id: id, feature: trimmed(cells[2]))
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }

    /// The page with the status of every row filled in from the tests; ids and features stay.
    static func page(_ page: String, _ covered: [Covered]) -> String {
        var tests: [String: [String]] = [:]
        for one in covered where !(tests[one.row] ?? []).contains(one.test) {
            tests[one.row, default: []].append(one.test)
        }
        let lines = page.split(separator: "\n", omittingEmptySubsequences: false)
        let rows = lines.compactMap(row)
        let done = rows.filter { tests[$0.id] != nil }.count
        return lines.map { line -> String in
            if line.hasPrefix("Covered by a test: ") {
                return "Covered by a test: \(done) of \(rows.count) rows."
            }
            guard let row = row(line) else { return String(line) }
            guard let names = tests[row.id]?.sorted() else {
                return "| \(row.id) | \(row.feature) | open | |"
            }
            let shown = names.prefix(3).joined(separator: "; ").replacing("|", with: "\\|")
            let more = names.count > 3 ? "; and \(names.count - 3) more" : ""
            return "| \(row.id) | \(row.feature) | covered | \(shown)\(more) |"
        }.joined(separator: "\n")
    }

    /// Rows that the page should have and does not, or has twice.
    static func incomplete(_ page: String) -> [String] {
        let ids = page.split(separator: "\n").compactMap(row).map(\.id)
        var expected: [String] = []
        for section in sections.keys.sorted() {
            for number in 1...(sections[section] ?? 1) {
                expected.append(section + (number < 10 ? "0\(number)" : "\(number)"))
            }
        }
        let missing = expected.filter { !ids.contains($0) }
        let twice = Set(ids.filter { id in ids.count { $0 == id } > 1 }).sorted()
        return missing + twice
    }
}
