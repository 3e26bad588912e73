import Rego
import Support
import Testing

struct `Arithmetic on numbers` {
    @Test(arguments: [
        ("plus(1, 2)", "3"),
        ("plus(9223372036854775807, 1)", "9223372036854775808"),
        ("minus(-9223372036854775808, 1)", "-9223372036854775809"),
        ("plus(9223372036854775808, -1)", "9223372036854775807"),
        ("mul(9223372036854775807, 9223372036854775807)", "85070591730234615847396907784232501249"),
        ("mul(123456789012345678901234567890, 0)", "0"),
        ("plus(0.1, 0.2)", "0.3"),
        ("plus(1.5, 1.5)", "3"),
        ("minus(1e30, 1)", "999999999999999999999999999999"),
        ("mul(1e6, 2)", "2000000"),
        ("div(1e109, 1e100)", "1000000000"),
        ("div(6, 3)", "2"),
        ("div(1, 4)", "0.25"),
        ("div(1, 3)", "0.33333333333333333334"),
        ("div(2, 3)", "0.6666666666666666667"),
        ("div(-2, 3)", "-0.6666666666666666667"),
        ("div(10, 7)", "1.4285714285714285714"),
        ("div(1, 1024)", "0.0009765625"),
        ("div(-9223372036854775808, -1)", "9223372036854775808"),
        ("div(1, 0)", "error: divide by zero"),
        ("div(1, 0.0)", "error: divide by zero"),
        ("rem(7, 4)", "3"),
        ("rem(-7, 4)", "-3"),
        ("rem(7, -4)", "3"),
        ("rem(5.0, 3)", "2"),
        ("rem(-9223372036854775808, -1)", "0"),
        ("rem(28857836529306024611913, 1000)", "913"),
        ("rem(1.1, 1)", "error: modulo on floating-point number"),
        ("rem(7, 0)", "error: modulo by zero"),
        ("minus({1, 2, 3}, {2})", "{1, 3}"),
        ("minus({1}, 1)", "type error: operand 2 must be set but got number"),
        ("minus(1, {1})", "type error: operand 2 must be number but got set"),
        ("abs(-5)", "5"),
        ("abs(-9223372036854775808)", "9223372036854775808"),
        ("abs(-1.50)", "1.50"),
        ("round(2.5)", "3"), ("round(-2.5)", "-3"), ("round(2.4999)", "2"), ("round(0.5)", "1"),
        ("ceil(1.01)", "2"), ("ceil(-1.99999)", "-1"), ("ceil(1e-300)", "1"), ("ceil(2.0)", "2"),
        ("floor(-1.001)", "-2"), ("floor(99.99999)", "99"), ("floor(-1e-300)", "-1"),
        ("mul(1e60000, 1e60000)", "error: the result has more than 4096 digits"),
        ("plus(1e5000, 1)", "error: the result has more than 4096 digits"),
        ("plus(\"1\", 1)", "type error: operand 1 must be number but got string"),
    ])
    func `is exact`(call: String, wanted: String) {
        #expect(Call.outcome(call) == wanted)
    }

