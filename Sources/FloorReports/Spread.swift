import FloorEvents

/// How durations are distributed, exactly: every one is kept.
///
/// - Units: microseconds in, milliseconds out, rounded to the nearest.
public struct Spread: Sendable, Hashable {
    private var values: [Int64] = []

    /// Of no durations.
    public init() {}

    /// Takes one duration, microseconds; a negative one counts as zero.
    public mutating func add(_ microseconds: Int64) { values.append(max(0, microseconds)) }

    /// How many.
    public var n: Int64 { Int64(values.count) }

    /// Their sum over n, in milliseconds; nil without any.
    public var mean: Int64? {
        guard n > 0 else { return nil }
        return values.reduce(Int64(0)) { $0.clampedSum($1) }.share(of: 1000 * n, scale: 1)
    }

    /// The longest, in milliseconds; nil without any.
    public var longest: Int64? { values.max().map(Self.milliseconds) }

    /// The smallest duration that so many hundredths of all do not exceed (nearest rank), in
    /// milliseconds; nil without any.
    public func percentile(_ hundredths: Int) -> Int64? {
        guard n > 0 else { return nil }
        let rank = max(1, (values.count * hundredths + 99) / 100)
        return Self.milliseconds(values.sorted()[rank - 1])
    }

    static func milliseconds(_ microseconds: Int64) -> Int64 {
        microseconds.clampedSum(500) / 1000
    }

    // MARK: columns

    static func columns(_ name: String, inTable: Bool = true) -> [ReportColumn] {
        [
            ReportColumn(name + "_n", inTable: false),
            ReportColumn(name + "_mean_ms", .milliseconds, inTable: false),
            ReportColumn(name + "_p50_ms", .milliseconds, inTable: inTable),
            ReportColumn(name + "_p90_ms", .milliseconds, inTable: inTable),
            ReportColumn(name + "_max_ms", .milliseconds, inTable: false),
        ]
    }

    var cells: [ReportValue] {
        [.number(n), .init(mean), .init(percentile(50)), .init(percentile(90)), .init(longest)]
    }
}

/// A mean of ratings, with how many there are.
struct Ratings: Sendable, Hashable {
    private(set) var n: Int64 = 0
    private var sum: Int64 = 0

    mutating func add(_ rating: UInt8) {
        guard rating > 0 else { return }
        n += 1
        sum += Int64(rating)
    }

    static let columns = [
        ReportColumn("rating_n"), ReportColumn("rating_mean_hundredths", .hundredths),
    ]

    /// The mean is in hundredths, rounded to the nearest.
    var cells: [ReportValue] {
        [.number(n), n == 0 ? .none : .number((200 * sum + n) / (2 * n))]
    }
}

extension ReportValue {
    init(_ number: Int64?) { self = number.map { .number($0) } ?? .none }

    /// A share in thousandths, rounded to the nearest; none of nothing.
    static func permille(_ part: Int64, of whole: Int64) -> ReportValue {
        ReportValue(part.share(of: whole, scale: 1000))
    }
}
