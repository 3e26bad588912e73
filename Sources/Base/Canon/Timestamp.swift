/// A moment in UTC, to the nanosecond, written as RFC 3339 has it.
package struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    package let nanoseconds: Int64

    /// A moment given in nanoseconds since 1970.
    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// A moment given in whole seconds since 1970.
    package init(seconds: Int64) { self.init(nanoseconds: seconds * 1_000_000_000) }

    /// Whole seconds since 1970, rounded down.
    package var seconds: Int64 {
        nanoseconds / 1_000_000_000 - (nanoseconds % 1_000_000_000 < 0 ? 1 : 0)
    }

    /// The moment as `2026-11-20T15:04:05Z`, with a fraction only where there is one.
    package var description: String {
        let (date, second) = dateAndSecond
        let fraction = nanoseconds - seconds * 1_000_000_000
        var text =
            "\(pad(date.year, 4))-\(pad(date.month, 2))-\(pad(date.day, 2))"
            + "T\(pad(second / 3600, 2)):\(pad(second / 60 % 60, 2)):\(pad(second % 60, 2))"
        if fraction != 0 {
            var digits = pad(Int(fraction), 9)
            while digits.hasSuffix("0") { digits.removeLast() }
            text += "." + digits
        }
        return text + "Z"
    }

    /// The moment as `20261120150405`, the form of a version id.
    package var compact: String {
        String(description.prefix(19)).filter(\.isNumber)
    }

    /// Reads RFC 3339: `2026-11-20T15:04:05.5Z` or with an offset such as `+02:00`.
    ///
    /// Refused: a missing offset, the unknown offset `-00:00`, leap seconds, more than nine digits
    /// of fraction, and years outside 1678…2261, which 64 bits of nanoseconds cannot hold.
    package init?(_ text: String) {
        var scanner = DigitScanner(text)
        guard let year = scanner.number(4), scanner.take("-"), let month = scanner.number(2),
            scanner.take("-"), let day = scanner.number(2), scanner.takeAny("Tt"),
            let hour = scanner.number(2), scanner.take(":"), let minute = scanner.number(2),
            scanner.take(":"), let second = scanner.number(2),
            (1678...2261).contains(year), (1...12).contains(month), day >= 1,
            day <= Timestamp.days(inMonth: month, of: year), hour < 24, minute < 60, second < 60,
            let fraction = scanner.fraction(), let offset = scanner.offset(), scanner.isAtEnd
        else { return nil }
        let days = Timestamp.days(fromCivil: year, month, day)
        let total = Int64(days) * 86_400 + Int64(hour * 3600 + minute * 60 + second - offset)
        nanoseconds = total * 1_000_000_000 + Int64(fraction)
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    private var dateAndSecond: (date: (year: Int, month: Int, day: Int), second: Int) {
        let total = Int(seconds)
        let day = total >= 0 ? total / 86_400 : (total - 86_399) / 86_400
        return (Timestamp.civil(fromDays: day), total - day * 86_400)
    }

    /// Days since 1970-01-01 of a date in the Gregorian calendar.
    ///
    /// The year is counted from March, so that the leap day is the last of its year.
    package static func days(fromCivil year: Int, _ month: Int, _ day: Int) -> Int {
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The date in the Gregorian calendar that is so many days after 1970-01-01.
    package static func civil(fromDays days: Int) -> (year: Int, month: Int, day: Int) {
        let z = days + 719_468
        let era = (z >= 0 ? z : z - 146_096) / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }

    /// How many days a month has.
    package static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private func pad(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

/// Reads digits and punctuation of a date, one step after the other.
private struct DigitScanner {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = text[...].utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func number(_ count: Int) -> Int? {
        let digits = rest.prefix(count)
        guard digits.count == count, digits.allSatisfy({ (48...57).contains($0) }) else {
            return nil
        }
        rest = rest.dropFirst(count)
        return digits.reduce(0) { $0 * 10 + Int($1 - 48) }
    }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest = rest.dropFirst()
        return true
    }

    mutating func takeAny(_ characters: StaticString) -> Bool {
        guard let first = rest.first, characters.description.utf8.contains(first) else {
            return false
        }
        rest = rest.dropFirst()
        return true
    }

    /// Nanoseconds of a fraction; zero where there is none.
    mutating func fraction() -> Int? {
        guard take(".") else { return 0 }
        let digits = rest.prefix { (48...57).contains($0) }
        guard (1...9).contains(digits.count), let value = number(digits.count) else { return nil }
        return (digits.count..<9).reduce(value) { value, _ in value * 10 }
    }

    /// Seconds east of UTC.
    mutating func offset() -> Int? {
        if takeAny("Zz") { return 0 }
        let west = rest.first == UInt8(ascii: "-")
        guard takeAny("+-"), let hours = number(2), take(":"), let minutes = number(2),
            hours < 24, minutes < 60, !(west && hours == 0 && minutes == 0)
        else { return nil }
        return (west ? -1 : 1) * (hours * 3600 + minutes * 60)
    }
}
