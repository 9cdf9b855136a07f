import Foundation

/// One thing that is fuzzed; scripts/fuzz says which by `FLOORBUS_FUZZ`.
enum FuzzTarget: String, CaseIterable {
    /// Bytes as messages, through `Hub.step`.
    case frames
    /// Well-formed records with any content, through desks, figures, alerts and a restart.
    case records
    /// Payloads and bodies, there and back; reports of them.
    case payloads
    /// A roster's file, and a floor under it.
    case roster
    /// What a damaged journal may hold: well-formed, with numbers of all sizes.
    case journal

    static let chosen: FuzzTarget = {
        let name = ProcessInfo.processInfo.environment["FLOORBUS_FUZZ"] ?? ""
        guard let target = FuzzTarget(rawValue: name) else {
            let names = allCases.map(\.rawValue).joined(separator: ", ")
            fatalError("FLOORBUS_FUZZ says which target: \(names)")
        }
        return target
    }()

    func run(_ bytes: [UInt8]) {
        var input = FuzzInput(bytes)
        switch self {
        case .frames: FramesTarget.run(&input)
        case .records: RecordsTarget.run(&input)
        case .payloads: PayloadsTarget.run(&input)
        case .roster: RosterTarget.run(bytes)
        case .journal: JournalTarget.run(&input)
        }
    }
}

/// Ends the process with a sentence: libFuzzer keeps the input.
func found(_ sentence: String) -> Never { fatalError(sentence) }

/// Called by libFuzzer with one input after the other, on one thread.
///
/// - Parameters:
///   - start: the input's bytes; libFuzzer's own, and gone after the call.
///   - count: how many.
/// - Returns: 0: the input may go into the corpus.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // Safe: libFuzzer owns `count` bytes there for the length of the call; they are copied.
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    FuzzTarget.chosen.run(bytes)
    return 0
}
