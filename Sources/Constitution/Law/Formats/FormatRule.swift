import Canon
import Patterns

/// What a `format` of the validation specification §7.3 accepts.
enum FormatRule: String, Sendable {
    case date
    case time
    case dateTime = "date-time"
    case duration
    case email
    case internationalEmail = "idn-email"
    case hostname
    case internationalHostname = "idn-hostname"
    case ipv4
    case ipv6
    case uri
    case uriReference = "uri-reference"
    case iri
    case iriReference = "iri-reference"
    case uriTemplate = "uri-template"
    case uuid
    case jsonPointer = "json-pointer"
    case relativeJSONPointer = "relative-json-pointer"
    case regex

    /// The rule of a format's name; `nil` for a name that the standard does not have.
    init?(name: String) {
        self.init(rawValue: name)
    }

    /// What asking costs, in steps.
    func cost(_ text: String) -> Int {
        // A short expression can compile to a program of the full size allowed.
        text.utf8.count + (self == .regex ? RegularExpression.instructionsMax : 0)
    }

    func accepts(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return switch self {
        case .date: DateFormats.isDate(bytes[...])
        case .time: DateFormats.isTime(bytes[...])
        case .dateTime: DateFormats.isDateTime(bytes)
        case .duration: FormatRule.durations.matches(text)
        case .email: NetworkFormats.isEmail(text, isInternational: false)
        case .internationalEmail: NetworkFormats.isEmail(text, isInternational: true)
        case .hostname: NetworkFormats.isHostname(text, isInternational: false)
        case .internationalHostname: NetworkFormats.isHostname(text, isInternational: true)
        case .ipv4: NetworkFormats.isIPv4(bytes[...])
        case .ipv6: NetworkFormats.isIPv6(bytes[...])
        case .uri: URIFormats.isReference(text, needsScheme: true, isInternational: false)
        case .uriReference: URIFormats.isReference(text, needsScheme: false, isInternational: false)
        case .iri: URIFormats.isReference(text, needsScheme: true, isInternational: true)
        case .iriReference: URIFormats.isReference(text, needsScheme: false, isInternational: true)
        case .uriTemplate: FormatRule.templates.matches(text)
        case .uuid: FormatRule.uuids.matches(text)
        case .jsonPointer: JSONPointer.tokens(text) != nil
        case .relativeJSONPointer: FormatRule.relativePointers.matches(text)
        case .regex: FormatRule.isRegex(text)
        }
    }

    /// RFC 3339 appendix A.
    private static let durations = compiled(
        "^P(?:\\d+W|(?:\\d+D|\\d+M(?:\\d+D)?|\\d+Y(?:\\d+M(?:\\d+D)?)?)(?:\(hours))?|\(hours))$"
    )
    private static let hours = "T(?:\\d+H(?:\\d+M(?:\\d+S)?)?|\\d+M(?:\\d+S)?|\\d+S)"

    /// RFC 9562 §4.
    private static let uuids = compiled(
        "^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$"
    )

    /// The JSON Pointer relative to a place (draft-bhutton-relative-json-pointer-00).
    private static let relativePointers = compiled(
        "^(?:0|[1-9]\\d*)(?:[+-][1-9]\\d*)?(?:#|(?:/(?:[^~/]|~[01])*)*)$"
    )

    /// RFC 6570 §2, with every operator and both modifiers.
    private static let templates = compiled(
        "^(?:[^\\x00-\\x20\"'%<>\\\\^`{|}\\x7F]|%[0-9A-Fa-f]{2}"
            + "|\\{[+#./;?&=,!@|]?\(variable)(?:,\(variable))*\\})*$"
    )
    private static let variable =
        "(?:\\w|%[0-9A-Fa-f]{2})(?:\\.?(?:\\w|%[0-9A-Fa-f]{2}))*(?:\\*|:[1-9]\\d{0,3})?"

    private static func compiled(_ pattern: String) -> RegularExpression {
        do {
            return try RegularExpression(pattern, dialect: .ecma)
        } catch {
            preconditionFailure("A format's own pattern compiles: \(error)")
        }
    }

    /// ECMA-262 has more than runs in linear time; what is only too much for us is still a regex.
    private static func isRegex(_ text: String) -> Bool {
        do throws(PatternFault) {
            _ = try RegularExpression(text, dialect: .ecma)
            return true
        } catch {
            return switch error {
            case .syntax: false
            default: true
            }
        }
    }
}
