/// What happened to one call at one moment, the same for every log.
///
/// A script gives the steps in time order, and ``ReplayTotals`` needs nothing but them: a reader
/// who receives them one at a time can compute every total. The text form is for the way there:
///
/// ```swift
/// let text = step.encode()
/// let same = try CallStep(parsing: text)
/// ```
public struct CallStep: Equatable, Sendable {
    /// What happened.
    ///
    /// Waits and talks are whole seconds as the log itself counts them, or as its times give them
    /// where a line lacks the number; nil where neither says.
    public enum Step: Equatable, Sendable {
        /// The call joined the queue.
        case enqueued
        /// An agent took the call from the queue.
        case answered(waitSeconds: Int64?)
        /// An agent took the call, which never waited in a queue (bank only).
        case answeredAtOnce
        /// The caller hung up while waiting.
        case abandoned(waitSeconds: Int64?)
        /// The queue's own time limit sent the caller on.
        case timedOut(waitSeconds: Int64?)
        /// The call left the queue and nobody was there (bank only).
        case phantom(waitSeconds: Int64?)
        /// The caller left otherwise: by a key, because nobody served, or by a restart.
        case exitedOther(waitSeconds: Int64?)
        /// The caller hung up in the menu and never joined the queue (bank only).
        case leftBeforeQueue
        /// The agent's telephone rang and was not answered; the call waits on.
        case ringNoAnswer(ringMilliseconds: Int64?)
        /// The conversation is over, or was passed on to somebody else.
        case talkEnded(talkSeconds: Int64?)
    }

    /// When, in seconds since the Unix epoch, as the log says.
    public var timestampSeconds: Int64
    /// The call, unique within the log.
    public var callID: String
    /// The queue's name in the log.
    public var queue: String
    /// The agent's name in the log, where the step has one.
    public var agent: String?
    /// What happened.
    public var step: Step

    /// Makes a step from its parts.
    ///
    /// - Parameters:
    ///   - timestampSeconds: Seconds since the Unix epoch.
    ///   - callID: The call, unique within the log.
    ///   - queue: The queue's name.
    ///   - agent: The agent's name, if one took part.
    ///   - step: What happened.
    public init(
        timestampSeconds: Int64,
        callID: String,
        queue: String,
        agent: String? = nil,
        step: Step
    ) {
        self.timestampSeconds = timestampSeconds
        self.callID = callID
        self.queue = queue
        self.agent = agent
        self.step = step
    }

    /// The step as text: six fields with a tab between, no tab or newline at the end.
    ///
    /// `time step callID queue agent number`: time in seconds since 1970; step as in
    /// ``Step`` but in kebab-case; agent empty if there is none; number the wait or talk in
    /// seconds or the ring in milliseconds, empty if the step has none or the log did not say it.
    /// Steps from a script are at most
    /// ``ImportLimits/callStepBytes`` bytes long.
    public func encode() -> String {
        let (name, number) = Self.nameAndNumber(step)
        let last = number.map(String.init) ?? ""
        return "\(timestampSeconds)\t\(name)\t\(callID)\t\(queue)\t\(agent ?? "")\t\(last)"
    }

    /// Reads the text of ``encode()``.
    ///
    /// - Parameter text: The six fields; anything else is refused.
    /// - Throws: ``ImportError`` naming the field and the rule. It never traps.
    public init(parsing text: String) throws(ImportError) {
        do {
            try self.init(fields: text)
        } catch {
            throw error.error(file: "call step", line: nil)
        }
    }

    private init(fields text: String) throws(RowProblem) {
        let fields = text.split(separator: "\t", omittingEmptySubsequences: false)
        guard fields.count == 6 else {
            throw RowProblem(
                cause: .columns,
                rule: "a call step has 6 fields and this has \(fields.count)"
            )
        }
        timestampSeconds = try parseEpoch(fields[0], field: "time")
        callID = try parseName(fields[2], field: "callID", limit: ImportLimits.callIDBytes)
        queue = try parseName(fields[3], field: "queue")
        agent = fields[4].isEmpty ? nil : try parseName(fields[4], field: "agent")
        step = try Self.step(named: fields[1], number: fields[5])
    }

    private static func nameAndNumber(_ step: Step) -> (String, Int64?) {
        switch step {
        case .enqueued: ("enqueued", nil)
        case .answered(let wait): ("answered", wait)
        case .answeredAtOnce: ("answered-at-once", nil)
        case .abandoned(let wait): ("abandoned", wait)
        case .timedOut(let wait): ("timed-out", wait)
        case .phantom(let wait): ("phantom", wait)
        case .exitedOther(let wait): ("exited-other", wait)
        case .leftBeforeQueue: ("left-before-queue", nil)
        case .ringNoAnswer(let ring): ("ring-no-answer", ring)
        case .talkEnded(let talk): ("talk-ended", talk)
        }
    }

    private static func step(named name: Substring, number: Substring) throws(RowProblem) -> Step {
        switch name {
        case "enqueued": return try plain(.enqueued, number)
        case "answered-at-once": return try plain(.answeredAtOnce, number)
        case "left-before-queue": return try plain(.leftBeforeQueue, number)
        case "answered": return .answered(waitSeconds: try seconds(number))
        case "abandoned": return .abandoned(waitSeconds: try seconds(number))
        case "timed-out": return .timedOut(waitSeconds: try seconds(number))
        case "phantom": return .phantom(waitSeconds: try seconds(number))
        case "exited-other": return .exitedOther(waitSeconds: try seconds(number))
        case "ring-no-answer": return .ringNoAnswer(ringMilliseconds: try milliseconds(number))
        case "talk-ended": return .talkEnded(talkSeconds: try seconds(number))
        default:
            throw RowProblem(
                cause: .unknownEvent,
                field: "step",
                value: String(name),
                rule: "must be a step of a call, such as enqueued"
            )
        }
    }

    private static func plain(_ step: Step, _ number: Substring) throws(RowProblem) -> Step {
        guard number.isEmpty else {
            throw RowProblem(
                cause: .badNumber,
                field: "number",
                value: String(number),
                rule: "must be empty for this step"
            )
        }
        return step
    }

    private static func seconds(_ number: Substring) throws(RowProblem) -> Int64? {
        number.isEmpty ? nil : try parseDuration(number, field: "number")
    }

    private static func milliseconds(_ number: Substring) throws(RowProblem) -> Int64? {
        if number.isEmpty { return nil }
        return try parseDuration(
            number,
            field: "number",
            limit: ImportLimits.durationSeconds * 1_000
        )
    }
}
