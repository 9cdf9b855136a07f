import FloorImport
import Testing

@Suite("Lines of a file")
struct LineReaderTests {
    @Test("Lines end with LF or CR LF, and the last one needs no end")
    func lineEnds() throws {
        #expect(try texts(of: Array("one\ntwo\r\n\nfour".utf8)) == ["one", "two", "", "four"])
        #expect(try texts(of: []) == [])
        #expect(try texts(of: Array("\n".utf8)) == [""])
        #expect(try lines(of: Array("a\nb\n".utf8)).map(\.number) == [1, 2])
    }

    @Test("A gzip file is known by its first bytes and may have several members")
    func gzipMembers() throws {
        let bytes = gzip("one\ntw") + gzip("o\n") + gzip("") + gzip("three") + [0, 0, 0]
        #expect(try texts(of: bytes) == ["one", "two", "three"])
    }

    @Test("A line over the limit is told, one that is not UTF-8 repaired, and the next ones read")
    func linesWithoutText() throws {
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: ImportLimits.lineBytes)
        let fits = Array("\r\n".utf8)
        let bytes = long + fits + long + Array("y\nok\n".utf8) + [0xFF, 0x0A] + long + long
        let contents = try lines(of: bytes).map(\.content)
        try #require(contents.count == 5)
        #expect(contents[0] == .text(String(decoding: long, as: UTF8.self)))
        #expect(contents[1...] == [.tooLong, .text("ok"), .text("\u{FFFD}"), .tooLong])
    }

    @Test("A gzip file cut off at any byte gives its lines so far and then an error, never less")
    func cutOff() throws {
        let whole = gzip("one\ntwo\nthree\n")
        for count in 2..<whole.count {
            let error = importError { _ = try lines(of: Array(whole.prefix(count))) }
            #expect(error?.rule == "the gzip data ends too early: the file was cut off")
            #expect(error?.byteOffset == Int64(count))
            #expect(error?.file.hasSuffix("/log") == true)
        }
    }

    @Test("Damaged gzip data is an error with the byte and zlib's reason")
    func damaged() throws {
        var wrongSum = gzip("one\ntwo\n")
        wrongSum[wrongSum.count - 8] ^= 1
        let sum = importError { _ = try lines(of: wrongSum) }
        #expect(sum?.rule == "the gzip data is damaged: incorrect data check")
        #expect(sum?.byteOffset != nil)
        let second = importError { _ = try lines(of: gzip("one\n") + [0x1F, 0x8B, 1, 2, 3]) }
        #expect(second?.rule == "the gzip data is damaged: unknown compression method")
        #expect(try texts(of: gzip("one\n") + Array("rubbish".utf8)) == ["one"])
        var wrongBlock = gzip("one\n")
        wrongBlock[11] ^= 0xFF
        let block = importError { _ = try lines(of: wrongBlock) }
        #expect(block?.description.contains("at byte ") == true)
        #expect(block?.description.contains("invalid stored block lengths") == true)
    }

    @Test("Progress goes from 0 to 1, in bytes of the file as stored")
    func progress() throws {
        let text = String(repeating: "a line\n", count: 30_000)
        try withFile(Array(text.utf8)) { path in
            let reader = try LineReader(path: path)
            var last = 0.0
            while try reader.next() != nil {
                let progress = try #require(reader.progress)
                #expect(progress >= last && progress <= 1)
                last = progress
            }
            #expect(last == 1)
            #expect(reader.bytesConsumed == Int64(text.utf8.count))
            #expect(reader.fileSize == reader.bytesConsumed)
        }
    }

    @Test("A file that is missing or is a folder is an error that names it")
    func unreadable() {
        let missing = importError { _ = try LineReader(path: "/nowhere/log") }
        #expect(
            missing?.description == "/nowhere/log: cannot be opened: No such file or directory"
        )
        let folder = importError { _ = try LineReader(path: "/") }
        #expect(folder?.rule.hasPrefix("cannot be read: ") == true)
    }
}
