import Foundation
import Genesis
import Support
import Testing

struct `The law in the executable` {
    @Test func `is the law of this repository, byte for byte`() throws {
        let files = GenesisFile.all
        #expect(files.count > 100)
        for file in files {
            let onDisk = try Data(contentsOf: URL(fileURLWithPath: Repository.file(file.path)))
            #expect([UInt8](onDisk) == file.bytes, "\(file.path)")
        }
        #expect(
            files.map(\.path)
                == files.map(\.path).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        )
    }
}
