import Canon

/// Reads a moment that is written as a layout says.
struct TimeReader {
    private let layout: TimeLayout
    private let text: Text
    private var rest: ArraySlice<UInt8>

    private var year = 0
    private var month: Int?
    private var day: Int?
    private var yearDay: Int?
    private var hour = 0
    private var minute = 0
    private var second = 0
    private var nanosecond = 0
    private var isAfternoon: Bool?
    private var offset: Int?

    /// A moment: seconds since 1970, and nanoseconds.
    typealias Moment = (seconds: Int, nanosecond: Int)

    init(_ text: Text, as layout: TimeLayout) {
        self.layout = layout
        self.text = text
        rest = text.bytes[...]
    }

    /// Reads the whole text.
    static func read(_ text: Text, as layout: TimeLayout) throws(BuiltinError) -> Moment {
        var reader = TimeReader(text, as: layout)
        for (index, part) in layout.parts.enumerated() {
            let next = index + 1 < layout.parts.count ? layout.parts[index + 1] : nil
            guard reader.take(part, before: next) else {
                let left = String(decoding: reader.rest, as: UTF8.self)
                throw reader.refusal("cannot parse \"\(left)\" as the layout has it")
            }
        }
        guard reader.rest.isEmpty else {
            let left = String(decoding: reader.rest, as: UTF8.self)
            throw reader.refusal("extra text: \"\(left)\"")
        }
        return try reader.moment()
    }

    private func refusal(_ reason: String) -> BuiltinError {
        .failed("parsing time \"\(text.string)\" as \"\(layout.text)\": \(reason)")
    }

    private func moment() throws(BuiltinError) -> Moment {
        guard (0..<24).contains(hour) else { throw refusal("hour out of range") }
        guard (0..<60).contains(minute) else { throw refusal("minute out of range") }
        guard (0..<60).contains(second) else { throw refusal("second out of range") }
        var hour = hour
        if let isAfternoon {
            guard hour <= 12 else { throw refusal("hour out of range") }
            hour = hour % 12 + (isAfternoon ? 12 : 0)
        }
        var (month, day) = (month ?? 1, day ?? 1)
        if let yearDay {
            let count = Timestamp.days(inMonth: 2, of: year) == 29 ? 366 : 365
            guard (1...count).contains(yearDay) else { throw refusal("day-of-year out of range") }
            let date = Timestamp.civil(
                fromDays: Timestamp.days(fromCivil: year, 1, 1) + yearDay - 1
            )
            guard self.month.map({ $0 == date.month }) ?? true,
                self.day.map({ $0 == date.day }) ?? true
            else { throw refusal("day-of-year does not match the date") }
            (month, day) = (date.month, date.day)
        }
        guard (1...12).contains(month) else { throw refusal("month out of range") }
        guard day >= 1, day <= Timestamp.days(inMonth: month, of: year) else {
            throw refusal("day out of range")
        }
        let time = CivilTime(
            year: year,
            month: month,
            day: day,
            hour: hour,
            minute: minute,
            second: second
        )
        return (time.seconds - (offset ?? 0), nanosecond)
    }
}

// MARK: - One part each; false where the text does not have it

extension TimeReader {
    private mutating func take(_ part: TimeLayout.Part, before next: TimeLayout.Part?) -> Bool {
        switch part {
        case .literal(let bytes): return takeLiteral(bytes)
        case .year(let digits): return takeYear(digits)
        case .month(let style): return takeMonth(style)
        case .weekday(let isLong):
            return takeName(CivilTime.weekdays, isLong: isLong) != nil
        case .day(let padding): return takeNumber(padding, \.day)
        case .yearDay(let padding):
            if padding == .spaces { skipSpaces(2) }
            guard let value = digits(padding == .zeros ? 3...3 : 1...3) else { return false }
            yearDay = value
            return true
        case .hour: return takeNumber(.none, \.hour)
        case .hour12(let padding): return takeNumber(padding, \.hour)
        case .minute(let padding): return takeNumber(padding, \.minute)
        case .second(let padding):
            guard takeNumber(padding, \.second) else { return false }
            if case .fraction = next { return true }
            return takeUnaskedFraction()
        case .half(let isUpper): return takeHalf(isUpper)
        case .zoneName: return takeZoneName()
        case .offset(let form): return takeOffset(form)
        case .fraction(_, let count, let dropsZeros):
            return dropsZeros ? takeUnaskedFraction() : takeFraction(count...count)
        }
    }

    /// Blanks in a layout stand for any number of blanks.
    private mutating func takeLiteral(_ bytes: [UInt8]) -> Bool {
        for byte in bytes {
            if byte == UInt8(ascii: " ") {
                guard rest.isEmpty || rest.first == byte else { return false }
                while rest.first == byte { rest.removeFirst() }
            } else {
                guard rest.popFirst() == byte else { return false }
            }
        }
        return true
    }

    private mutating func takeYear(_ count: Int) -> Bool {
        guard let value = digits(count...count) else { return false }
        year = count == 4 ? value : value >= 69 ? 1900 + value : 2000 + value
        return true
    }

    private mutating func takeMonth(_ style: TimeLayout.Style) -> Bool {
        switch style {
        case .number(let padding): return takeNumber(padding, \.month)
        case .long, .short:
            guard let index = takeName(CivilTime.months, isLong: style == .long) else {
                return false
            }
            month = index + 1
            return true
        }
    }

