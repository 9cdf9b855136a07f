public import FloorEvents

/// Where in a roster a problem is.
public struct RosterPlace: Equatable, Sendable {
    /// The lists of a roster, by their names in files.
    public enum List: Sendable {
        case people
        case teams
        case sites
        case times
        case categories
        case reasons
        case grants
        case alerts
    }

    /// Which list.
    public var list: List
    /// Which entry of it, from 0.
    public var index: Int
    /// Which of the entry's fields, by its name in files; empty = the entry as a whole.
    public var field: String

    /// A place.
    public init(_ list: List, _ index: Int = 0, _ field: String = "") {
        self.list = list
        self.index = index
        self.field = field
    }
}

/// One rule that a roster breaks, with the names it is about.
public enum RosterRule: Equatable, Sendable {
    case tooMany(list: String, limit: Int)
    case tooLong(entry: String, field: String, limit: Int)
    case controlCharacter(entry: String, field: String)
    case badPersonID(String)
    case duplicatePerson(String)
    case noRole(person: String)
    case unknownRole(person: String)
    case unknownSite(person: String, site: String)
    case unknownTeam(person: String, team: String)
    case unknownManager(person: String, manager: String)
    case managementCycle([String])
    case tooManyManagers(person: String)
    case badTeam(String)
    case duplicateTeam(String)
    case siteWithoutTeam(String)
    case duplicateSite(String)
    case badTime(name: String)
    case badCategory(String)
    case duplicateCategory(String)
    case unknownParent(category: String, parent: String)
    case categoryCycle([String])
    case tooManyParents(category: String)
    case badReason(UInt16)
    case duplicateReason(UInt16)
    case grantOfNoRole
    case duplicateGrant(role: String)
    case badPattern(role: String, pattern: String, KeyError)
    case badAlertName(String)
    case duplicateAlert(String)
    case badAlertFilter(alert: String, KeyError)
    case alertFilterClass(alert: String)
    case badFigureName(alert: String)
    case clearBeyondThreshold(alert: String)
    case badStorm(alert: String)
    case unknownCategory(alert: String, category: String)
    case unknownAudience(alert: String, name: String)
    case ambiguousFigure(alert: String, figure: String)
}

/// One thing that is wrong with a roster, and where.
public struct RosterProblem: Equatable, Sendable {
    /// Where.
    public var place: RosterPlace
    /// Which rule is broken.
    public var rule: RosterRule

    /// A problem.
    public init(_ place: RosterPlace, _ rule: RosterRule) {
        self.place = place
        self.rule = rule
    }

    /// What is wrong and what to do, for a person.
    public var sentence: String { rule.sentence }
}

/// A roster that breaks rules: all of them, in the order of the lists.
public struct RosterError: Error, Equatable, Sendable {
    /// What is wrong; never empty.
    public var problems: [RosterProblem]

    /// An error.
    public init(_ problems: [RosterProblem]) { self.problems = problems }

    /// The first problem, and how many more there are.
    public var sentence: String {
        let first = problems.first?.sentence ?? "the roster is wrong"
        return problems.count < 2 ? first : first + " (and \(problems.count - 1) more)"
    }
}

extension RosterRule {
    /// What is wrong and what to do, for a person.
    public var sentence: String {
        switch self {
        case .tooMany(let list, let limit): "more than \(limit) \(list)"
        case .tooLong(let entry, let field, let limit):
            "the \(field) of \(quoted(entry)) is longer than \(limit) bytes"
        case .controlCharacter(let entry, let field):
            "the \(field) of \(quoted(entry)) has a control character in it: take it out"
        case .badPersonID, .duplicatePerson, .noRole, .unknownRole, .unknownSite, .unknownTeam,
            .unknownManager, .managementCycle, .tooManyManagers:
            personSentence
        case .badTeam(let name):
            "team \(quoted(name)) needs a site and a name of 1 to \(Limits.segmentBytes) bytes each"
        case .duplicateTeam(let name): "team \(quoted(name)) is there twice"
        case .siteWithoutTeam(let site):
            "no team is at site \(quoted(site)); list its teams first"
        case .duplicateSite(let site): "site \(quoted(site)) is there twice"
        case .badTime(let name): "the time \(quoted(name)) must be from 1 ms to 7 days"
        case .badCategory, .duplicateCategory, .unknownParent, .categoryCycle, .tooManyParents:
            categorySentence
        case .badReason(let code): "reason code \(code) is not allowed; use 1 to 65535"
        case .duplicateReason(let code): "reason code \(code) is there twice"
        case .grantOfNoRole: "a grant is for exactly one role"
        case .duplicateGrant(let role): "there are two grants for role \(quoted(role))"
        case .badPattern(let role, let pattern, let error):
            "role \(quoted(role)) has the pattern \(quoted(pattern)): \(error.sentence)"
        case .badAlertName, .duplicateAlert, .badAlertFilter, .alertFilterClass, .badFigureName,
            .clearBeyondThreshold, .badStorm, .unknownCategory, .unknownAudience,
            .ambiguousFigure:
            alertSentence
        }
    }

