internal import Foundation
internal import Gateway
internal import ServiceLevel
internal import Settings
internal import Storage
internal import StrictYAML
internal import Timelines

/// The files of the timeline commands: timelines, and the documents that they name.
struct TimelineFiles: Sendable {
    /// The directory of the shipped documents; nil where there is none, and a timeline that needs one says so.
    private let shipped: String?

    /// - Parameter config: a directory with `policy.yaml`, or a file in one; nil for what was installed with the
    ///   program, else `config` of the current directory.
    init(config: String?) throws {
        guard let config else {
            shipped = Self.installed ?? ["config"].first(where: Self.hasPolicy)
            return
        }
        shipped = try configurationDirectory(named: config).path
    }

    private static var installed: String? {
        do { return try shippedDirectory().path } catch { return nil }
    }

    private static func hasPolicy(_ directory: String) -> Bool {
        FileManager.default.isReadableFile(atPath: "\(directory)/policy.yaml")
    }

    /// Every timeline that is meant: files as they are named, of a directory all that end in `.timeline`.
    static func expanded(_ paths: [String]) throws -> [String] {
        try paths.flatMap { path -> [String] in
            var isDirectory: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue else {
                return [path]
            }
            let names: [String]
            do {
                names = try FileManager.default.contentsOfDirectory(atPath: path)
            } catch {
                throw ExitStatus.misuse("\(path) cannot be read: \((error as NSError).localizedDescription)")
            }
            let found = names.filter { $0.hasSuffix(".timeline") }.sorted()
            guard !found.isEmpty else { throw ExitStatus.misuse("\(path) holds no *.timeline") }
            return found.map { path.hasSuffix("/") ? path + $0 : "\(path)/\($0)" }
        }
    }

    /// Reads one timeline.
    static func timeline(at path: String) throws(InvalidText) -> TimelineFile {
        guard let bytes = try bytes(of: path, upTo: maximumTimelineBytes, Problem(file: path, message: "")) else {
            throw InvalidText([Problem(file: path, message: "there is no such file")])
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw InvalidText([Problem(file: path, message: "not UTF-8")])
        }
        return try readTimeline(text, name: path)
    }

    /// The documents that a timeline names.
    ///
    /// - Parameter path: of the timeline; files that it names are looked for beside it first.
    func documents(beside path: String) -> DocumentSource {
        DocumentSource { directive throws(InvalidText) in
            let asked = Problem(file: path, line: directive.line, column: 1, message: "policy \(directive.value): ")
            let (bytes, name) = try read(
                directive.value, directive.value == "default" ? "policy.yaml" : nil, beside: path, asked)
            return try Self.read(name, asked) { try ConfigurationDirectory.policy(bytes, name: name) }
        } calendar: { directive throws(InvalidText) in
            let asked = Problem(file: path, line: directive.line, column: 1, message: "calendar \(directive.value): ")
            let (bytes, name) = try read(
                directive.value, Self.isPath(directive.value) ? nil : "calendars/\(directive.value).yaml", beside: path,
                asked)
            return try Self.read(name, asked) { try ConfigurationDirectory.calendar(bytes, name: name) }
        }
    }

    private static func isPath(_ name: String) -> Bool {
        name.contains("/") || name.hasSuffix(".yaml") || name.hasSuffix(".yml")
    }

    /// A shipped document, or a file.
    ///
    /// - Parameters:
    ///   - shippedName: where it lies among the shipped ones; nil for a file of the timeline's own.
    ///   - asked: the line that names it; its message is what others begin with.
    private func read(
        _ name: String, _ shippedName: String?, beside timeline: String, _ asked: Problem
    ) throws(InvalidText) -> (bytes: [UInt8], path: String) {
        let candidates: [String]
        if let shippedName {
            guard let shipped else {
                throw asked.saying(
                    "no configuration was installed with this program, and ./config has no policy.yaml; "
                        + "name a directory with --config")
            }
            candidates = ["\(shipped)/\(shippedName)"]
        } else if name.hasPrefix("/") {
            candidates = [name]
        } else {
            let parent = timeline.lastIndex(of: "/").map { timeline[...$0] } ?? ""
            candidates = parent.isEmpty ? [name] : [parent + name, name]
        }
        for path in candidates {
            if let bytes = try Self.bytes(of: path, upTo: maximumYAMLBytes, asked) { return (bytes, path) }
        }
        throw asked.saying("there is no \(candidates.joined(separator: ", and no "))")
    }

    /// - Parameter asked: where it is named, for the message that it cannot be read.
    private static func bytes(of path: String, upTo limit: Int, _ asked: Problem) throws(InvalidText) -> [UInt8]? {
        do {
            // One byte more tells a file that is too large from one that just fits.
            guard let bytes = try WholeFile(path: path).readAll(upTo: limit + 1) else { return nil }
            guard bytes.count <= limit else { throw asked.saying("\(path) is larger than \(limit) bytes") }
            return bytes
        } catch let error as InvalidText {
            throw error
        } catch {
            throw asked.saying("\(error)")
        }
    }

    private static func read<Document>(
        _ name: String, _ asked: Problem, _ read: () throws -> Document
    ) throws(InvalidText) -> Document {
        do {
            return try read()
        } catch let error as InvalidText {
            throw error
        } catch {
            throw asked.saying("\(error)")
        }
    }
}

extension Problem {
    /// The problem with its message ended.
    fileprivate func saying(_ rest: String) -> InvalidText {
        var problem = self
        problem.message += rest
        return InvalidText([problem])
    }
}
