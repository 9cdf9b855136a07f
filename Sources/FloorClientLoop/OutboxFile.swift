public import FloorClient
public import FloorEvents
public import FloorPosix

/// A client's outbox in a file (docs/outbox.md).
///
/// - Thread: the loop's lock is held around every call, as it is around the core's.
final class OutboxFile: OutboxStore {
    private let path: String
    private let file: OwnFile
    private var lastError: PosixError?

    private init(_ path: String, _ file: OwnFile) {
        self.path = path
        self.file = file
    }

    /// Opens and reads the file, and cuts off what was being written when its process died.
    ///
    /// - Parameters:
    ///   - path: of the file; its directory exists. nil = no file.
    ///   - principal: whose it must be.
    ///   - contents: replaced by what the file holds, unless it is new.
    /// - Returns: the file; nil without a path.
    /// - Throws: `ClientLoopError.outbox`.
    static func open(
        _ path: String?,
        _ principal: String,
        _ contents: inout OutboxContents
    ) throws(ClientLoopError) -> OutboxFile? {
        guard let path else { return nil }
        do throws(OutboxFileError.Reason) {
            return OutboxFile(path, try readable(path, principal, &contents))
        } catch {
            throw .outbox(OutboxFileError(path: path, reason: error))
        }
    }

    private static func readable(
        _ path: String,
        _ principal: String,
        _ contents: inout OutboxContents
    ) throws(OutboxFileError.Reason) -> OwnFile {
        let file: OwnFile
        let bytes: [UInt8]
        do {
            file = try OwnFile.open(path: path)
            bytes = try file.read(limit: Limits.outboxFileBytes)
        } catch {
            throw .system(error)
        }
        if bytes.isEmpty { return file }
        do {
            contents = try OutboxContents(bytes.span, principal: principal)
        } catch {
            throw .contents(error)
        }
        do {
            if contents.length < bytes.count { try file.truncate(to: contents.length) }
        } catch {
            throw .system(error)
        }
        return file
    }

    /// Makes a core keep its outbox here.
    func keep(_ core: inout ClientCore, _ contents: OutboxContents) throws(ClientLoopError) {
        do {
            try core.keepOutbox(in: self, contents)
        } catch {
            guard let lastError else { throw .options(error) }
            throw .outbox(OutboxFileError(path: path, reason: .system(lastError)))
        }
    }

    func append(_ bytes: Span<UInt8>) -> Bool {
        do { try file.append(bytes) } catch { return failed(error) }
        return true
    }

    func overwrite(_ bytes: Span<UInt8>, at offset: Int) -> Bool {
        do { try file.overwrite(bytes, at: offset) } catch { return failed(error) }
        return true
    }

    func truncate(to length: Int) -> Bool {
        do { try file.truncate(to: length) } catch { return failed(error) }
        return true
    }

    func replace(with bytes: Span<UInt8>) -> Bool {
        do { try file.replace(with: bytes) } catch { return failed(error) }
        return true
    }

    private func failed(_ error: PosixError) -> Bool {
        lastError = error
        return false
    }

    /// Gives the file up for the next process.
    func close() { file.close() }
}

/// Why an outbox file cannot be used, and what to do about it.
public struct OutboxFileError: Error, Sendable, Equatable {
    /// What kind of reason.
    public enum Reason: Error, Sendable, Equatable {
        /// It cannot be opened, read or written.
        case system(PosixError)
        /// Its contents are not what they should be.
        case contents(OutboxFault)
    }
    /// The file.
    public let path: String
    /// What is wrong.
    public let reason: Reason

    /// What kind of error it is: `exists` when another process uses the file.
    public var status: FloorStatus {
        switch reason {
        case .system(let error): error.code == ErrorNumber.tryAgain ? .exists : .storage
        case .contents(.otherPrincipal): .denied
        case .contents: .storage
        }
    }

    /// What is wrong and what to do, for a person.
    public var sentence: String {
        let file = "the outbox file " + path
        switch reason {
        case .system(let error) where error.code == ErrorNumber.tryAgain:
            return file + " is in use by another client; give each client a file of its own"
        case .system(let error):
            return "the outbox file cannot be used: " + error.description
        case .contents(.notAnOutbox):
            return path + " is not an outbox file and was left as it is; name another file"
        case .contents(.version(let version)):
            return file + " is of version \(version), this program writes version 1; use the "
                + "program that wrote it, or name another file"
        case .contents(.otherPrincipal(let owner)):
            return file + " belongs to the principal '" + owner + "'; connect as that, or name "
                + "another file"
        case .contents(.damagedHeader):
            return file + " is damaged at its beginning and was left as it is; move it away to "
                + "start with an empty one"
        case .contents(.damaged(let offset)):
            return file + " is damaged at byte \(offset), with operations behind it, and was left "
                + "as it is; move it away to start with an empty one"
        }
    }
}
