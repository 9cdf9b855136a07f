// swift-format-ignore-file: AlwaysUseLowerCamelCase

// The name is C's, where CPosix looks for it.
import FloorHubServer
import FloorPosix

/// What libfloorbus.so.1 calls in libfloorbus-hub.so.1: starts the hub of a `HubWish`.
///
/// Objects cross between the two files, so both have to be of one build: of any other the wish is
/// not even looked at.
///
/// - Parameters:
///   - build: what names the caller's build.
///   - memory: the caller's reserve, for blocks cross too.
///   - wish: a `HubWish`.
/// - Returns: 0, and the wish says what came of it; -1 for another build.
@c public func floor_hub_make(
    _ build: UnsafePointer<CChar>,
    _ memory: OpaquePointer,
    _ wish: UnsafeMutableRawPointer
) -> Int32 {
    guard unsafe String(cString: build) == HubEntry.build else { return -1 }
    unsafe HubEntry.share(memory: memory)
    unsafe Unmanaged<HubWish>.fromOpaque(wish).takeUnretainedValue().fulfil()
    return 0
}