    @Test(arguments: [
        ("1", "1.0", 0), ("1e2", "100", 0), ("0.1", "0.10000000000000001", -1),
        ("9007199254740993", "9007199254740992", 1), ("9007199254740993.0", "9007199254740993", 0),
        ("-1e-400", "0", -1), ("0e10", "-0.0", 0), ("1e90000", "1e89999", 1),
        ("123456789012345678901234567890", "123456789012345678901234567890.0", 0),
        ("-123456789012345678901234567890", "-123456789012345678901234567889", -1),
    ])
    func `compares by value`(left: String, right: String, order: Int) throws {
        let (one, two) = (
            try #require(RegoNumber(text: left)), try #require(RegoNumber(text: right))
        )
        #expect(one.compared(to: two).signum() == order)
        #expect(two.compared(to: one).signum() == -order)
        #expect((one == two) == (order == 0))
        if order == 0 { #expect(one.hashValue == two.hashValue) }
    }

    @Test func `agrees with 128 bits of the machine`() throws {
        var generator = Generator(seed: 3)
        func random() -> Int128 {
            let bits = generator.int(1...62)
            return Int128(generator.int(0...(1 << bits))) * Int128(generator.int(-3...3))
        }
        func number(_ value: Int128) -> RegoNumber? { RegoNumber(text: String(value)) }
        for _ in 0..<2_000 {
            let (a, b) = (random(), random())
            let (one, two) = (try #require(number(a)), try #require(number(b)))
            #expect(one.adding(two)?.text == String(a + b))
            #expect(one.subtracting(two)?.text == String(a - b))
            let (product, overflow) = a.multipliedReportingOverflow(by: b)
            if !overflow { #expect(one.multiplied(by: two)?.text == String(product)) }
            if b != 0 { #expect(one.remainder(dividingBy: two)?.text == String(a % b)) }
        }
    }

    @Test func `divides long numbers back into what was multiplied`() throws {
        var generator = Generator(seed: 4)
        for _ in 0..<200 {
            func digits() -> String {
                "\(generator.int(1...9))"
                    + (0..<generator.int(15...150)).map { _ in
                        String(generator.int(0...9))
                    }.joined()
            }
            let one = try #require(RegoNumber(text: digits()))
            let two = try #require(RegoNumber(text: "-" + digits()))
            let product = try #require(one.multiplied(by: two))
            #expect(product.divided(by: two)?.rounded == one.rounded)
            #expect(product.remainder(dividingBy: one) == 0)
            // The product is below zero, and a remainder takes the sign of what is divided.
            let below = try #require(product.subtracting(1))
            #expect(below.remainder(dividingBy: two) == -1)
        }
    }

    @Test(arguments: [
        ("bits.and(6, 3)", "2"), ("bits.or(6, 3)", "7"), ("bits.xor(6, 3)", "5"),
        ("bits.and(-1, 255)", "255"), ("bits.or(-256, 1)", "-255"), ("bits.xor(-1, 5)", "-6"),
        ("bits.negate(5)", "-6"), ("bits.negate(-1)", "0"),
        ("bits.lsh(9223372036854775807, 1)", "18446744073709551614"),
        ("bits.lsh(-3, 64)", "-55340232221128654848"),
        ("bits.rsh(18446744073709551616, 60)", "16"),
        ("bits.rsh(-5, 1)", "-3"), ("bits.rsh(-1, 100)", "-1"), ("bits.rsh(5, 100)", "0"),
        ("bits.and(-18446744073709551616, 36893488147419103232)", "36893488147419103232"),
        ("bits.lsh(1, 1000000)", "error: the result has more than 65536 bits"),
        (
            "bits.lsh(7.2, 42)",
            "type error: operand 1 must be integer number but got floating-point number"
        ),
        (
            "bits.lsh(7, -1)",
            "type error: operand 2 must be an unsigned integer number but got a negative integer"
        ),
    ])
    func `has bits without an end`(call: String, wanted: String) {
        #expect(Call.outcome(call) == wanted)
    }

    @Test(arguments: [
        ("to_number(\"-42.0\")", "-42.0"), ("to_number(\"+.5\")", "0.5"),
        ("to_number(\"007\")", "7"),
        ("to_number(true)", "1"), ("to_number(null)", "0"),
        ("to_number(\"broken\")", "error: strconv.ParseFloat: parsing \"broken\": invalid syntax"),
        ("to_number(\"NaN\")", "type error: operand 1 must be valid number but got \"NaN\""),
        ("to_number(\"-inf\")", "type error: operand 1 must be valid number but got \"-inf\""),
        ("format_int(15.5, 16)", "\"f\""), ("format_int(-255, 2)", "\"-11111111\""),
        ("format_int(123456789012345678901234567890, 16)", "\"18ee90ff6c373e0ee4e3f0ad2\""),
        ("format_int(4.1, 199)", "type error: operand 2 must be one of {2, 8, 10, 16}"),
        ("numbers.range(-2, 1)", "[-2, -1, 0, 1]"), ("numbers.range(2, 0)", "[2, 1, 0]"),
        ("numbers.range_step(0, 10, 99999999999999999999)", "[0]"),
        ("numbers.range_step(10, 3, 2)", "[10, 8, 6, 4]"),
        ("numbers.range_step(0, 10, -2)", "error: step must be a positive integer"),
        (
            "numbers.range(9223372036854775806, 9223372036854775809)",
            "[9223372036854775806, 9223372036854775807, 9223372036854775808, 9223372036854775809]"
        ),
        ("units.parse(\"500m\")", "0.5"), ("units.parse(\"2.5e3K\")", "2500000"),
        ("units.parse(\"10Ei\")", "11529215046068469760"), ("units.parse(\"1.1Ki\")", "1126.4"),
        ("units.parse(\"100 k\")", "error: spaces not allowed in resource strings"),
        ("units.parse(\"G\")", "error: no amount provided"),
        ("units.parse(\"3X\")", "error: unit X not recognized"),
        ("units.parse_bytes(\"1.1KB\")", "1100"), ("units.parse_bytes(\"10KiB\")", "10240"),
        ("units.parse_bytes(\"0.0.0\")", "error: could not parse byte amount to a number"),
    ])
    func `reads and makes texts and ranges`(call: String, wanted: String) {
        #expect(Call.outcome(call) == wanted)
    }
}

extension RegoNumber {
    /// The text with no more than the digits that survive a division.
    fileprivate var rounded: Substring { text.prefix(17) }
}
