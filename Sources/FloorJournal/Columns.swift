import FloorEvents
import FloorWire
import Foundation
import GRDB

// How the bus's values look in columns.

extension Revision {
    /// SQLite's integers are signed; epochs stay below 2^23 so that none is negative.
    var column: Int64 { Int64(bitPattern: rawValue) }

    init(column: Int64) { self.init(rawValue: UInt64(bitPattern: column)) }
}

extension FloorID {
    /// Sixteen bytes in their written order.
    var data: Data {
        var bytes: [UInt8] = []
        bytes.append(id: self)
        return Data(bytes)
    }

    init?(_ data: Data) {
        guard data.count == 16 else { return nil }
        let bytes = [UInt8](data)
        self = bytes.span.floorID(0)
    }
}
