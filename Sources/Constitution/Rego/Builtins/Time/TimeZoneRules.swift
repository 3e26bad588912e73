/// When the clocks of one zone were set, and to what (RFC 8536).
struct TimeZoneRules: Sendable {
    /// What clocks show for a while.
    struct Period: Hashable, Sendable {
        /// Seconds ahead of UTC.
        let offset: Int
        let isSummer: Bool
        let abbreviation: String
    }

    /// The moments at which a period begins, in order, and which.
    private let starts: [Int64]
    private let periodOfStart: [Int]
    private let periods: [Period]

    /// What holds behind the last moment, year after year.
    private let rule: TimeZoneRule?

    static let utc = TimeZoneRules(
        starts: [],
        periodOfStart: [],
        periods: [Period(offset: 0, isSummer: false, abbreviation: "UTC")],
        rule: nil
    )

    private init(
        starts: [Int64],
        periodOfStart: [Int],
        periods: [Period],
        rule: TimeZoneRule?
    ) {
        self.starts = starts
        self.periodOfStart = periodOfStart
        self.periods = periods
        self.rule = rule
    }

    /// What clocks show at a moment, in seconds since 1970.
    func period(at seconds: Int) -> Period {
        var (low, high) = (0, starts.count)
        while low < high {
            let middle = (low + high) / 2
            if starts[middle] <= seconds { low = middle + 1 } else { high = middle }
        }
        if low == starts.count, let rule { return rule.period(at: seconds) }
        if low > 0 { return periods[periodOfStart[low - 1]] }
        return periods.first { !$0.isSummer } ?? periods[0]
    }

    /// The moment at which clocks show a date and time.
    ///
    /// A time that clocks skip or show twice is taken by the offset on one side of the change, as
    /// Go's `time.Date` does.
    func seconds(of time: CivilTime) -> Int {
        let shown = time.seconds
        let guess = shown - period(at: shown).offset
        let offset = period(at: guess).offset
        let moment = shown - offset
        return period(at: moment).offset == offset ? moment : guess
    }
}

// MARK: - Reading a zone file

extension TimeZoneRules {
    /// Reads the 64-bit part of a file, which every file has had since 2005; `nil` for another form.
    init?(file: [UInt8]) {
        guard file.count <= 1 << 17, let old = TimeZoneFile.Header(file, at: 0), old.version >= 2,
            let header = TimeZoneFile.Header(file, at: 44 + old.byteCount(timeBytes: 4))
        else { return nil }
        let reader = TimeZoneFile(bytes: file, header: header)
        guard let starts = reader.starts(), let places = reader.places(),
            let periods = reader.periods(), !periods.isEmpty,
            places.allSatisfy(periods.indices.contains)
        else { return nil }
        var rule: TimeZoneRule?
        if let footer = reader.footer(), !footer.isEmpty {
            guard let read = TimeZoneRule(footer) else { return nil }
            rule = read
        }
        self.init(starts: starts, periodOfStart: places, periods: periods, rule: rule)
    }
}

/// The parts of a zone file, one behind the other (RFC 8536 §3).
private struct TimeZoneFile {
    struct Header {
        let start: Int
        let version: Int
        let utcMarks: Int
        let standardMarks: Int
        let leaps: Int
        let starts: Int
        let periods: Int
        let letters: Int

        init?(_ bytes: [UInt8], at start: Int) {
            guard start + 44 <= bytes.count, bytes[start...].starts(with: "TZif".utf8) else {
                return nil
            }
            version = Int(bytes[start + 4]) - 48
            func number(_ index: Int) -> Int {
                bytes[(start + 20 + 4 * index)...].prefix(4).reduce(0) { $0 << 8 | Int($1) }
            }
            self.start = start
            (utcMarks, standardMarks, leaps) = (number(0), number(1), number(2))
            (starts, periods, letters) = (number(3), number(4), number(5))
            let counts = [utcMarks, standardMarks, leaps, starts, periods, letters]
            guard counts.allSatisfy({ $0 <= 1 << 14 }),
                start + 44 + byteCount(timeBytes: 4) <= bytes.count
            else { return nil }
        }

        /// How many bytes stand behind the header.
        func byteCount(timeBytes: Int) -> Int {
            starts * (timeBytes + 1) + periods * 6 + letters + leaps * (timeBytes + 4)
                + standardMarks + utcMarks
        }
    }

    let bytes: [UInt8]
    let header: Header

    private var start: Int { header.start + 44 }
    private var end: Int { start + header.byteCount(timeBytes: 8) }
    private var isWhole: Bool { end <= bytes.count }

    func starts() -> [Int64]? {
        guard isWhole else { return nil }
        let starts = (0..<header.starts).map { index in
            Int64(bitPattern: number(start + 8 * index, bytes: 8))
        }
        guard zip(starts, starts.dropFirst()).allSatisfy(<) else { return nil }
        return starts
    }

    func places() -> [Int]? {
        let first = start + 8 * header.starts
        return isWhole ? bytes[first..<(first + header.starts)].map { Int($0) } : nil
    }

    func periods() -> [TimeZoneRules.Period]? {
        let first = start + 9 * header.starts
        let letters = first + 6 * header.periods
        guard isWhole else { return nil }
        var periods: [TimeZoneRules.Period] = []
        for index in 0..<header.periods {
            let place = first + 6 * index
            let name = Int(bytes[place + 5])
            guard name < header.letters else { return nil }
            let text = bytes[(letters + name)..<(letters + header.letters)].prefix { $0 != 0 }
            let offset = Int32(truncatingIfNeeded: Int64(number(place, bytes: 4)))
            guard abs(Int(offset)) < 172_800 else { return nil }
            periods.append(
                TimeZoneRules.Period(
                    offset: Int(offset),
                    isSummer: bytes[place + 4] != 0,
                    abbreviation: String(decoding: text, as: UTF8.self)
                )
            )
        }
        return periods
    }

    /// The line behind everything else.
    func footer() -> ArraySlice<UInt8>? {
        guard isWhole, end < bytes.count, bytes[end] == UInt8(ascii: "\n") else { return nil }
        return bytes[(end + 1)...].prefix { $0 != UInt8(ascii: "\n") }
    }

    private func number(_ place: Int, bytes count: Int) -> UInt64 {
        bytes[place..<(place + count)].reduce(0) { $0 << 8 | UInt64($1) }
    }
}
