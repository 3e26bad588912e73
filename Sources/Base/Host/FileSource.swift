import CLinux

/// A file that is read from its beginning to its end, piece by piece, by whoever brings the memory.
@safe package final class FileSource {
    /// What people call it.
    package let path: String
    private let descriptor: Descriptor

    /// Opens a file beneath a directory; no part of its path may be a link.
    package init(_ path: String, in directory: Directory) throws(HostFault) {
        let bytes = try PathBytes.beneath(path.utf8)
        self.path = directory.shown(bytes)
        let opened = unsafe clinux_file_open_beneath(directory.descriptor, bytes.terminated)
        guard opened >= 0 else { throw .from(-opened, doing: "Reading", path: self.path) }
        descriptor = Descriptor(owning: opened)
        let kind = try facts().kind
        guard kind == .file else { throw .notARegularFile(path: self.path, kind: kind) }
    }

    /// What the file is now.
    package func facts() throws(HostFault) -> FileFacts {
        var raw = clinux_facts()
        let asked = unsafe clinux_facts_of(descriptor.number, &raw)
        guard asked >= 0 else { throw .from(-asked, doing: "Looking at", path: path) }
        return FileFacts(raw)
    }

    /// Reads the next bytes; 0 at the end.
    @unsafe package func read(
        into buffer: UnsafeMutableRawBufferPointer
    ) throws(HostFault) -> Int {
        let count = unsafe clinux_read(descriptor.number, buffer.baseAddress, buffer.count)
        guard count >= 0 else {
            throw .from(Int32(truncatingIfNeeded: -count), doing: "Reading", path: path)
        }
        return Int(count)
    }

    /// Copies the next bytes, exactly so many, to a file that is being written.
    package func copy(_ count: Int, to draft: FileDraft) throws(HostFault) {
        let capacity = min(max(count, 1), 1 << 20)
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: capacity,
            alignment: 64
        )
        defer { unsafe buffer.deallocate() }
        var left = count
        while left > 0 {
            let wanted = min(left, capacity)
            let part = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted])
            let read = unsafe try read(into: part)
            guard read > 0 else { throw .missing(path: path + " from here on") }
            try draft.write(unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(part)[..<read]))
            left -= read
        }
    }

    /// Copies everything that is left to a file that is being written; each piece is shown to `watch`.
    package func copyAll(
        to draft: FileDraft,
        watch: (RawSpan) -> Void
    ) throws(HostFault) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
        defer { unsafe buffer.deallocate() }
        while true {
            let count = unsafe try read(into: buffer)
            if count == 0 { return }
            let piece = unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(buffer)[..<count])
            watch(piece)
            try draft.write(piece)
        }
    }
}
