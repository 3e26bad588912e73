import Canon

/// A date and a time of day, as a clock on some wall shows them.
struct CivilTime: Hashable, Sendable {
    var year: Int
    var month: Int
    var day: Int
    var hour: Int
    var minute: Int
    var second: Int

    /// The date and time so many seconds after 1970, on a wall where clocks are ahead of UTC by an
    /// offset.
    init(seconds: Int, offset: Int) {
        let local = seconds + offset
        let days = local >= 0 ? local / 86_400 : (local - 86_399) / 86_400
        let rest = local - days * 86_400
        (year, month, day) = Timestamp.civil(fromDays: days)
        (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60)
    }

    /// A date and a time whose month and day may lie outside their bounds and then count on.
    init(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
    }

    /// Seconds since 1970, as if the clock showed UTC.
    var seconds: Int { daysSince1970 * 86_400 + hour * 3600 + minute * 60 + second }

    /// Days since 1970-01-01.
    var daysSince1970: Int {
        let months = month - 1
        let years = months >= 0 ? months / 12 : (months - 11) / 12
        return Timestamp.days(fromCivil: year + years, months - years * 12 + 1, 1) + day - 1
    }

    /// The day of the week, Sunday first.
    var weekday: Int {
        let shifted = (daysSince1970 + 4) % 7
        return shifted < 0 ? shifted + 7 : shifted
    }

    /// The day of the year, from 1 on.
    var yearDay: Int { daysSince1970 - Timestamp.days(fromCivil: year, 1, 1) + 1 }

    static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ]

    static let weekdays = [
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
    ]
}
