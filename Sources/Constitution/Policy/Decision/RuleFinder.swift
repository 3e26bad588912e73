import Canon
import Rego

/// Finds the rules behind an answer, for whoever is denied.
///
/// The request is evaluated once more by code that tells where it passes; only denials pay for that.
final class RuleFinder {
    /// Where a rule stands and what its METADATA says to do when it refuses.
    struct Place {
        let rule: String
        let file: String
        let line: Int
        let next: String?
        /// The text of the rule.
        fileprivate let text: String
    }

    private let bundle: LoadedBundle
    private let request: DecisionRequest
    private let input: Value?
    private let context: DecisionContext
    private lazy var fired: [Place] = findFired()

    init(
        _ bundle: LoadedBundle,
        _ request: DecisionRequest,
        _ input: Value?,
        _ context: DecisionContext
    ) {
        self.bundle = bundle
        self.request = request
        self.input = input
        self.context = context
    }

    /// Where the queried document is first defined.
    var definition: Place? {
        let names = request.query.names
        for module in bundle.modules {
            for (number, rule) in module.rules.enumerated() {
                let path = module.package.path + rule.names
                guard path.starts(with: names, by: { $0.hasSameBytes(as: $1) }) else { continue }
                return place(of: number, in: module)
            }
        }
        return nil
    }

    /// The rule that most probably said this: of those that fired the one whose text has the most of
    /// the message in it.
    ///
    /// Limit: two bodies of one rule that make the same message from data alone cannot be told apart;
    /// the first of them is named then.
    func place(of complaint: DecisionReading.Complaint) -> Place? {
        var name = request.query.description
        if let member = complaint.member { name += "." + member }
        var best: (place: Place, score: Int)?
        for place in fired {
            let isOwn = place.rule.hasSameBytes(as: name)
            // Of rules that say equally much of it, the one that was asked for.
            let score = 2 * RuleFinder.score(complaint.message, in: place.text) + (isOwn ? 1 : 0)
            if score > best?.score ?? -1 { best = (place, score) }
        }
        return best?.place ?? definition
    }

    private func findFired() -> [Place] {
        guard let question = try? bundle.observedQuestion(request.query) else { return [] }
        let listener = FiredRules()
        _ = question.measured(input: input, in: context, observer: listener)
        var places: [Place] = []
        for spot in listener.spots {
            guard let module = bundle.modules.first(where: { $0.file.hasSameBytes(as: spot.file) }),
                let number = module.rules.firstIndex(where: {
                    $0.range.start <= spot.range.start && spot.range.end <= $0.range.end
                })
            else { continue }
            places.append(place(of: number, in: module))
        }
        return places
    }

    private func place(of number: Int, in module: PolicyModule) -> Place {
        let rule = module.rules[number]
        let path = ["data"] + module.package.path + rule.names
        return Place(
            rule: path.joined(separator: "."),
            file: module.file,
            line: rule.range.start.line,
            next: RuleFinder.next(of: number, in: module),
            text: text(of: rule, in: module)
        )
    }

    /// The `custom.next` of the METADATA in front of the rule, or of its document.
    private static func next(of number: Int, in module: PolicyModule) -> String? {
        let names = module.rules[number].names
        for annotation in module.annotations {
            guard let rule = annotation.rule else { continue }
            let isItsOwn = rule == number
            let isItsDocument =
                annotation.scope == .document && module.rules[rule].names == names
            guard isItsOwn || isItsDocument else { continue }
            if let next = annotation.content["custom"]?["next"]?.string, !next.isEmpty {
                return next
            }
        }
        return nil
    }

    private func text(of rule: Rule, in module: PolicyModule) -> String {
        guard
            let file = bundle.bundle.files.first(where: { $0.path.hasSameBytes(as: module.file) })
        else { return "" }
        let lines = file.bytes.split(
            separator: UInt8(ascii: "\n"),
            omittingEmptySubsequences: false
        )
        let first = rule.range.start.line - 1
        let last = min(rule.range.end.line, lines.count)
        guard first < last else { return "" }
        return String(decoding: Array(lines[first..<last].joined(separator: [10])), as: UTF8.self)
    }

    /// How many bytes of a message stand in the literals of a rule's text.
    private static func score(_ message: String, in text: String) -> Int {
        var score = 0
        for literal in text.split(whereSeparator: { $0 == "\"" || $0 == "`" }) {
            // What stands between is filled in: %v of a format, {x} of a template. The letter behind
            // a percent sign is left out of what must be found, and so is a first one.
            for piece in literal.split(whereSeparator: { "%{}".contains($0) }) {
                let part = piece.dropFirst()
                if part.utf8.count > 3, message.contains(part) { score += part.utf8.count }
            }
        }
        return score
    }
}

/// Remembers which bodies held, in the order in which they first did.
private final class FiredRules: DecisionObserver {
    private(set) var spots: [Spot] = []
    private var known: Set<Spot> = []

    func passed(_ spot: Spot) {
        if spot.kind == .fired, known.insert(spot).inserted { spots.append(spot) }
    }

    func printed(_ text: String, file: String, line: Int) {}
}
