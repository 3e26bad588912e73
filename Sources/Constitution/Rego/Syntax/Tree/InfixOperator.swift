/// An operator between two terms.
package enum InfixOperator: String, Sendable, Hashable, CaseIterable {
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case union = "|"
    case intersection = "&"
    case plus = "+"
    case minus = "-"
    case times = "*"
    case divide = "/"
    case remainder = "%"

    /// The built-in function that the operator stands for.
    package var builtin: String {
        switch self {
        case .equal: "equal"
        case .notEqual: "neq"
        case .less: "lt"
        case .lessOrEqual: "lte"
        case .greater: "gt"
        case .greaterOrEqual: "gte"
        case .union: "or"
        case .intersection: "and"
        case .plus: "plus"
        case .minus: "minus"
        case .times: "mul"
        case .divide: "div"
        case .remainder: "rem"
        }
    }

    /// How tightly it binds: a higher one before a lower one, and all of them to the left.
    package var precedence: Int {
        switch self {
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: 1
        case .union: 2
        case .intersection: 3
        case .plus, .minus: 4
        case .times, .divide, .remainder: 5
        }
    }
}
