import Canon
import Synchronization

/// One metric and all its series, guarded by one lock.
///
/// Its budget bounds memory whatever the label values are: what is beyond it goes to one overflow
/// series and is counted.
final class MetricFamily: Sendable {
    /// The value of every label of the overflow series.
    static let overflow = "_overflow"
    /// A label value longer than this goes to the overflow series too.
    static let labelBytesMax = 256

    let name: String
    let help: String
    let kind: MetricKind
    let unit: String?
    let labels: [String]
    /// The upper bounds of a histogram's buckets, without the infinite one.
    let bounds: [Double]
    private let seriesMax: Int
    private let state: Mutex<State>

    private struct State {
        var series: [SeriesKey: Cell] = [:]
        var overflow: Cell?
        var droppedUpdates = 0
        var refusedValues = 0
    }

    init(
        name: String,
        help: String,
        kind: MetricKind,
        unit: String?,
        labels: [String],
        bounds: [Double],
        seriesMax: Int
    ) {
        self.name = name
        self.help = help
        self.kind = kind
        self.unit = unit
        self.labels = labels
        self.bounds = bounds
        self.seriesMax = seriesMax
        var state = State()
        // A metric without labels exists from the beginning, so that its first rise is visible.
        if labels.isEmpty { state.series[SeriesKey([])] = Cell(buckets: bounds.count) }
        self.state = Mutex(state)
    }

    /// Changes the series of these label values, or the overflow series.
    func update(_ values: [String], _ change: (inout Cell) -> Void) {
        precondition(
            values.count == labels.count,
            "The metric \(name) has \(labels.count) labels and was given \(values.count) values."
        )
        let key = SeriesKey(values)
        let fits = values.allSatisfy { $0.utf8.count <= MetricFamily.labelBytesMax }
        state.withLock { state in
            if state.series[key] != nil || fits && state.series.count < seriesMax {
                change(&state.series[key, default: Cell(buckets: bounds.count)])
            } else {
                var cell = state.overflow ?? Cell(buckets: bounds.count)
                change(&cell)
                state.overflow = cell
                state.droppedUpdates += 1
            }
        }
    }

    /// Counts a value that this kind of metric cannot take.
    func refuse() { state.withLock { $0.refusedValues += 1 } }

    /// All series at one moment, in the order of their label values, the overflow series last.
    func snapshot() -> Snapshot {
        state.withLock { state in
            var series = state.series
                .map { (values: $0.key.values, cell: $0.value) }
                .sorted { SeriesKey.precedes($0.values, $1.values) }
            if let overflow = state.overflow {
                series.append((labels.map { _ in MetricFamily.overflow }, overflow))
            }
            return Snapshot(
                series: series,
                droppedUpdates: state.droppedUpdates,
                refusedValues: state.refusedValues
            )
        }
    }

    struct Snapshot {
        let series: [(values: [String], cell: Cell)]
        let droppedUpdates: Int
        let refusedValues: Int
    }
}

/// What one series holds: a value, or the buckets, count and sum of a histogram.
struct Cell: Sendable {
    /// The value of a counter or a gauge; the sum of a histogram.
    var value = 0.0
    var count = 0
    /// Not cumulative; the last one has no upper bound.
    var buckets: [Int]

    init(buckets: Int) {
        self.buckets = Array(repeating: 0, count: buckets == 0 ? 0 : buckets + 1)
    }
}

/// Label values in the order of their names, told apart by their bytes.
struct SeriesKey: Hashable, Sendable {
    let values: [String]

    init(_ values: [String]) { self.values = values }

    static func == (left: SeriesKey, right: SeriesKey) -> Bool {
        left.values.elementsEqual(right.values) { $0.hasSameBytes(as: $1) }
    }

    func hash(into hasher: inout Hasher) {
        for value in values { value.hashBytes(into: &hasher) }
    }

    static func precedes(_ left: [String], _ right: [String]) -> Bool {
        left.lexicographicallyPrecedes(right) { $0.precedesInBytes($1) }
    }
}
