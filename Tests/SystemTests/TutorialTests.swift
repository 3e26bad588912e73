import Canon
import Foundation
import Support
import Testing

struct `A tutorial` {
    @Test(
        .covers("J13", "K28"),
        arguments: [
            "policy", "adding-a-file", "adding-a-framework", "adding-a-package",
        ]
    )
    func `prints what it says it prints`(name: String) throws {
        let page = String(
            decoding: try Data(
                contentsOf: URL(fileURLWithPath: Repository.file("docs/tutorials/\(name).md"))
            ),
            as: UTF8.self
        )
        let tutorial = try Tutorial(page)
        let commands = tutorial.commands
        #expect(commands.count > 8)
        let told = try tutorial.run(on: Machine())
        try #require(told.count == commands.count, "\(told.last?.output ?? "")")
        for (command, answer) in zip(commands, told) {
            let place = "docs/tutorials/\(name).md:\(command.line): \(command.text)"
            #expect(answer.status == command.status, "\(place)\n\(answer.output)")
            let isSame = command.expects(answer.output)
            #expect(isSame, "\(place)\n\(answer.output)")
        }
    }

    @Test func `would not pass with other words in it`() throws {
        let page = "```console\n$ echo one … three\none … three\n$ false   # exit 1\n```\n"
        let commands = try Tutorial(page).commands
        #expect(commands.map(\.status) == [0, 1])
        let first = commands[0]
        let good = first.expects("one two three\n")
        let longer = first.expects("one two three four\n")
        let more = first.expects("one two three\nfour\n")
        let none = first.expects("")
        #expect(good && !longer && !more && !none)
    }
}
