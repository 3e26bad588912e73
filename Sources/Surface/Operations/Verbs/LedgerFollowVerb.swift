import Canon
import Host
import Ledger

/// `charter ledger follow`.
enum LedgerFollowVerb {
    static let operation = Operation(
        words: ["ledger", "follow"],
        summary: "print entries as they are written, until it is stopped",
        details: """
            Begins behind the last entry, or at --cursor. Conditions are those of 'charter ledger query'.
            With --json each entry is one line of JSON. It is woken by the file system and does not look
            again and again.

            --position FILE keeps the place in a file: what was printed is not printed again after a
            restart, and nothing is left out. --count ends it after so many entries.
            Example: charter ledger follow --outcome denied
            """,
        options: [LedgerView.option] + LedgerFilter.options + [
            .init(name: "cursor", value: "CURSOR", summary: "where to begin"),
            .init(
                name: "position",
                value: "FILE",
                summary: "begin where FILE says, and keep it up"
            ),
            .init(name: "count", value: "N", summary: "end after so many entries"),
            .init(name: "seconds", value: "N", summary: "end after so much time"),
        ]
    ) { request, surroundings throws(OperationFault) in
        try LedgerFollowVerb.Run(request, surroundings).run()
    }

    private struct Run {
        let view: LedgerView
        let query: LedgerQuery
        let surroundings: Surroundings
        let isJSON: Bool
        let countMax: Int
        let deadline: UInt64?
        let position: (directory: Directory, name: String)?
        let cursorText: String?

        init(_ request: Request, _ surroundings: Surroundings) throws(OperationFault) {
            view = try LedgerView(request, surroundings)
            query = try LedgerFilter(request).query
            self.surroundings = surroundings
            isJSON = request.has("json")
            countMax = try LedgerView.number("count", 1...Int.max, request) ?? Int.max
            deadline = try LedgerView.number("seconds", 1...86_400, request)
                .map { surroundings.clock.monotonic + UInt64($0) * 1_000_000_000 }
            cursorText = request.option("cursor")
            guard let path = request.option("position") else {
                position = nil
                return
            }
            let parts = surroundings.absolute(path).split(separator: "/")
            guard let name = parts.last, cursorText == nil else {
                throw .usage("--position takes a file, and no --cursor beside it.")
            }
            do throws(HostFault) {
                let folder = "/" + parts.dropLast().joined(separator: "/")
                position = (try Directory.open(folder), String(name))
            } catch {
                throw .host(error)
            }
        }

        func run() throws(OperationFault) -> Answer {
            let reader = try view.reader()
            var count = 0
            var patience = 0
            do {
                let watch = try DirectoryWatch(view.directory())
                var cursor = try start(reader)
                while true {
                    let page = try reader.page(
                        query,
                        from: cursor,
                        limit: min(500, countMax - count)
                    )
                    for entry in page.entries {
                        let line =
                            isJSON
                            ? entry.document.line + [0x0A]
                            : Array((LedgerView.line(entry) + "\n").utf8)
                        try surroundings.emit(line)
                    }
                    count += page.entries.count
                    if page.cursor != cursor { try keep(page.cursor) }
                    cursor = page.cursor
                    if count >= countMax { break }
                    if page.hasMore { continue }
                    let left = deadline.map { Int64($0) - Int64(surroundings.clock.monotonic) }
                    if let left, left <= 0 { break }
                    var most = left.map { Int($0 / 1_000_000) + 1 } ?? -1
                    // A write is seen before its commit is: for a moment it is looked again.
                    if patience > 0 {
                        patience -= 1
                        most = most < 0 ? 20 : min(most, 20)
                    }
                    if try watch.wait(milliseconds: most) { patience = 10 }
                }
            } catch {
                throw OperationFault(error)
            }
            // What was printed is the answer.
            return Answer(json: ["entries": .integer(count)], lines: [], raw: [])
        }

        private func start(_ reader: LedgerReader) throws -> LedgerCursor {
            if let position, try position.directory.facts(of: position.name) != nil {
                let bytes = try position.directory.readWhole(position.name, limit: 64)
                let text = String(decoding: bytes.filter { $0 != 0x0A }, as: UTF8.self)
                return try LedgerCursor(text)
            }
            if let cursorText {
                let cursor = try LedgerCursor(cursorText)
                _ = try reader.page(LedgerQuery(), from: cursor, limit: 1)
                return cursor
            }
            return LedgerCursor(index: position == nil ? try reader.size() : 0)
        }

        /// The place is kept after the lines are out: a crash between prints them again, and loses none.
        private func keep(_ cursor: LedgerCursor) throws(HostFault) {
            guard let position else { return }
            try DurableFile.replace(
                position.name,
                with: Array("\(cursor)\n".utf8),
                in: position.directory
            )
        }
    }
}
