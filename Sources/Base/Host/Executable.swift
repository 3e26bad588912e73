import CLinux

/// A program as an open file: what was looked at is what is executed, whatever happens to its name.
///
/// A script cannot be executed this way, because its interpreter would open it by a name that is
/// closed; execute the interpreter.
package struct Executable: Sendable {
    /// How it was named, for messages only.
    package let name: String
    package let descriptor: Descriptor

    /// A program that is already open.
    package init(name: String, descriptor: Descriptor) {
        self.name = name
        self.descriptor = descriptor
    }

    /// Opens a program by its absolute path, following links.
    package static func at(_ path: String) throws(HostFault) -> Executable {
        let bytes = try PathBytes.absolute(path)
        let opened = unsafe clinux_executable_open(bytes.terminated)
        guard opened >= 0 else { throw .from(-opened, doing: "Opening the program", path: path) }
        return Executable(name: path, descriptor: Descriptor(owning: opened))
    }

    /// The image this process runs, even where its file was replaced since.
    package static func ownImage() throws(HostFault) -> Executable {
        let opened = clinux_executable_self()
        guard opened >= 0 else {
            throw .from(-opened, doing: "Opening the program", path: "/proc/self/exe")
        }
        return Executable(name: "/proc/self/exe", descriptor: Descriptor(owning: opened))
    }

    /// Reads the bytes that are executed, whatever happens to their name.
    package func read(_ body: ([UInt8]) -> Void) throws(HostFault) {
        let opened = clinux_executable_reopen(descriptor.number)
        guard opened >= 0 else { throw .from(-opened, doing: "Reading the program", path: name) }
        let reading = Descriptor(owning: opened)
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = unsafe clinux_read(reading.number, &chunk, chunk.count)
            guard count >= 0 else {
                let error = Int32(truncatingIfNeeded: -count)
                throw .from(error, doing: "Reading the program", path: name)
            }
            if count == 0 { return }
            body(count == chunk.count ? chunk : Array(chunk[..<Int(count)]))
        }
    }
}
