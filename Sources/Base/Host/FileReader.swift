import CLinux
import Glibc

/// Reads files beneath a directory through one buffer that is used again for each of them.
///
/// Not `Sendable`: a second thread makes a reader of its own. The buffer is lent to `chunk` as a span,
/// which cannot outlive the call.
@safe
package final class FileReader {
    /// Owned: freed by `deinit`.
    private let buffer: UnsafeMutableRawBufferPointer
    private let capacity: Int
    /// Where the last file of a listing lay; files of one directory mostly follow each other.
    private var near = clinux_near()
    /// The directory that `near` lies beneath.
    private var nearRoot: Directory?

    /// 1 MiB is where read(2) of a warm file stops getting faster.
    package init(bufferBytes: Int = 1 << 20) {
        capacity = max(bufferBytes, 4096)
        unsafe buffer = .allocate(byteCount: capacity, alignment: 4096)
        near.descriptor = -1
    }

    deinit {
        unsafe clinux_near_leave(&near)
        unsafe buffer.deallocate()
    }

    /// Hands the content of one entry of a listing to `chunk`, piece by piece, and returns its facts.
    ///
    /// The facts are taken after the last byte was read: `FileFacts.isSettled(since: listing.start)`
    /// says whether the bytes are one state of the file. Nothing is allocated. A file of more than
    /// `limit` bytes is left after its beginning, with `host.file-too-large`.
    package func read(
        _ position: Int,
        of listing: TreeListing,
        beneath directory: Directory,
        limit: UInt64 = .max,
        _ chunk: (RawSpan) -> Void
    ) throws(HostFault) -> FileFacts {
        if nearRoot !== directory {
            unsafe clinux_near_leave(&near)
            nearRoot = directory
        }
        let opened = unsafe listing.withTerminatedPath(of: position) { path in
            unsafe clinux_file_open_near(directory.descriptor, path, &near)
        }
        return try readAndClose(opened, limit, chunk) {
            directory.path + "/" + PathBytes.printable(listing.path(of: position))
        }
    }

    /// Hands the content of one file to `chunk`, piece by piece, and returns its facts.
    ///
    /// A file of more than `limit` bytes is left after its beginning, with `host.file-too-large`.
    package func read(
        _ path: some Collection<UInt8>,
        beneath directory: Directory,
        limit: UInt64 = .max,
        _ chunk: (RawSpan) -> Void
    ) throws(HostFault) -> FileFacts {
        let bytes = try PathBytes.beneath(path)
        let opened = unsafe clinux_file_open_beneath(directory.descriptor, bytes.terminated)
        return try readAndClose(opened, limit, chunk) { directory.shown(bytes) }
    }

    /// Reads a whole file of at most `limit` bytes.
    ///
    /// A symbolic link anywhere in the path, anything that is no regular file, and a file of more
    /// than `limit` bytes are refused, each with its own code.
    package func readWhole(
        _ path: some Collection<UInt8>,
        beneath directory: Directory,
        limit: Int
    ) throws(HostFault) -> [UInt8] {
        let bytes = try PathBytes.beneath(path)
        let opened = unsafe clinux_file_open_beneath(directory.descriptor, bytes.terminated)
        guard opened >= 0 else {
            throw .from(-opened, doing: "Reading", path: directory.shown(bytes))
        }
        defer { _ = clinux_close(opened) }
        let facts = try facts(opened) { directory.shown(bytes) }
        let limit = max(limit, 0)
        var content: [UInt8] = []
        var size = facts.size
        if size <= UInt64(limit) {
            content.reserveCapacity(Int(size))
            // One byte more than allowed is enough to know.
            while content.count <= limit {
                let count = unsafe clinux_read(opened, buffer.baseAddress, capacity)
                guard count >= 0 else {
                    let error = Int32(truncatingIfNeeded: -count)
                    throw .from(error, doing: "Reading", path: directory.shown(bytes))
                }
                if count == 0 { break }
                unsafe content.append(contentsOf: buffer[..<Int(count)])
            }
            size = UInt64(content.count)
        }
        guard size <= UInt64(limit) else {
            throw .tooLarge(path: directory.shown(bytes), bytes: size, limit: UInt64(limit))
        }
        return content
    }

    // openat2 · read · fstat · close for a file that fits the buffer: a read that comes up short of
    // the buffer and equals the size needs no second read to find the end.
    private func readAndClose(
        _ opened: Int32,
        _ limit: UInt64,
        _ chunk: (RawSpan) -> Void,
        path: () -> String
    ) throws(HostFault) -> FileFacts {
        guard opened >= 0 else { throw .from(-opened, doing: "Reading", path: path()) }
        defer { _ = clinux_close(opened) }
        var total: UInt64 = 0
        // A writer that keeps appending is met this often; then the caller sees bytesRead != size.
        var catchUps = 8
        while true {
            let count = unsafe clinux_read(opened, buffer.baseAddress, capacity)
            guard count >= 0 else {
                // A FIFO or a device may say anything; what it is explains more than the errno.
                _ = try facts(opened, bytesRead: total, path)
                let error = Int32(truncatingIfNeeded: -count)
                throw .from(error, doing: "Reading", path: path())
            }
            if count > 0 {
                total += UInt64(count)
                unsafe chunk(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(buffer)[..<Int(count)]))
            }
            // A full buffer of the first megabyte is also the moment to see that this is a file.
            let isFirst = total == UInt64(count)
            if count == capacity && !isFirst { continue }
            let facts = try facts(opened, bytesRead: total, path)
            if count == 0 || total >= facts.size { return facts }
            // Asked when the first megabyte is read: what is left may be a terabyte of nothing.
            if facts.size > limit {
                throw .tooLarge(path: path(), bytes: facts.size, limit: limit)
            }
            if count < capacity {
                if catchUps == 0 { return facts }
                catchUps -= 1
            }
        }
    }

    private func facts(
        _ descriptor: Int32,
        bytesRead: UInt64 = 0,
        _ path: () -> String
    ) throws(HostFault) -> FileFacts {
        var raw = clinux_facts()
        let asked = unsafe clinux_facts_of(descriptor, &raw)
        guard asked >= 0 else { throw .from(-asked, doing: "Looking at", path: path()) }
        let facts = FileFacts(raw, bytesRead: bytesRead)
        guard facts.kind == .file else {
            throw .notARegularFile(path: path(), kind: facts.kind)
        }
        return facts
    }
}

extension Directory {
    /// Reads a whole file of at most `limit` bytes beneath this directory.
    ///
    /// See `FileReader.readWhole`.
    package func readWhole(_ path: String, limit: Int) throws(HostFault) -> [UInt8] {
        let reader = FileReader(bufferBytes: 64 * 1024)
        return try reader.readWhole(Array(path.utf8), beneath: self, limit: limit)
    }

    /// Reads a whole file of at most `limit` bytes beneath this directory, by the bytes of its path.
    package func readWhole(
        _ path: some Collection<UInt8>,
        limit: Int
    ) throws(HostFault) -> [UInt8] {
        let reader = FileReader(bufferBytes: 64 * 1024)
        return try reader.readWhole(path, beneath: self, limit: limit)
    }
}
