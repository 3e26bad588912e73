import Canon
package import Host
import SQLite

extension LedgerReader {
    /// Copies the log into a directory that has none, while it may be written.
    ///
    /// The copy is the log as it stood at one moment, whole, and opens like the log itself.
    ///
    ///     closed segments · VACUUM INTO the name of an unfinished file · rename to the log's name
    package func backUp(to directory: Directory) throws(LedgerFault) {
        let unfinished = "backing-up.sqlite3"
        do throws(HostFault) {
            for name in [LedgerStore.fileName, unfinished]
            where try directory.facts(of: name) != nil {
                throw HostFault.alreadyExists(path: directory.path + "/" + name)
            }
        } catch {
            throw .host(error)
        }
        // The log first: a segment that is closed meanwhile is then in the list of the copy, or its
        // entries are in the copy itself.
        try copy(from: store.connection.path, to: directory.path + "/" + unfinished)
        let copied = try LedgerStore(directory.path + "/" + unfinished, .readWrite)
        let segments = copied.closedSegments
        try copied.close()
        for segment in segments {
            try copy(from: store.beside(segment.name), to: directory.path + "/" + segment.name)
        }
        do throws(HostFault) {
            try DurableFile.synchronizeFileSystem(of: directory)
            try DurableFile.moveFile(
                unfinished,
                in: directory,
                to: LedgerStore.fileName,
                in: directory
            )
        } catch {
            throw .host(error)
        }
    }

    private func copy(from path: String, to copy: String) throws(LedgerFault) {
        do throws(SQLiteFault) {
            // A connection of its own: one that only queries may not write a copy either.
            try Connection.copy(path, to: copy)
        } catch {
            throw .sqlite(error)
        }
    }
}
