import Rego
import Support
import Testing

struct `A built-in on strings` {
    @Test(arguments: [
        ("concat(\"/\", [\"\", \"foo\", \"bar\"])", "\"/foo/bar\""),
        ("concat(\",\", {\"b\", \"a\"})", "\"a,b\""),
        (
            "concat(\",\", [1])",
            "type error: operand 2 must be array of strings but got array containing number"
        ),
        ("concat(\",\", 1)", "type error: operand 2 must be one of {set, array} but got number"),
        ("split(\"foo.bar.baz\", \".\")", "[\"foo\", \"bar\", \"baz\"]"),
        ("split(\"\", \".\")", "[\"\"]"), ("split(\"t\u{E9}\", \"\")", "[\"t\", \"\u{E9}\"]"),
        ("split(\"\", \"\")", "[]"),
        ("replace(\"foo...bar\", \"..\", \",,\")", "\"foo,,.bar\""),
        ("replace(\"abc\", \"\", \"-\")", "\"-a-b-c-\""),
        ("strings.replace_n({\"f\": \"x\", \"foo\": \"xxx\"}, \"foobar\")", "\"xoobar\""),
        ("strings.replace_n({\"<\": \"&lt;\", \">\": \"&gt;\"}, \"<b>\")", "\"&lt;b&gt;\""),
        (
            "strings.replace_n({2: \"x\"}, \"foo\")",
            "type error: operand 1 non-string key found in pattern object"
        ),
        ("strings.reverse(\"1\u{1F600}2\")", "\"2\u{1F600}1\""),
        ("indexof(\"sk\u{F6}n var v\u{E5}ren\", \"v\u{E5}r\")", "9"),
        ("indexof(\"abc\", \"x\")", "-1"),
        ("indexof(\"abc\", \"\")", "error: empty search character"),
        ("indexof_n(\"aaaa\", \"aa\")", "[0, 1, 2]"), ("indexof_n(\"dog\", \"cat\")", "[]"),
        ("strings.count(\"11111\", \"11\")", "2"), ("strings.count(\"dummy\", \"\")", "6"),
        ("substring(\"\u{E5}\u{E4}\u{F6}\", 0, 2)", "\"\u{E5}\u{E4}\""),
        ("substring(\"abcdefgh\", 2, -1)", "\"cdefgh\""), ("substring(\"aaa\", 4, -1)", "\"\""),
        ("substring(\"abc\", 1, 9223372036854775807)", "\"bc\""),
        ("substring(\"aaa\", -1, -1)", "error: negative offset"),
        ("trim(\"\u{A1}\u{A1}foo!!\", \"!\u{A1}\")", "\"foo\""),
        ("trim_left(\"xxaxx\", \"x\")", "\"axx\""),
        ("trim_right(\"xxaxx\", \"x\")", "\"xxa\""), ("trim_prefix(\"foo\", \"f\")", "\"oo\""),
        ("trim_suffix(\"foo\", \"oo\")", "\"f\""), ("trim_space(\" \\t\\n a b \\n\")", "\"a b\""),
        ("lower(\"AbC\u{C9}\")", "\"abc\u{E9}\""), ("upper(\"stra\u{DF}e\")", "\"STRA\u{DF}E\""),
        ("startswith(\"abc\", \"abcd\")", "false"),
        ("endswith(\"abcdefghijklmnopqrst\", \"rst\")", "true"),
        ("contains(\"abcdefghijklmnopqrst\", \"mno\")", "true"),
        ("contains(1, \"a\")", "type error: operand 1 must be string but got number"),
        ("strings.any_prefix_match([\"a/b\", \"c\"], {\"x\", \"c\"})", "true"),
        ("strings.any_suffix_match(\"a/b\", \"/c\")", "false"),
        (
            "strings.any_prefix_match([1], \"a\")",
            "type error: operand 1 must be array of strings but got array containing number"
        ),
        ("count(\"\u{E5}\u{E4}\")", "2"),
    ])
    func `answers as other engines do`(call: String, wanted: String) {
        #expect(Call.outcome(call) == wanted)
    }

    @Test(
        arguments: [
            ("base64.encode(\"subjects?_d\")", "\"c3ViamVjdHM/X2Q=\""),
            ("base64.decode(\"c3ViamVjdHM/X2Q=\")", "\"subjects?_d\""),
            ("base64.decode(\"a\")", "error: illegal base64 data"),
            ("base64.is_valid(\"{'not':'base64'}\")", "false"), ("base64.is_valid(3)", "false"),
            ("base64url.encode_no_pad(\"hello\")", "\"aGVsbG8\""),
            ("base64url.encode(\"\u{FF}?\")", "\"w78_\""),
            ("base64url.decode(\"aGVsbG8\")", "\"hello\""),
            ("base64url.decode(\"aGVsbG8=\")", "\"hello\""),
            ("hex.encode(\"lorem\")", "\"6c6f72656d\""), ("hex.decode(\"6C6f\")", "\"lo\""),
            ("hex.decode(\"fgh\")", "error: encoding/hex: invalid byte: U+0067 'g'"),
            ("hex.decode(\"abc\")", "error: encoding/hex: odd length hex string"),
            ("urlquery.encode(\"a=b+1 \")", "\"a%3Db%2B1+\""),
            ("urlquery.decode(\"a%3Db%2b1+\")", "\"a=b+1 \""),
            ("urlquery.decode(\"%zz\")", "error: invalid URL escape \"%zz\""),
            (
                "urlquery.encode_object({\"a\": [\"b+1\", \"c\"], \"z\": \"y\"})",
                "\"a=b%2B1&a=c&z=y\""
            ),
            ("urlquery.decode_object(\"a=1&b&a=2\")", "{\"a\": [\"1\", \"2\"], \"b\": [\"\"]}"),
            (
                "count(base64.decode)",
                "type error: operand 1 must be one of {array, object, set, string} but got null"
            ),
        ].dropLast()
    )
    func `changes the form of bytes`(call: String, wanted: String) {
        #expect(Call.outcome(call) == wanted)
    }

