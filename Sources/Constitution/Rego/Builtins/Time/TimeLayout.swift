/// How a moment is written, said by the moment `Mon Jan 2 15:04:05 MST 2006` (Go's `time` package).
struct TimeLayout: Sendable {
    /// One piece of a layout.
    enum Part: Hashable, Sendable {
        case literal([UInt8])
        case year(digits: Int)
        case month(Style)
        case weekday(isLong: Bool)
        case day(Padding)
        case yearDay(Padding)
        case hour
        case hour12(Padding)
        case minute(Padding)
        case second(Padding)
        case half(isUpper: Bool)
        case zoneName
        case offset(Offset)
        /// Digits behind a point or a comma; trailing zeros may be left out.
        case fraction(mark: UInt8, digits: Int, dropsZeros: Bool)
    }

    /// How a month is written.
    enum Style: Hashable, Sendable {
        case long
        case short
        case number(Padding)
    }

    /// What a number is filled up with.
    enum Padding: Hashable, Sendable {
        case none
        case zeros
        case spaces
    }

    /// How the distance from UTC is written.
    struct Offset: Hashable, Sendable {
        /// Whether UTC is written as `Z`.
        let hasZ: Bool
        let hasColons: Bool

        /// 1 for hours, 2 for minutes too, 3 for seconds too.
        let units: Int
    }

    /// The layout as it was given.
    let text: String
    let parts: [Part]

    /// Reads a layout; what is not a piece of the moment stands for itself.
    init(_ layout: Text) {
        let bytes = TimeLayout.known[layout].map { Array($0.utf8) } ?? layout.bytes
        text = String(decoding: bytes, as: UTF8.self)
        var parts: [Part] = []
        var literal: [UInt8] = []
        var at = 0
        while at < bytes.count {
            guard let (part, count) = TimeLayout.part(bytes, at) else {
                literal.append(bytes[at])
                at += 1
                continue
            }
            if !literal.isEmpty { parts.append(.literal(literal)) }
            literal = []
            parts.append(part)
            at += count
        }
        if !literal.isEmpty { parts.append(.literal(literal)) }
        self.parts = parts
    }

    /// The layouts that have a name.
    static let known: [Text: String] = [
        "ANSIC": "Mon Jan _2 15:04:05 2006",
        "UnixDate": "Mon Jan _2 15:04:05 MST 2006",
        "RubyDate": "Mon Jan 02 15:04:05 -0700 2006",
        "RFC822": "02 Jan 06 15:04 MST",
        "RFC822Z": "02 Jan 06 15:04 -0700",
        "RFC850": "Monday, 02-Jan-06 15:04:05 MST",
        "RFC1123": "Mon, 02 Jan 2006 15:04:05 MST",
        "RFC1123Z": "Mon, 02 Jan 2006 15:04:05 -0700",
        "RFC3339": "2006-01-02T15:04:05Z07:00",
        "RFC3339Nano": "2006-01-02T15:04:05.999999999Z07:00",
    ]

    /// Pieces in the order in which they are looked for: a longer one before what it begins with.
    private static let pieces: [(text: String, part: Part)] =
        [
            ("January", .month(.long)), ("Monday", .weekday(isLong: true)),
            ("2006", .year(digits: 4)), ("06", .year(digits: 2)),
            ("002", .yearDay(.zeros)), ("__2", .yearDay(.spaces)),
            ("01", .month(.number(.zeros))), ("02", .day(.zeros)), ("_2", .day(.spaces)),
            ("03", .hour12(.zeros)), ("04", .minute(.zeros)), ("05", .second(.zeros)),
            ("15", .hour), ("1", .month(.number(.none))), ("2", .day(.none)),
            ("3", .hour12(.none)), ("4", .minute(.none)), ("5", .second(.none)),
            ("PM", .half(isUpper: true)), ("pm", .half(isUpper: false)), ("MST", .zoneName),
        ] + offsets

    private static let offsets: [(text: String, part: Part)] = [true, false].flatMap { hasZ in
        [
            ("070000", 3, false), ("07:00:00", 3, true), ("0700", 2, false), ("07:00", 2, true),
            ("07", 1, false),
        ].map { digits, units, hasColons in
            (
                (hasZ ? "Z" : "-") + digits,
                .offset(Offset(hasZ: hasZ, hasColons: hasColons, units: units))
            )
        }
    }

    private static func part(_ bytes: [UInt8], _ at: Int) -> (Part, count: Int)? {
        let rest = bytes[at...]
        // The blank of `_2006` stands for itself.
        if rest.starts(with: "_2006".utf8) { return nil }
        if let fraction = fraction(rest) { return fraction }
        for (text, part) in pieces where rest.starts(with: text.utf8) {
            return (part, text.utf8.count)
        }
        // Short names count only where no longer word goes on.
        for (text, part) in [("Jan", Part.month(.short)), ("Mon", .weekday(isLong: false))]
        where rest.starts(with: text.utf8) {
            let next = rest.dropFirst(3).first ?? 0
            return (97...122).contains(next) ? nil : (part, 3)
        }
        return nil
    }

    private static func fraction(_ rest: ArraySlice<UInt8>) -> (Part, count: Int)? {
        guard let mark = rest.first, mark == UInt8(ascii: ".") || mark == UInt8(ascii: ","),
            let digit = rest.dropFirst().first,
            digit == UInt8(ascii: "0") || digit == UInt8(ascii: "9")
        else { return nil }
        let count = rest.dropFirst().prefix { $0 == digit }.count
        let next = rest.dropFirst(1 + count).first ?? 0
        guard !(48...57).contains(next) else { return nil }
        let dropsZeros = digit == UInt8(ascii: "9")
        return (.fraction(mark: mark, digits: count, dropsZeros: dropsZeros), 1 + count)
    }
}
