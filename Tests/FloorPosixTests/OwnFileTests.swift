import FloorPosix
import Foundation
import Testing

@Suite("Files of one process")
struct OwnFileTests {
    private func withPath(_ body: (String) throws -> Void) throws {
        let place = FileManager.default.temporaryDirectory
            .appendingPathComponent("floorbus-own-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: place) }
        try body(place.appendingPathComponent("own").path)
    }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    private func opening(_ path: String) -> PosixError? {
        do {
            _ = try OwnFile.open(path: path)
            return nil
        } catch {
            return error
        }
    }

    @Test("It is made for its owner alone, written at the end, replaced and read back")
    func life() throws {
        try withPath { path in
            let file = try OwnFile.open(path: path)
            #expect(try mode(path) == 0o600)
            try file.append([1, 2, 3].span)
            try file.append([4].span)
            #expect(try file.read(limit: 4) == [1, 2, 3, 4])
            #expect(throws: PosixError.self) { try file.read(limit: 3) }
            try file.truncate(to: 2)
            try file.append([9].span)
            try file.overwrite([5].span, at: 1)
            #expect(try file.read(limit: 4) == [1, 5, 9])
            try file.replace(with: [7, 7].span)
            try file.append([8].span)
            file.close()
            file.close()
            #expect(throws: PosixError.self) { try file.append([1].span) }
            #expect(throws: PosixError.self) { try file.replace(with: [1].span) }
            let again = try OwnFile.open(path: path)
            #expect(try again.read(limit: 10) == [7, 7, 8])
            #expect(try mode(path) == 0o600)
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["own"])
        }
    }

    @Test("A second one is refused while the first is open, after a replacement too")
    func locked() throws {
        try withPath { path in
            var first: OwnFile? = try OwnFile.open(path: path)
            #expect(opening(path)?.code == ErrorNumber.tryAgain)
            try first?.replace(with: [1].span)
            #expect(opening(path)?.code == ErrorNumber.tryAgain)
            first = nil
            #expect(opening(path) == nil)
        }
    }

    @Test("It stays in the folder it was opened in, wherever that has gone")
    func movedFolder() throws {
        try withPath { path in
            let files = FileManager.default
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
            let moved = folder + "-moved"
            let file = try OwnFile.open(path: path)
            try files.moveItem(atPath: folder, toPath: moved)
            try files.createDirectory(atPath: folder, withIntermediateDirectories: false)
            defer { try? files.removeItem(atPath: moved) }
            try file.replace(with: [1, 2].span)
            #expect(try files.contentsOfDirectory(atPath: folder) == [])
            #expect(try files.contentsOfDirectory(atPath: moved) == ["own"])
            #expect(opening(moved + "/own")?.code == ErrorNumber.tryAgain)
            #expect(opening(path) == nil)
        }
    }

    @Test("What is no ordinary file is left alone: a folder, a link, a pipe, a device")
    func strange() throws {
        try withPath { path in
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
            #expect(opening(folder)?.code == ErrorNumber.notAFile)
            #expect(opening("/dev/full")?.code == ErrorNumber.notAFile)
            let made = unsafe mkfifo(path + "-pipe", 0o600)
            #expect(made == 0)
            #expect(opening(path + "-pipe")?.code == ErrorNumber.notAFile)
            try FileManager.default.createSymbolicLink(
                atPath: path + "-link",
                withDestinationPath: path
            )
            let error = try #require(opening(path + "-link"))
            #expect(error.code == ErrorNumber.symbolicLink)
            #expect(error.description.hasSuffix("name the file that it leads to"))
            #expect(opening(path + "/none/own") != nil)
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }
}
