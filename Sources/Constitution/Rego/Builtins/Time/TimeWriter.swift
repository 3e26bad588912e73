/// Writes a moment as a layout says.
struct TimeWriter {
    let time: CivilTime
    let nanosecond: Int
    let period: TimeZoneRules.Period

    /// The moment as text.
    func text(_ layout: TimeLayout) -> [UInt8] {
        var out: [UInt8] = []
        for part in layout.parts { write(part, to: &out) }
        return out
    }

    private func write(_ part: TimeLayout.Part, to out: inout [UInt8]) {
        switch part {
        case .literal(let bytes): out += bytes
        case .year(let digits):
            number(digits == 4 ? time.year : time.year % 100, digits, .zeros, to: &out)
        case .month(.long): out += CivilTime.months[time.month - 1].utf8
        case .month(.short): out += CivilTime.months[time.month - 1].utf8.prefix(3)
        case .month(.number(let padding)): number(time.month, 2, padding, to: &out)
        case .weekday(let isLong):
            out += CivilTime.weekdays[time.weekday].utf8.prefix(isLong ? 9 : 3)
        case .day(let padding): number(time.day, 2, padding, to: &out)
        case .yearDay(let padding): number(time.yearDay, 3, padding, to: &out)
        case .hour: number(time.hour, 2, .zeros, to: &out)
        case .hour12(let padding): number((time.hour + 11) % 12 + 1, 2, padding, to: &out)
        case .minute(let padding): number(time.minute, 2, padding, to: &out)
        case .second(let padding): number(time.second, 2, padding, to: &out)
        case .half(let isUpper):
            let text = time.hour < 12 ? "AM" : "PM"
            out += (isUpper ? text : text.lowercased()).utf8
        case .zoneName: out += period.abbreviation.utf8
        case .offset(let form): offset(form, to: &out)
        case .fraction(let mark, let digits, let dropsZeros):
            fraction(mark, digits, dropsZeros, to: &out)
        }
    }

    private func number(
        _ value: Int,
        _ width: Int,
        _ padding: TimeLayout.Padding,
        to out: inout [UInt8]
    ) {
        let digits = String(value).utf8
        let fill = UInt8(ascii: padding == .zeros ? "0" : " ")
        if padding != .none {
            out += repeatElement(fill, count: max(0, width - digits.count))
        }
        out += digits
    }

    private func offset(_ form: TimeLayout.Offset, to out: inout [UInt8]) {
        if form.hasZ && period.offset == 0 {
            out.append(UInt8(ascii: "Z"))
            return
        }
        out.append(UInt8(ascii: period.offset < 0 ? "-" : "+"))
        let seconds = abs(period.offset)
        let units = [seconds / 3600, seconds / 60 % 60, seconds % 60].prefix(form.units)
        for (index, unit) in units.enumerated() {
            if index > 0 && form.hasColons { out.append(UInt8(ascii: ":")) }
            number(unit, 2, .zeros, to: &out)
        }
    }

    private func fraction(
        _ mark: UInt8,
        _ count: Int,
        _ dropsZeros: Bool,
        to out: inout [UInt8]
    ) {
        var digits: [UInt8] = []
        number(nanosecond, 9, .zeros, to: &digits)
        digits += repeatElement(UInt8(ascii: "0"), count: max(0, count - 9))
        digits.removeLast(digits.count - count)
        if dropsZeros {
            while digits.last == UInt8(ascii: "0") { digits.removeLast() }
            if digits.isEmpty { return }
        }
        out.append(mark)
        out += digits
    }
}
