import CArchive
import Canon
package import Host

/// Reads an archive of ours from its beginning to its end, and refuses any other.
///
/// What a stranger made is met here first: only plain files are taken, each path is one that cannot
/// lead out, and no more is unpacked than was allowed. It belongs to one thread.
@safe package final class ArchiveReader {
    /// How much may be in an archive.
    package struct Limits: Sendable {
        package var members: Int
        /// The bytes of all members together, unpacked.
        package var bytes: Int

        /// States limits.
        package init(members: Int, bytes: Int) {
            self.members = members
            self.bytes = bytes
        }
    }

    /// What people call the archive.
    package let name: String
    private let limits: Limits
    /// Owned: freed by `deinit`.
    private let archive: OpaquePointer
    private let origin: Origin
    private var members = 0
    private var bytes = 0
    private var last: RelativePath?
    private var member: ArchiveMember?

    /// Where the bytes come from, the memory they pass through, and what went wrong: C cannot throw.
    @safe private final class Origin {
        let source: FileSource
        let watch: (RawSpan) -> Void
        /// Owned: freed by `deinit`.
        let buffer: UnsafeMutableRawBufferPointer
        var fault: HostFault?
        var count = 0

        init(_ source: FileSource, _ watch: @escaping (RawSpan) -> Void) {
            self.source = source
            self.watch = watch
            unsafe buffer = .allocate(byteCount: 256 << 10, alignment: 64)
        }

        deinit { unsafe buffer.deallocate() }

        func next() throws(HostFault) -> Int {
            let read = unsafe try source.read(into: buffer)
            unsafe watch(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(buffer)[..<read]))
            count += read
            return read
        }
    }

    /// Begins to read an archive; each of its bytes is shown to `watch` as it is read.
    package init(
        _ source: FileSource,
        limits: Limits,
        watch: @escaping (RawSpan) -> Void = { _ in }
    ) throws(ArchiveFault) {
        name = source.path
        self.limits = limits
        origin = Origin(source, watch)
        guard let archive = unsafe archive_read_new() else {
            throw .damaged(name: source.path, reason: "there is no memory for it")
        }
        unsafe self.archive = archive
        try check(unsafe archive_read_support_filter_zstd(archive))
        try check(unsafe archive_read_support_format_tar(archive))
        let context = unsafe Unmanaged.passUnretained(origin).toOpaque()
        try check(
            unsafe archive_read_open(
                archive,
                context,
                nil,
                { archive, context, bytes in
                    guard let context = unsafe context else { return -1 }
                    let origin = unsafe Unmanaged<Origin>.fromOpaque(context)
                        .takeUnretainedValue()
                    do throws(HostFault) {
                        unsafe bytes?.pointee = UnsafeRawPointer(origin.buffer.baseAddress)
                        return try origin.next()
                    } catch {
                        origin.fault = error
                        unsafe charter_archive_stop(archive)
                        return -1
                    }
                },
                nil
            )
        )
    }

    deinit { unsafe archive_read_free(archive) }

    /// Reads whatever stands behind the last file, so that every byte was shown.
    package func drain() throws(HostFault) { while try origin.next() > 0 {} }

    /// The next file; `nil` at the end.
    ///
    /// Files come in the order of their paths, none twice.
    package func next() throws(ArchiveFault) -> ArchiveMember? {
        var entry: OpaquePointer?
        let code = unsafe archive_read_next_header(archive, &entry)
        if code == charter_archive_end() {
            // Nothing at all reads as an archive without files, and ours has one at least.
            guard members > 0 else { throw .damaged(name: name, reason: "it is empty") }
            return nil
        }
        guard code == charter_archive_ok(), let entry = unsafe entry else { throw fault() }
        guard unsafe archive_filter_code(archive, 0) == ARCHIVE_FILTER_ZSTD else {
            throw .damaged(name: name, reason: "it is not one zstd stream")
        }
        let shown = unsafe archive_entry_pathname(entry).map { unsafe String(cString: $0) } ?? ""
        func refused(_ reason: String) -> ArchiveFault {
            .memberRefused(name: name, member: Printable(shown).description, reason: reason)
        }
        if let problem = unsafe ArchiveReader.problem(of: entry) { throw refused(problem) }
        let path: RelativePath
        do throws(PathFault) {
            path = try RelativePath(shown)
        } catch {
            throw refused("whose path is no path below a directory (\(error.problem.rawValue))")
        }
        if let last, !(last < path) {
            throw refused("which stands behind \(Printable(last.text)); paths ascend")
        }
        let size = unsafe archive_entry_size(entry)
        guard size >= 0, size <= Int64(limits.bytes - bytes) else {
            throw .tooLarge(name: name, reason: "its files have more than \(limits.bytes) bytes")
        }
        guard members < limits.members else {
            throw .tooLarge(name: name, reason: "it has more than \(limits.members) files")
        }
        members += 1
        bytes += Int(size)
        last = path
        let isExecutable = unsafe archive_entry_perm(entry) == 0o755
        let member = ArchiveMember(path, byteCount: Int(size), isExecutable: isExecutable)
        self.member = member
        return member
    }

    /// Hands the bytes of the file that `next` gave to `chunk`, piece by piece.
    package func read<Failure: Error>(
        faults: (ArchiveFault) -> Failure,
        _ chunk: (RawSpan) throws(Failure) -> Void
    ) throws(Failure) {
        guard let member else { preconditionFailure("A file is read once, after it was met.") }
        self.member = nil
        var expected: Int64 = 0
        while true {
            var start: UnsafeRawPointer?
            var count = 0
            var offset: Int64 = 0
            let code = unsafe archive_read_data_block(archive, &start, &count, &offset)
            if code == charter_archive_end() { break }
            guard code == charter_archive_ok() else { throw faults(fault()) }
            // A hole in a sparse file would pass for bytes that nobody sent.
            guard offset == expected, expected + Int64(count) <= Int64(member.byteCount) else {
                throw faults(.damaged(name: name, reason: "a file in it has holes"))
            }
            expected += Int64(count)
            let buffer = unsafe UnsafeRawBufferPointer(start: start, count: count)
            try chunk(unsafe RawSpan(_unsafeBytes: buffer))
        }
        guard expected == Int64(member.byteCount) else {
            throw faults(.damaged(name: name, reason: "it ends in the middle of a file"))
        }
    }

    /// The bytes of the file that `next` gave, where they are no more than allowed.
    package func readWhole(limit: Int) throws(ArchiveFault) -> [UInt8] {
        guard let member, member.byteCount <= limit else {
            throw .tooLarge(
                name: name,
                reason: "\(member?.path.text ?? "a file") has more than \(limit) bytes"
            )
        }
        var whole: [UInt8] = []
        whole.reserveCapacity(member.byteCount)
        try read(faults: { $0 }) { (bytes: RawSpan) throws(ArchiveFault) in
            whole.append(bytes)
        }
        return whole
    }

    /// What makes a member one that our writer never writes.
    @unsafe private static func problem(of entry: OpaquePointer) -> String? {
        guard unsafe archive_entry_hardlink(entry) == nil,
            unsafe archive_entry_symlink(entry) == nil
        else { return "a link" }
        guard unsafe archive_entry_filetype(entry) == charter_archive_regular_file() else {
            return "which is no regular file"
        }
        guard unsafe archive_entry_size_is_set(entry) != 0 else { return "which has no size" }
        guard [0o644, 0o755].contains(unsafe archive_entry_perm(entry)) else {
            return "whose permissions are neither 0644 nor 0755"
        }
        guard unsafe archive_entry_uid(entry) == 0, unsafe archive_entry_gid(entry) == 0,
            unsafe archive_entry_mtime(entry) == 0, unsafe archive_entry_mtime_nsec(entry) == 0,
            unsafe archive_entry_xattr_count(entry) == 0,
            unsafe archive_entry_sparse_count(entry) == 0
        else { return "which has an owner, a time, attributes or holes" }
        return nil
    }

    private func check(_ code: Int32) throws(ArchiveFault) {
        guard code == charter_archive_ok() else { throw fault() }
    }

    private func fault() -> ArchiveFault {
        if let fault = origin.fault { return .host(fault) }
        let words = unsafe archive_error_string(archive).map { unsafe String(cString: $0) }
        return .damaged(name: name, reason: Printable(words ?? "it cannot be read").description)
    }
}
