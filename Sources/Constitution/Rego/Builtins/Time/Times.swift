import Canon

extension BuiltinTable {
    /// Dates and times.
    ///
    /// The time of the decision is a value that came with the question, and so are time zones.
    static let times: [Builtin] = [
        Builtin("time.now_ns", [], .number, isDeterministic: false) { _, context in
            .integer(Int(context.nowNanoseconds))
        },
        Builtin("time.parse_ns", [.string, .string], .number) {
            arguments,
            context throws(BuiltinError) in
            let (layout, text) = (try arguments.text(0), try arguments.text(1))
            try context.charge(steps: 16 + 8 * layout.count + text.count)
            return try nanoseconds(TimeReader.read(text, as: TimeLayout(layout)))
        },
        Builtin("time.parse_rfc3339_ns", [.string], .number) {
            arguments,
            context throws(BuiltinError) in
            let text = try arguments.text(0)
            try context.charge(steps: 32 + text.count)
            return try nanoseconds(TimeReader.read(text, as: TimeLayout("RFC3339")))
        },
        Builtin("time.parse_duration_ns", [.string], .number) {
            arguments,
            context throws(BuiltinError) in
            let text = try arguments.text(0)
            try context.charge(steps: 4 + text.count)
            return .integer(Int(try Durations.nanoseconds(text)))
        },
        Builtin("time.date", [moment], .array(of: .number)) {
            arguments,
            context throws(BuiltinError) in
            let time = try Moment(arguments, 0, &context).time
            return [.integer(time.year), .integer(time.month), .integer(time.day)]
        },
        Builtin("time.clock", [moment], .array(of: .number)) {
            arguments,
            context throws(BuiltinError) in
            let time = try Moment(arguments, 0, &context).time
            return [.integer(time.hour), .integer(time.minute), .integer(time.second)]
        },
        Builtin("time.weekday", [moment], .string) { arguments, context throws(BuiltinError) in
            let time = try Moment(arguments, 0, &context).time
            return .text(CivilTime.weekdays[time.weekday])
        },
        Builtin("time.add_date", [moment, .number, .number, .number], .number) {
            arguments,
            context throws(BuiltinError) in
            try addDate(arguments, &context)
        },
        Builtin("time.diff", [moment, moment], .array(of: .number)) {
            arguments,
            context throws(BuiltinError) in
            let (one, two) = (
                try Moment(arguments, 0, &context), try Moment(arguments, 1, &context)
            )
            return difference(one, two)
        },
        Builtin("time.format", [moment], .string) { arguments, context throws(BuiltinError) in
            try format(arguments, &context)
        },
    ]

    private static let moment = TypeSchema.oneOf([
        .number, .array(of: .oneOf([.number, .string])),
    ])

    /// A moment, and how it is to be shown: nanoseconds, or those with a zone and a layout.
    private struct Moment {
        let nanoseconds: Int64
        let zone: TimeZoneRules
        let layout: Text

        init(
            _ arguments: Arguments,
            _ index: Int,
            _ context: inout BuiltinContext
        ) throws(BuiltinError) {
            try context.charge(steps: 16)
            var parts: [Value] = []
            switch arguments[index] {
            case .number: parts = [arguments[index]]
            case .array(let array): parts = array.elements
            default: break
            }
            guard let first = parts.first else {
                throw arguments.wrong(0, "either number (ns) or [number (ns), string (tz)]")
            }
            guard case .number(let number) = first else {
                throw .operand(1, must: "number", got: first.typeName)
            }
            var texts: [Text] = []
            for part in parts.dropFirst().prefix(2) {
                guard case .string(let text) = part else {
                    throw .operand(1, must: "string", got: part.typeName)
                }
                texts.append(text)
            }
            guard let value = number.int64Value else { throw .failed("timestamp too big") }
            nanoseconds = value
            let name = texts.first ?? ""
            guard let rules = context.zones[name] else {
                throw .failed("unknown time zone \(name.string)")
            }
            zone = rules
            layout = texts.count > 1 ? texts[1] : ""
        }

        var seconds: Int { Int(Timestamp(nanoseconds: nanoseconds).seconds) }
        var nanosecond: Int { Int(nanoseconds &- Int64(seconds) &* 1_000_000_000) }
        var period: TimeZoneRules.Period { zone.period(at: seconds) }
        var time: CivilTime { CivilTime(seconds: seconds, offset: period.offset) }
    }

    private static func nanoseconds(_ moment: TimeReader.Moment) throws(BuiltinError) -> Value {
        let total = Int128(moment.seconds) * 1_000_000_000 + Int128(moment.nanosecond)
        guard let value = Int64(exactly: total) else {
            throw .failed("time outside of valid range")
        }
        return .integer(Int(value))
    }

    private static func addDate(
        _ arguments: Arguments,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> Value {
        let moment = try Moment(arguments, 0, &context)
        let (years, months, days) = (
            try arguments.int(1), try arguments.int(2), try arguments.int(3)
        )
        // Whatever lies further away than this is outside what nanoseconds can say, and the sum of
        // three such spans cannot overflow.
        let farthest = -1_000_000...1_000_000
        guard farthest.contains(years), farthest.contains(months), farthest.contains(days) else {
            throw .failed("time outside of valid range")
        }
        var time = moment.time
        time.year += years
        time.month += months
        time.day += days
        return try nanoseconds((moment.zone.seconds(of: time), moment.nanosecond))
    }

    /// Years, months, days, hours, minutes and seconds from the earlier moment to the later one.
    private static func difference(_ one: Moment, _ two: Moment) -> Value {
        let zone = one.zone
        let (early, late) = one.nanoseconds > two.nanoseconds ? (two, one) : (one, two)
        func shown(_ moment: Moment) -> CivilTime {
            let offset = zone.period(at: moment.seconds).offset
            return CivilTime(seconds: moment.seconds, offset: offset)
        }
        let (from, to) = (shown(early), shown(late))
        var parts = [
            to.year - from.year, to.month - from.month, to.day - from.day, to.hour - from.hour,
            to.minute - from.minute, to.second - from.second,
        ]
        let days = Timestamp.days(inMonth: from.month, of: from.year)
        for (place, size) in [(5, 60), (4, 60), (3, 24), (2, days), (1, 12)] where parts[place] < 0
        {
            parts[place] += size
            parts[place - 1] -= 1
        }
        return .array(ArrayValue(parts.map { .integer($0) }))
    }

    private static func format(
        _ arguments: Arguments,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> Value {
        let moment = try Moment(arguments, 0, &context)
        try context.charge(steps: 8 * moment.layout.count)
        let layout = TimeLayout(moment.layout.isEmpty ? "RFC3339Nano" : moment.layout)
        // A piece of two characters, such as `Z7`, never becomes more than a name of nine.
        try context.charge(bytes: 16 + 9 * layout.text.utf8.count)
        let writer = TimeWriter(
            time: moment.time,
            nanosecond: moment.nanosecond,
            period: moment.period
        )
        return .string(Text(writer.text(layout)))
    }
}
