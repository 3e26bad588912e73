import CArchive
import Canon
package import Host

/// Writes files into a tar file in one zstd stream: the same members give the same bytes, on any
/// machine and any day.
///
/// A member has a path, a size, and may be executable; no owner, no time, no link. The long paths of
/// GNU tar are used, since they alone keep bytes as they are. It belongs to one thread.
@safe package final class ArchiveWriter {
    private let name: String
    /// Owned: freed by `deinit`.
    private let archive: OpaquePointer
    /// Owned: freed by `deinit`; used again for each member.
    private let entry: OpaquePointer
    private let target: Target
    private var missing = 0

    /// Level 3 is where zstd stops getting smaller quickly.
    package static let level = 3

    /// Takes the bytes of an archive, piece by piece.
    package typealias Sink = (RawSpan) throws(HostFault) -> Void

    /// Where the bytes go, and what went wrong there: C cannot throw.
    private final class Target {
        let take: Sink
        var fault: HostFault?

        init(_ take: @escaping Sink) { self.take = take }
    }

    /// Begins an archive that people call `name`; `take` gets its bytes, piece by piece.
    package init(
        _ name: String,
        to take: @escaping Sink
    ) throws(ArchiveFault) {
        self.name = name
        target = Target(take)
        guard let archive = unsafe archive_write_new(), let entry = unsafe archive_entry_new()
        else { throw .damaged(name: name, reason: "there is no memory for it") }
        unsafe self.archive = archive
        unsafe self.entry = entry
        let level = String(ArchiveWriter.level)
        try check(unsafe archive_write_add_filter_zstd(archive))
        try check(
            unsafe archive_write_set_filter_option(archive, "zstd", "compression-level", level)
        )
        try check(unsafe archive_write_set_format_gnutar(archive))
        // What is written is no tape: nothing is filled up behind the end.
        try check(unsafe archive_write_set_bytes_per_block(archive, 64 << 10))
        try check(unsafe archive_write_set_bytes_in_last_block(archive, 1))
        let context = unsafe Unmanaged.passUnretained(target).toOpaque()
        try check(
            unsafe archive_write_open(
                archive,
                context,
                nil,
                { archive, context, bytes, count in
                    guard let context = unsafe context, let bytes = unsafe bytes else { return -1 }
                    let target = unsafe Unmanaged<Target>.fromOpaque(context)
                        .takeUnretainedValue()
                    let buffer = unsafe UnsafeRawBufferPointer(start: bytes, count: count)
                    do throws(HostFault) {
                        try target.take(unsafe RawSpan(_unsafeBytes: buffer))
                        return count
                    } catch {
                        target.fault = error
                        unsafe charter_archive_stop(archive)
                        return -1
                    }
                },
                nil
            )
        )
    }

    /// Begins an archive in a file; each of its bytes is shown to `watch` as it goes by.
    package convenience init(
        to draft: FileDraft,
        watch: @escaping (RawSpan) -> Void
    ) throws(ArchiveFault) {
        try self.init(draft.path) { (bytes) throws(HostFault) in
            watch(bytes)
            try draft.write(bytes)
        }
    }

    deinit {
        unsafe archive_entry_free(entry)
        unsafe archive_write_free(archive)
    }

    /// Begins a file; its bytes come by `write`, exactly as many as it says.
    package func begin(_ member: ArchiveMember) throws(ArchiveFault) {
        precondition(missing == 0, "A file is whole before the next one begins.")
        missing = member.byteCount
        unsafe archive_entry_clear(entry)
        unsafe archive_entry_set_pathname(entry, member.path.text)
        unsafe archive_entry_set_filetype(entry, charter_archive_regular_file())
        unsafe archive_entry_set_perm(entry, member.mode)
        unsafe archive_entry_set_size(entry, Int64(member.byteCount))
        unsafe archive_entry_set_mtime(entry, 0, 0)
        try check(unsafe archive_write_header(archive, entry))
    }

    /// Adds bytes to the file that was begun.
    package func write(_ bytes: RawSpan) throws(ArchiveFault) {
        precondition(bytes.byteCount <= missing, "A file has no more bytes than it says.")
        missing -= bytes.byteCount
        let written = unsafe bytes.withUnsafeBytes { buffer in
            unsafe archive_write_data(archive, buffer.baseAddress, buffer.count)
        }
        guard written == bytes.byteCount else { throw fault() }
    }

    /// Adds a file whole.
    package func add(_ member: ArchiveMember, _ bytes: [UInt8]) throws(ArchiveFault) {
        try begin(member)
        unsafe try write(bytes.span.bytes)
    }

    /// Writes the end.
    package func finish() throws(ArchiveFault) {
        precondition(missing == 0, "A file is whole before its archive ends.")
        try check(unsafe archive_write_close(archive))
    }

    private func check(_ code: Int32) throws(ArchiveFault) {
        guard code == charter_archive_ok() else { throw fault() }
    }

    private func fault() -> ArchiveFault {
        if let fault = target.fault { return .host(fault) }
        let words = unsafe archive_error_string(archive).map { unsafe String(cString: $0) }
        return .damaged(
            name: name,
            reason: Printable(words ?? "it could not be written").description
        )
    }
}
