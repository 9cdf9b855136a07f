/// The limits of this target; the sizes of messages are in `OptionSheet`.
enum Limits {
    /// Sockets in the process.
    ///
    /// libzmq's 1,023 is too few when one client is made per agent.
    static let sockets: Int32 = 8192
    /// I/O threads.
    ///
    /// One carries some gigabits; more help only with thousands of CURVE handshakes.
    static let ioThreads: Int32 = 16
    /// What libzmq takes when it starts, with room to spare: with one I/O thread two threads, for
    /// each an epoll and an eventfd, and its own tables of sockets.
    ///
    /// It ends the process when it finds none of these (epoll.cpp, thread.cpp, `alloc_assert`).
    static let startDescriptors = 12
    /// Threads beside the I/O threads: one of libzmq's, and one of whoever starts it.
    static let startThreads = 2
    /// Bytes.
    static let startBytes = 4 * 1024 * 1024
    /// What a socket takes until it is connected, with its monitor.
    static let socketDescriptors = 6
    /// Bytes.
    static let socketBytes = 512 * 1024
    /// Bytes of a tap subscription; libzmq 4.3.4 corrupts topics of 246 to 255 bytes (libzmq#4564).
    static let subscriptionBytes = 245
    /// Monitor events waiting for their reader.
    ///
    /// Beyond it libzmq's I/O thread would wait for the
    /// reader with everything it carries, so it is far more than a reconnect storm of 10,000
    /// clients makes (3 events each); it costs 64 bytes an event.
    static let monitorEvents: Int32 = 100_000
}
