import Canon
import Support
import Testing

struct `A table` {
    @Test func `reads the sample and writes it back byte for byte`() throws {
        let bytes = try Repository.vector("csv/sample.csv")
        let table = try CSVTable(parsing: bytes)
        #expect(table.header == ["id", "actor", "note"])
        #expect(table.rowCount == 4)
        #expect(try table.row(1) == ["2", "bob", "comma, quote \" and\r\nnewline"])
        var writer = CSVWriter(header: table.header)
        for row in 0..<table.rowCount { writer.row(try table.row(row)) }
        // The sample quotes one field that needs no quotes; everything else is as we write it.
        let text = String(decoding: bytes, as: UTF8.self)
        let plain = text.replacing("\" lead\"", with: " lead")
        #expect(String(decoding: writer.bytes, as: UTF8.self) == plain)
    }

    @Test(arguments: [
        ("", "canon.csv.empty"),
        ("a,b\r\n1\r\n", "canon.csv.row-width"),
        ("a,b\r\n1,2,3\r\n", "canon.csv.row-width"),
        ("a,b\r\n\r\n", "canon.csv.row-width"),
        ("a\r\nx\"y\r\n", "canon.csv.stray-quote"),
        ("a\r\n\"x\"y\r\n", "canon.csv.stray-quote"),
        ("a\r\n\"x\r\n", "canon.csv.open-quote"),
        ("a\r\nx\ry\r\n", "canon.csv.bare-carriage-return"),
        ("a\r\nx\n", "canon.csv.mixed-line-ends"),
        ("a\nx\r\n", "canon.csv.mixed-line-ends"),
        ("a\r\nx\0\r\n", "canon.csv.nul"),
        ("\u{FEFF}a\r\n", "canon.csv.byte-order-mark"),
    ])
    func `is refused for the right reason`(text: String, code: String) {
        #expect { try CSVTable(parsing: Array(text.utf8)) } throws: {
            ($0 as? CSVFault)?.code == code
        }
    }

    @Test func `is read up to its limit and not beyond`() throws {
        let bytes = Array("a\r\nxyz\r\n".utf8)
        #expect(try CSVTable(parsing: bytes, bytesMax: bytes.count).rowCount == 1)
        let fault = #expect(throws: CSVFault.self) {
            try CSVTable(parsing: bytes, bytesMax: bytes.count - 1)
        }
        #expect(fault?.code == "canon.csv.too-large")
        #expect(fault == .tooLarge(bytes: 8, limit: 7))
    }

    @Test func `refuses another header`() throws {
        let table = try CSVTable(parsing: Array("a,b\r\n".utf8))
        #expect { try table.requireHeader(["b", "a"]) } throws: {
            ($0 as? CSVFault)?.code == "canon.csv.header"
        }
        try table.requireHeader(["a", "b"])
    }

    @Test func `refuses a field that is not UTF-8`() throws {
        let table = try CSVTable(parsing: Array("a\r\n".utf8) + [0xFF, 0x0D, 0x0A])
        #expect(throws: CSVFault.invalidUTF8(row: 2)) { try table.text(row: 0, column: 0) }
    }

    @Test(.covers("H05"))
    func `for any fields, what is written reads back`() throws {
        var generator = Generator(seed: 0xC5)
        let alphabet = ["a", ",", "\"", "\r", "\n", "é", " ", "="]
        for _ in 0..<300 {
            let rows = (0..<generator.int(0...5)).map { _ in
                (0..<3).map { _ in
                    (0..<generator.int(0...5)).map { _ in generator.pick(alphabet) }.joined()
                }
            }
            var writer = CSVWriter(header: ["x", "y", "z"])
            for row in rows { writer.row(row) }
            let table = try CSVTable(parsing: writer.bytes)
            for (index, row) in rows.enumerated() {
                #expect(try table.row(index).elementsEqual(row) { $0.hasSameBytes(as: $1) })
            }
            #expect(table.rowCount == rows.count)
        }
    }

    @Test func `is read alike by Python`() throws {
        try #require(Command.find("python3") != nil, "make setup installs python3")
        var writer = CSVWriter(header: ["a", "b"])
        writer.row(["comma, \"quote\"", "line\r\nbreak"])
        writer.row(["", "=1+1"])
        let program = """
            import csv,io,sys,json
            text=sys.stdin.buffer.read().decode()
            print(json.dumps(list(csv.reader(io.StringIO(text,newline=''),strict=True))),end='')
            """
        let theirs = try Command.run("python3", ["-c", program], input: writer.bytes)
        let table = try CSVTable(parsing: writer.bytes)
        let value = try JSONValue(parsing: theirs.output)
        #expect(value.array?.count == 3)
        #expect(value.array?[1].array?.compactMap(\.string) == (try table.row(0)))
    }
}