    private var personSentence: String {
        switch self {
        case .badPersonID(let id):
            "the id \(quoted(id)) is no key's segment: write 1 to \(Limits.segmentBytes) bytes"
        case .duplicatePerson(let id): "the person \(quoted(id)) is there twice"
        case .noRole(let person): "\(quoted(person)) has no role; without one nothing is allowed"
        case .unknownRole(let person): "\(quoted(person)) has a role that does not exist"
        case .unknownSite(let person, let site):
            "\(quoted(person)) is at site \(quoted(site)), where no team is; list its teams first"
        case .unknownTeam(let person, let team):
            "\(quoted(person)) is in team \(quoted(team)), which is not among the teams"
        case .unknownManager(let person, let manager):
            "\(quoted(person)) has the manager \(quoted(manager)), who is not among the people"
        case .managementCycle(let people):
            "these manage each other in a circle: \(list(people))"
        case .tooManyManagers(let person):
            "\(quoted(person)) has more than \(Limits.rosterDepth) managers above"
        default: ""
        }
    }

    private var categorySentence: String {
        switch self {
        case .badCategory(let code):
            "the category code \(quoted(code)) is no key's segment: "
                + "write 1 to \(Limits.categoryBytes) bytes"
        case .duplicateCategory(let code): "the category \(quoted(code)) is there twice"
        case .unknownParent(let category, let parent):
            "category \(quoted(category)) has the parent \(quoted(parent)), which does not exist"
        case .categoryCycle(let codes):
            "these categories are each other's parents in a circle: \(list(codes))"
        case .tooManyParents(let category):
            "category \(quoted(category)) has more than \(Limits.rosterDepth) above it"
        default: ""
        }
    }

    private var alertSentence: String {
        switch self {
        case .badAlertName(let name):
            "the alert name \(quoted(name)) is no key's segment: "
                + "write 1 to \(Limits.segmentBytes) bytes"
        case .duplicateAlert(let name): "the alert \(quoted(name)) is there twice"
        case .badAlertFilter(let alert, let error):
            "alert \(quoted(alert)) has a bad filter: \(error.sentence)"
        case .alertFilterClass(let alert):
            "alert \(quoted(alert)) must look at queue/ or team/ keys"
        case .badFigureName(let alert):
            "alert \(quoted(alert)) must name a figure of 1 to \(Limits.figureNameBytes) bytes"
        case .clearBeyondThreshold(let alert):
            "alert \(quoted(alert)) would clear while it is raised: "
                + "clear must lie on the quiet side of the threshold"
        case .badStorm(let alert):
            "alert \(quoted(alert)) needs a count of at least 1 and 1 to 3600 seconds"
        case .unknownCategory(let alert, let category):
            "alert \(quoted(alert)) counts category \(quoted(category)), which does not exist"
        case .unknownAudience(let alert, let name):
            "alert \(quoted(alert)) is for \(quoted(name)), which is not in the roster"
        case .ambiguousFigure(let alert, let figure):
            "alert \(quoted(alert)): several figures are called \(quoted(figure)); say formula and "
                + "window, or the median of the last 15 minutes is looked at"
        default: ""
        }
    }
}

/// A name from a file, in quotes and without what would disturb a terminal.
private func quoted(_ name: String) -> String {
    var shown = String.UnicodeScalarView()
    for scalar in name.unicodeScalars { shown.append(scalar.isControl ? "?" : scalar) }
    return "\"" + String(shown) + "\""
}

extension Unicode.Scalar {
    /// Whether it is a control character: U+0000 to U+001F, U+007F to U+009F.
    var isControl: Bool { value < 0x20 || (value >= 0x7F && value < 0xA0) }
}

/// The first few names of a circle.
private func list(_ names: [String]) -> String {
    var result = ""
    for name in names.prefix(8) { result += (result.isEmpty ? "" : ", ") + quoted(name) }
    return names.count > 8 ? result + " and \(names.count - 8) more" : result
}
