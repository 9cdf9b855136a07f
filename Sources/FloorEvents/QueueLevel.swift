/// How full a queue is: the payload of a `queue/` key.
///
/// The age of the longest wait changes all the time, its start does not: publish the start.
///
///     var level = QueueLevel(waiting: 3)
///     level.oldestEnqueuedAt = 1_700_000_000_000_000
///
/// - Units: counts; moments in microseconds since 1970, UTC.
public struct QueueLevel: Hashable, Sendable {
    /// Contacts waiting now.
    public var waiting: UInt32
    /// When the one waiting longest joined; 0 when nobody waits.
    public var oldestEnqueuedAt: Int64
    /// What came in, and how it left, within `window`.
    public var counters: Counters
    /// The agents who serve the queue, by what they do; each agent in one place.
    public var agents: Agents
    /// The time over which the counters count.
    public var window: FigureWindow
    /// Computed figures: service level, mean wait, …, each with formula and n.
    public var figures: [Figure]

    /// A queue's level; everything not said is zero.
    public init(waiting: UInt32 = 0) {
        self.waiting = waiting
        oldestEnqueuedAt = 0
        counters = Counters()
        agents = Agents()
        window = .sinceStart
        figures = []
    }

    /// What came into a queue and how it left.
    public struct Counters: Hashable, Sendable {
        /// Contacts that joined the queue.
        public var offered: UInt32 = 0
        /// Contacts an agent answered.
        public var answered: UInt32 = 0
        /// Contacts that gave up.
        public var abandoned: UInt32 = 0
        /// Of these, before the short-abandon threshold.
        public var abandonedShort: UInt32 = 0
        /// Contacts sent to another queue.
        public var overflowed: UInt32 = 0
        /// Contacts that left because the wait was too long.
        public var timedOut: UInt32 = 0
        /// Contacts that left by pressing a key.
        public var exitedByKey: UInt32 = 0
        /// Contacts that took a call-back.
        public var callbackTaken: UInt32 = 0

        /// All zero.
        public init() {}
    }

    /// The agents of a queue by what they do, from one moment, so that they sum.
    public struct Agents: Hashable, Sendable {
        /// Logged on, whatever they do.
        public var loggedOn: UInt32 = 0
        /// Ready for the next contact.
        public var ready: UInt32 = 0
        /// Being offered a contact.
        public var reserved: UInt32 = 0
        /// On a contact of a queue.
        public var busyInbound: UInt32 = 0
        /// On a call they made outside.
        public var busyOutbound: UInt32 = 0
        /// On a call inside the house.
        public var busyInternal: UInt32 = 0
        /// In after-call work.
        public var afterCall: UInt32 = 0
        /// Not ready.
        public var notReady: UInt32 = 0
        /// Busy for another queue.
        public var busyOther: UInt32 = 0

        /// All zero.
        public init() {}
    }
}
