import Canon
import Integrity
import Registry

extension RootState {
    /// The owner of a path, by its local registry; registries are owned by their keeper.
    func owner(of path: RelativePath) -> String? {
        if RegistryCompiler.isKeptByCompiler(path) {
            return tree.contains(path) ? book.root?.registryOwner : nil
        }
        return local(of: path)?.row(named: path.name.utf8)?.owner
    }

    /// What to say of a path that nobody owns.
    func unowned(_ path: RelativePath) -> String {
        if tree.contains(path) { return "nobody" }
        return files(below: path).isEmpty
            ? "nobody: there is no such file" : "a directory; ownership is by file"
    }

    /// The governed files below a directory.
    func files(below directory: RelativePath) -> [RelativePath] {
        tree.paths.filter { $0 != directory && $0.isWithin(directory) }
    }
}
