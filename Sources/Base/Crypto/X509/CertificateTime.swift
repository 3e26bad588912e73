import Canon

/// A moment in a certificate, to the second (RFC 5280 §4.1.2.5).
///
/// Its years reach from 1950 to 9999, further than `Timestamp` does.
package struct CertificateTime: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Seconds since 1970-01-01T00:00:00Z.
    package let seconds: Int64

    /// The moment as RFC 3339 has it, always in UTC.
    package let description: String

    /// Reads a UTCTime or a GeneralizedTime in the one form each that DER allows.
    init?(_ element: DERReader.Element) {
        var digits = element.content
        guard digits.popLast() == UInt8(ascii: "Z"), digits.allSatisfy({ (48...57).contains($0) })
        else { return nil }
        func number(_ count: Int) -> Int {
            defer { digits = digits.dropFirst(count) }
            return digits.prefix(count).reduce(0) { $0 * 10 + Int($1 - 48) }
        }
        let year: Int
        switch (element.tag, digits.count) {
        case (DERTag.utcTime, 12):
            let short = number(2)
            year = short < 50 ? 2000 + short : 1900 + short
        case (DERTag.generalizedTime, 14): year = number(4)
        default: return nil
        }
        let (month, day) = (number(2), number(2))
        let (hour, minute, second) = (number(2), number(2), number(2))
        guard (1...12).contains(month), day >= 1,
            day <= Timestamp.days(inMonth: month, of: year), hour < 24, minute < 60, second < 60
        else { return nil }
        let days = Timestamp.days(fromCivil: year, month, day)
        seconds = Int64(days) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let zeros = String(repeating: "0", count: 4 - String(year).utf8.count)
        description =
            "\(zeros)\(year)-\(two(month))-\(two(day))T\(two(hour)):\(two(minute)):\(two(second))Z"
    }

    package static func < (left: CertificateTime, right: CertificateTime) -> Bool {
        left.seconds < right.seconds
    }
}
