/// Which Charter this is.
enum CharterVersion {
    static let text = "0.1.0"
}
