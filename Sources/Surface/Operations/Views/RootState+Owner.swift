import Canon
import Integrity
import Registry

extension RootState {
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
