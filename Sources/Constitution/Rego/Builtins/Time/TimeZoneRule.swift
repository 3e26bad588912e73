import Canon

/// A rule for all years to come, in the words of POSIX: `EST5EDT,M3.2.0,M11.1.0` (RFC 8536 §3.3).
struct TimeZoneRule: Sendable {
    /// A day of the year, and the time of that day.
    private enum Day: Hashable, Sendable {
        /// A weekday of a week of a month; week 5 is the last.
        case weekday(Int, week: Int, month: Int)
        /// From 1 to 365, without the leap day.
        case julian(Int)
        /// From 0 to 365, with the leap day.
        case ordinal(Int)
    }

    private struct Change: Sendable {
        let day: Day
        let second: Int
    }

    private let winter: TimeZoneRules.Period
    private let summer: (period: TimeZoneRules.Period, start: Change, end: Change)?

    /// Reads the rule; `nil` for another form.
    init?(_ text: ArraySlice<UInt8>) {
        var reader = Reader(rest: text)
        guard let name = reader.name(), let west = reader.time() else { return nil }
        winter = TimeZoneRules.Period(offset: -west, isSummer: false, abbreviation: name)
        guard !reader.rest.isEmpty else {
            summer = nil
            return
        }
        guard let summerName = reader.name() else { return nil }
        var offset = -west + 3600
        if reader.rest.first != UInt8(ascii: ",") {
            guard let said = reader.time() else { return nil }
            offset = -said
        }
        guard let start = reader.change(), let end = reader.change(), reader.rest.isEmpty else {
            return nil
        }
        summer = (
            TimeZoneRules.Period(offset: offset, isSummer: true, abbreviation: summerName),
            start, end
        )
    }

    /// What clocks show at a moment.
    func period(at seconds: Int) -> TimeZoneRules.Period {
        guard let (period, start, end) = summer else { return winter }
        let year = CivilTime(seconds: seconds, offset: winter.offset).year
        let first = moment(start, year) - winter.offset
        let last = moment(end, year) - period.offset
        // South of the equator, summer goes over the end of the year.
        let isSummer =
            first < last
            ? first <= seconds && seconds < last : seconds < last || first <= seconds
        return isSummer ? period : winter
    }

    /// Seconds since 1970 of a change, as the clock that is changed shows them.
    private func moment(_ change: Change, _ year: Int) -> Int {
        let newYear = Timestamp.days(fromCivil: year, 1, 1)
        let days: Int
        switch change.day {
        case .ordinal(let day): days = newYear + day
        case .julian(let day):
            let isLeap = Timestamp.days(inMonth: 2, of: year) == 29
            days = newYear + day - 1 + (isLeap && day >= 60 ? 1 : 0)
        case .weekday(let weekday, let week, let month):
            let first = Timestamp.days(fromCivil: year, month, 1)
            // 1970-01-01 was a Thursday.
            let shift = ((weekday - (first + 4) % 7) % 7 + 7) % 7
            let day = shift + 7 * (week - 1)
            days = first + (day < Timestamp.days(inMonth: month, of: year) ? day : day - 7)
        }
        return days * 86_400 + change.second
    }

    /// Reads the parts of a rule from the front.
    private struct Reader {
        var rest: ArraySlice<UInt8>

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: character) else { return false }
            rest.removeFirst()
            return true
        }

        /// Letters, or anything between angle brackets.
        mutating func name() -> String? {
            let name: ArraySlice<UInt8>
            if take("<") {
                name = rest.prefix { $0 != UInt8(ascii: ">") }
                rest = rest.dropFirst(name.count)
                guard take(">") else { return nil }
            } else {
                name = rest.prefix { (65...90).contains($0) || (97...122).contains($0) }
                rest = rest.dropFirst(name.count)
            }
            return name.count >= 3 ? String(decoding: name, as: UTF8.self) : nil
        }

        mutating func number(_ range: ClosedRange<Int>) -> Int? {
            let digits = rest.prefix { (48...57).contains($0) }
            guard (1...3).contains(digits.count) else { return nil }
            rest = rest.dropFirst(digits.count)
            let value = digits.reduce(0) { $0 * 10 + Int($1 - 48) }
            return range.contains(value) ? value : nil
        }

        /// Hours, and minutes and seconds where there are any, in seconds.
        mutating func time() -> Int? {
            let isNegative = take("-")
            if !isNegative { _ = take("+") }
            guard var seconds = number(0...167).map({ $0 * 3600 }) else { return nil }
            for unit in [60, 1] where take(":") {
                guard let value = number(0...59) else { return nil }
                seconds += value * unit
            }
            return isNegative ? -seconds : seconds
        }

        mutating func change() -> Change? {
            guard take(","), let day = day() else { return nil }
            guard take("/") else { return Change(day: day, second: 7200) }
            return time().map { Change(day: day, second: $0) }
        }

        private mutating func day() -> Day? {
            if take("J") { return number(1...365).map { .julian($0) } }
            guard take("M") else { return number(0...365).map { .ordinal($0) } }
            guard let month = number(1...12), take("."), let week = number(1...5), take("."),
                let weekday = number(0...6)
            else { return nil }
            return .weekday(weekday, week: week, month: month)
        }
    }
}
