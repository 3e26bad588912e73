import Canon
import Rego
import Support
import Testing

struct `A text of a policy` {
    @Test func `is equal only to the same bytes`() {
        #expect(Text("\u{E9}") != Text("e\u{301}"))
        #expect(Text("admin") == Text(Array("admin".utf8)))
        #expect(Text("a") != Text("a\0"))
    }

    @Test func `stands in the order of its bytes, short or long`() {
        let texts = [
            "", "\0", "a", "a\0", "a\0b", "aa", "ab", "abcdefg", "abcdefgh", "abcdefghi",
            "abcdefghijklmno", "abcdefghijklmnop", "abcdefghijklmnoq", "b", "\u{E9}", "\u{10000}",
        ]
        for (one, left) in texts.enumerated() {
            for (two, right) in texts.enumerated() {
                #expect((Text(left) < Text(right)) == (one < two), "\(left) < \(right)")
                #expect((Text(left) == Text(right)) == (one == two))
            }
        }
    }

    @Test(arguments: 0...40) func `gives back the bytes that it was made of`(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7 + 33) & 0x7F }
        let text = Text(bytes)
        #expect(text.bytes == bytes)
        #expect(text.count == count)
        #expect(bytes.indices.allSatisfy { text[$0] == bytes[$0] })
        #expect(Text(bytes[...]) == text && Text(bytes.span) == text)
        #expect(Text(bytes).hash == text.hash)
        if count > 2 { #expect(text.slice(1..<count - 1).bytes == Array(bytes[1..<count - 1])) }
    }

    @Test func `finds beginnings, ends and parts`() {
        let text = Text("the quick brown fox jumps")
        #expect(text.hasPrefix("the ") && text.hasSuffix("jumps") && text.contains("brown"))
        #expect(!text.hasPrefix("he") && !text.hasSuffix("jump") && !text.contains("browm"))
        #expect(text.hasPrefix("") && text.hasSuffix("") && text.contains(""))
        #expect(!Text("ab").contains("abc"))
    }
}

struct `The order of values` {
    @Test func `is null, booleans, numbers, strings, arrays, objects, sets`() {
        let ordered = [
            "null", "false", "true", "-1e400", "-1", "0", "0.5", "1", "9007199254740993", "1e400",
            "\"\"", "\"a\"", "\"b\"", "[]", "[1]", "[1, 2]", "[2]", "{}", "{\"a\": 1}",
            "{\"a\": 1, \"b\": 0}", "{\"a\": 2}", "{\"b\": 0}", "set()", "{1}", "{1, 2}", "{2}",
        ].map(ConstantReader.value)
        for (one, left) in ordered.enumerated() {
            for (two, right) in ordered.enumerated() {
                #expect((left < right) == (one < two), "\(left) < \(right)")
                #expect((left == right) == (one == two), "\(left) == \(right)")
            }
        }
        #expect(ordered.reversed().sorted() == ordered)
    }

    @Test func `makes equal values have equal hashes`() {
        let same = ["1", "1.0", "1e0", "10e-1", "0.1e1"].map(ConstantReader.value)
        #expect(Set(same).count == 1)
        #expect(Set(["1", "1.5", "15e-1"].map(ConstantReader.value)).count == 2)
        let one = ConstantReader.value("{\"a\": [1, {2, 3}], \"b\": null}")
        let two = ConstantReader.value("{\"b\": null, \"a\": [1.0, {3, 2}]}")
        #expect(one == two && one.hashValue == two.hashValue)
    }
}

struct `A collection of a policy` {
    @Test func `holds each member of a set once, in order`() {
        let set = SetValue([3, 1, 2, 3, 1].map(Value.integer))
        #expect(Value.set(set).source == "{1, 2, 3}")
        #expect(set.contains(2) && !set.contains(4))
    }

    @Test(arguments: [0, 1, 2, 7, 8, 9, 40, 200])
    func `finds each key of an object, and no other`(count: Int) {
        var generator = Generator(seed: UInt64(count))
        let keys = (0..<count).map { "key \($0 * 2)" }.shuffled(using: &generator)
        let object = ObjectValue(keys.map { .init(key: .text($0), value: .text($0)) })
        #expect(object.count == count)
        for key in keys { #expect(object[Text(key)] == .text(key)) }
        for index in 0..<count { #expect(object[Text("key \(index * 2 + 1)")] == nil) }
        #expect(object[.integer(1)] == nil)
        #expect(object.keys == object.keys.sorted())
    }

    @Test func `says when a key comes twice`() {
        var repeated: Value?
        let members = ["b", "a", "b"].map { ObjectValue.Member(key: .text($0), value: 1) }
        let object = ObjectValue(members, repeated: &repeated)
        #expect(repeated == "b" && object.count == 2)
    }

    @Test func `agrees with the sets of Swift`() {
        var generator = Generator(seed: 11)
        for _ in 0..<200 {
            let one = Set(
                (0..<generator.int(0...12)).map { _ in Value.integer(generator.int(0...15)) }
            )
            let two = Set(
                (0..<generator.int(0...12)).map { _ in Value.integer(generator.int(0...15)) }
            )
            let (left, right) = (SetValue(Array(one)), SetValue(Array(two)))
            #expect(left.union(right) == SetValue(Array(one.union(two))))
            #expect(left.intersection(right) == SetValue(Array(one.intersection(two))))
            #expect(left.subtracting(right) == SetValue(Array(one.subtracting(two))))
            #expect(left.isSubset(of: right) == one.isSubset(of: two))
        }
    }
}
