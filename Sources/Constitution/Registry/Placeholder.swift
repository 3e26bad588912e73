import Canon

extension EntityID {
    /// Stands where a document's own id could not be read; the document is refused all the same.
    static var placeholder: EntityID<Kind> {
        guard let id = EntityID<Kind>("\(Kind.prefix)-0") else {
            preconditionFailure("The prefix of a kind is a valid beginning of an id.")
        }
        return id
    }
}