    @Test func `keeps decoded bytes that are no text`() {
        let encoded = "\"2E84ZuPUd7zfvCZSNEchVpDEIj6PL7JfLpIqyxVG16k=\""
        var context = BuiltinContext()
        let decode = BuiltinTable.standard["base64.decode"]
        let count = BuiltinTable.standard["count"]
        let decoded = try? decode?.evaluate([ConstantReader.value(encoded)].span, &context)
        #expect(decoded.flatMap { try? count?.evaluate([$0].span, &context) } == 30)
    }

    @Test(arguments: [
        ("sprintf(\"hi %s\", [\"there\"])", "\"hi there\""),
        ("sprintf(\"hi %02d\", [5])", "\"hi 05\""),
        ("sprintf(\"%02X.%02x\", [127, 1])", "\"7F.01\""),
        ("sprintf(\"%.2f\", [3.1415])", "\"3.14\""),
        ("sprintf(\"%v\", [2e308])", "\"2e308\""), ("sprintf(\"%s\", [true])", "\"true\""),
        ("sprintf(\"%v\", [[\"a\", 5, 3.14]])", "\"[\\\"a\\\", 5, 3.14]\""),
        ("sprintf(\"%s\", [123456789123456789123])", "\"123456789123456789123\""),
        ("sprintf(\"%d\", [\"x\"])", "\"%!d(string=x)\""),
        ("sprintf(\"%s\", [5])", "\"%!s(int=5)\""),
        ("sprintf(\"%d\", [3.5])", "\"%!d(float64=3.5)\""),
        ("sprintf(\"%d\", [])", "\"%!d(MISSING)\""),
        ("sprintf(\"a\", [1, \"b\"])", "\"a%!(EXTRA int=1, string=b)\""),
        ("sprintf(\"%\", [])", "\"%!(NOVERB)\""),
        ("sprintf(\"100%%\", [])", "\"100%\""),
        ("sprintf(\"%5s|%-5s|\", [\"a\", \"b\"])", "\"    a|b    |\""),
        ("sprintf(\"%[2]s %[1]s\", [\"a\", \"b\"])", "\"b a\""),
        ("sprintf(\"%*d\", [4, 7])", "\"   7\""),
        ("sprintf(\"%q\", [\"a\\\"b\"])", "\"\\\"a\\\\\\\"b\\\"\""),
        ("sprintf(\"%x\", [\"hi\"])", "\"6869\""),
        ("sprintf(\"%+d % d %#x\", [3, 4, 255])", "\"+3  4 0xff\""),
        ("sprintf(\"%b %o\", [5, 8])", "\"101 10\""),
        ("sprintf(\"%c%U\", [233, 233])", "\"\u{E9}U+00E9\""),
        ("sprintf(\"%08.3f\", [-3.14159])", "\"-003.142\""),
        ("sprintf(\"%v\", [1.0])", "\"1\""), ("sprintf(\"%v\", [1234567.5])", "\"1.2345675e+06\""),
        ("sprintf(\"%v %v\", [0.00001, 123456.5])", "\"1e-05 123456.5\""),
        ("sprintf(\"%e\", [1234.5])", "\"1.234500e+03\""),
        ("sprintf(\"%.3g %g\", [1234.5, 100000.5])", "\"1.23e+03 100000.5\""),
        ("sprintf(\"%.0f\", [2.5])", "\"2\""),
        ("sprintf(\"%.2f\", [2.675])", "\"2.67\""), ("sprintf(\"%.1f\", [0.25])", "\"0.2\""),
        ("sprintf(\"%.1f\", [9.96])", "\"10.0\""),
        ("sprintf(\"%5d\", [\"x\"])", "\"%!d(string=    x)\""),
        ("sprintf(\"%T\", [1])", "\"int\""),
        ("sprintf(\"%v %v\", [null, {\"a\": {1}}])", "\"null {\\\"a\\\": {1}}\""),
        ("sprintf(\"%s\", 1)", "type error: operand 2 must be array but got number"),
    ])
    func `formats as Go does`(call: String, wanted: String) {
        #expect(Call.outcome(call) == wanted)
    }
}