    /// A name, whatever its capitals.
    private mutating func takeName(_ names: [String], isLong: Bool) -> Int? {
        for (index, name) in names.enumerated() {
            let wanted = isLong ? Array(name.utf8) : Array(name.utf8.prefix(3))
            let found = rest.prefix(wanted.count)
            guard found.count == wanted.count,
                zip(found, wanted).allSatisfy({ $0 | 0x20 == $1 | 0x20 })
            else { continue }
            rest = rest.dropFirst(wanted.count)
            return index
        }
        return nil
    }

    private mutating func takeNumber(
        _ padding: TimeLayout.Padding,
        _ place: WritableKeyPath<TimeReader, Int>
    ) -> Bool {
        if padding == .spaces { skipSpaces(1) }
        guard let value = digits(padding == .zeros ? 2...2 : 1...2) else { return false }
        self[keyPath: place] = value
        return true
    }

    private mutating func takeNumber(
        _ padding: TimeLayout.Padding,
        _ place: WritableKeyPath<TimeReader, Int?>
    ) -> Bool {
        if padding == .spaces { skipSpaces(1) }
        guard let value = digits(padding == .zeros ? 2...2 : 1...2) else { return false }
        self[keyPath: place] = value
        return true
    }

    /// A fraction may follow the seconds though the layout has none.
    private mutating func takeUnaskedFraction() -> Bool {
        guard let mark = rest.first, mark == UInt8(ascii: ".") || mark == UInt8(ascii: ","),
            let digit = rest.dropFirst().first, (48...57).contains(digit)
        else { return true }
        return takeFraction(1...Int.max)
    }

    private mutating func takeFraction(_ range: ClosedRange<Int>) -> Bool {
        guard let mark = rest.first, mark == UInt8(ascii: ".") || mark == UInt8(ascii: ",") else {
            return false
        }
        let digits = rest.dropFirst().prefix { (48...57).contains($0) }
            .prefix(range.upperBound)
        guard range.contains(digits.count) else { return false }
        rest = rest.dropFirst(1 + digits.count)
        let nine = (digits + [UInt8](repeating: 48, count: 9)).prefix(9)
        nanosecond = nine.reduce(0) { $0 * 10 + Int($1 - 48) }
        return true
    }

    private mutating func takeHalf(_ isUpper: Bool) -> Bool {
        let found = String(decoding: rest.prefix(2), as: UTF8.self)
        rest = rest.dropFirst(2)
        switch found {
        case isUpper ? "AM" : "am": isAfternoon = false
        case isUpper ? "PM" : "pm": isAfternoon = true
        default: return false
        }
        return true
    }

    /// A name such as `CEST`, or hours alone, such as `+03`.
    ///
    /// Such names have no one meaning; as in Go, all but `GMT+3` only say that there was a zone.
    private mutating func takeZoneName() -> Bool {
        guard rest.count >= 3 else { return false }
        if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") {
            return takeHours() != nil
        }
        for name in ["ChST", "MeST"] where rest.starts(with: name.utf8) {
            rest = rest.dropFirst(4)
            return true
        }
        let name = rest.prefix(6).prefix { (65...90).contains($0) }
        if name.starts(with: "GMT".utf8) {
            rest = rest.dropFirst(3)
            let sign = rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-")
            if sign, let hours = takeHours() { offset = hours * 3600 }
            return true
        }
        let isName =
            switch name.count {
            case 3: true
            case 4: name.last == UInt8(ascii: "T") || name.elementsEqual("WITA".utf8)
            case 5: name.last == UInt8(ascii: "T")
            default: false
            }
        rest = rest.dropFirst(isName ? name.count : 0)
        return isName
    }

    /// A sign and hours; nothing is taken where they are none.
    private mutating func takeHours() -> Int? {
        let digits = rest.dropFirst().prefix { (48...57).contains($0) }
        guard (1...2).contains(digits.count) else { return nil }
        let hours = digits.reduce(0) { $0 * 10 + Int($1 - 48) }
        guard hours < 24 else { return nil }
        let isNegative = rest.first == UInt8(ascii: "-")
        rest = rest.dropFirst(1 + digits.count)
        return isNegative ? -hours : hours
    }

    private mutating func takeOffset(_ form: TimeLayout.Offset) -> Bool {
        if form.hasZ, rest.first == UInt8(ascii: "Z") {
            rest.removeFirst()
            offset = 0
            return true
        }
        guard let sign = rest.popFirst(), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-")
        else { return false }
        var seconds = 0
        for (index, (unit, most)) in [(3600, 24), (60, 60), (1, 60)].prefix(form.units).enumerated()
        {
            if index > 0, form.hasColons, rest.popFirst() != UInt8(ascii: ":") { return false }
            guard let value = digits(2...2), value <= most else { return false }
            seconds += value * unit
        }
        offset = sign == UInt8(ascii: "-") ? -seconds : seconds
        return true
    }

    private mutating func skipSpaces(_ most: Int) {
        for _ in 0..<most where rest.first == UInt8(ascii: " ") { rest.removeFirst() }
    }

    private mutating func digits(_ range: ClosedRange<Int>) -> Int? {
        let found = rest.prefix(range.upperBound).prefix { (48...57).contains($0) }
        guard found.count >= range.lowerBound else { return nil }
        rest = rest.dropFirst(found.count)
        return found.reduce(0) { $0 * 10 + Int($1 - 48) }
    }
}
