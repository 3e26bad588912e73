import Foundation
import Glibc
import Support
import Testing

/// The disk of `Tests/Verifiers/faulty_disk.c`, for one program.
enum FaultyDisk {
    static let isLong = ProcessInfo.processInfo.environment["CHARTER_LONG_TESTS"] != nil

    /// What is added to the environment of a program, so that files with this text in their path lie
    /// on a disk that fails.
    static func variables(
        _ path: String,
        _ settings: [String: String]
    ) throws -> [String: String] {
        let place = try #require(FaultyDisk.place, "faulty_disk.c could not be compiled.")
        let disk = ["LD_PRELOAD": place.file("faulty_disk.so"), "FAULTY_PATH": path]
        return settings.merging(disk) { $1 }
    }

    /// The number that FAULTY_COUNT left behind.
    static func count(_ bytes: [UInt8]) throws -> Int {
        let text = String(decoding: bytes, as: UTF8.self).filter { $0 != "\n" }
        return try #require(Int(text), "No count was written.")
    }

    /// Calls spread over all of them, the first and the last included; in a long run every one.
    static func moments(_ count: Int, of total: Int) -> [Int] {
        guard !isLong, total > count else { return Array(1...max(1, total)) }
        return (0..<count).map { 1 + $0 * (total - 1) / (count - 1) }
    }

    /// Where the library lies; it goes with the process, since nothing else outlives the tests.
    private static let place: TemporaryDirectory? = {
        let made = TemporaryDirectory()
        atexit { _ = try? Command.run("/bin/rm", ["-rf", FaultyDisk.place?.path ?? ""]) }
        let compiled = try? Command.run(
            "gcc",
            [
                "-shared", "-fPIC", "-O2", "-o", made.file("faulty_disk.so"),
                Repository.file("Tests/Verifiers/faulty_disk.c"),
            ]
        )
        return compiled?.status == 0 ? made : nil
    }()
}
