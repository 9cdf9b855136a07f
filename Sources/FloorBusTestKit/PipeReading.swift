public import Foundation
import Glibc

extension FileHandle {
    /// What has come, at most 64 KiB; waits for the first byte; empty at the end.
    ///
    /// Unlike `availableData` it goes on when a signal interrupts the wait, instead of trapping.
    public func nextBytes() -> Data {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe Glibc.read(fileDescriptor, &bytes, bytes.count)
            if count >= 0 { return Data(bytes.prefix(count)) }
            guard errno == EINTR else { return Data() }
        }
    }
}
