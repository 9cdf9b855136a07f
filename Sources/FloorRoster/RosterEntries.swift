public import FloorEvents

// What a roster is made of, as written down by whoever runs the floor. `Roster` checks it.

/// One person or program that may connect.
///
///     RosterPerson("4711", name: "Li Wei", roles: .agent, site: "bj", team: "sales")
///
/// Texts are as a person writes them; in keys they are encoded (`FloorKey.segment(encoding:)`).
public struct RosterPerson: Equatable, Sendable {
    /// The principal: what HELLO says, and `%u` in grants; 1 to 64 bytes as a key's segment.
    public var id: String
    /// For people to read; at most 64 bytes.
    public var name: String
    /// What the person may be; at least one.
    public var roles: Roles
    /// Where the person works, `%s` in grants; empty = nowhere in particular.
    public var site: String
    /// The team, `%t` in grants: the keys' second segment behind the class; empty = none.
    public var team: String
    /// Where to find the person; at most 64 bytes.
    public var seat: String
    /// The id of the person's manager; empty = none.
    public var manager: String

    /// A person; everything but the id and the roles may be left out.
    public init(
        _ id: String,
        name: String = "",
        roles: Roles,
        site: String = "",
        team: String = "",
        seat: String = "",
        manager: String = ""
    ) {
        self.id = id
        self.name = name
        self.roles = roles
        self.site = site
        self.team = team
        self.seat = seat
        self.manager = manager
    }
}

/// One team of one site, and the times of its help flags.
public struct RosterTeam: Equatable, Sendable {
    /// The site: the keys' first segment behind the class.
    public var site: String
    /// The team: the keys' segment behind the site.
    public var team: String
    /// Times of its help flags; nil = the roster's.
    public var times: FlagTimes?

    /// A team.
    public init(site: String, team: String, times: FlagTimes? = nil) {
        self.site = site
        self.team = team
        self.times = times
    }
}

/// One site, and its time zone.
public struct RosterSite: Equatable, Sendable {
    /// The site: the keys' first segment behind the class.
    public var site: String
    /// Its time zone; nil = the roster's.
    public var zone: FloorZone?

    /// A site.
    public init(_ site: String, zone: FloorZone? = nil) {
        self.site = site
        self.zone = zone
    }
}

/// The times of a help flag's life, all in milliseconds; each at least 1 and at most 7 days.
public struct FlagTimes: Equatable, Sendable {
    /// An owner silent for so long loses the flag.
    public var lease = Limits.flagLeaseMilliseconds
    /// A claimed flag whose owner has not arrived after so long goes back.
    public var engage = Limits.flagEngageMilliseconds
    /// A flag whose owner has engaged and not answered after so long is told of, and after as long
    /// again goes back.
    public var help = Limits.flagHelpMilliseconds
    /// An unclaimed flag escalates after so long, and again after each further time.
    public var escalate = Limits.flagEscalateMilliseconds
    /// So long after the last escalation a flag ends as unanswered.
    public var unanswered = Limits.flagUnansweredMilliseconds
    /// So long after its answer a flag closes by itself.
    public var autoClose = Limits.flagAutoCloseMilliseconds
    /// So long after it was closed a flag may be reopened.
    public var reopen = Limits.flagReopenMilliseconds
    /// So long an ended flag is kept in the hub, to be rated.
    public var keep = Limits.flagKeepMilliseconds

    /// The default times.
    public init() {}

    /// Each time with its name in files.
    public var named: [(name: String, milliseconds: UInt32)] {
        [
            ("lease", lease), ("engage", engage), ("help", help), ("escalate", escalate),
            ("unanswered", unanswered), ("autoClose", autoClose), ("reopen", reopen),
            ("keep", keep),
        ]
    }
}

/// What help flags are about: one entry of the catalogue's tree.
public struct RosterCategory: Equatable, Sendable {
    /// The code that flags carry, 1 to 32 bytes.
    public var code: String
    /// For people to read; at most 128 bytes.
    public var label: String
    /// The code of the wider category; empty = none.
    public var parent: String
    /// The standard answer, to be given at once; empty = none, at most 4096 bytes.
    public var answer: String

    /// A category.
    public init(_ code: String, label: String = "", parent: String = "", answer: String = "") {
        self.code = code
        self.label = label
        self.parent = parent
        self.answer = answer
    }
}

/// Why agents are not ready: one reason code of the site.
public struct RosterReason: Equatable, Sendable {
    /// The code in agent states, not 0.
    public var code: UInt16
    /// For people to read; at most 128 bytes, as in agent states.
    public var label: String
    /// What every site calls it.
    public var reasonClass: ReasonClass

    /// A reason.
    public init(_ code: UInt16, label: String, _ reasonClass: ReasonClass) {
        self.code = code
        self.label = label
        self.reasonClass = reasonClass
    }
}

/// What the holders of one role may publish and read; everything else is denied.
///
/// Patterns are filters (`KeyFilter`) in which a whole segment may stand for the principal:
/// `%u` their id, `%t` their team, `%s` their site, `%m` the site and team (two segments) of each
/// team that they look after: their own, and those of all people below. A pattern that needs what
/// the person does not have grants nothing.
public struct RosterGrant: Equatable, Sendable {
    /// Exactly one role.
    public var role: Roles
    /// Keys the role may write.
    public var publish: [String]
    /// What the role may subscribe to and ask for.
    public var read: [String]

    /// A grant.
    public init(_ role: Roles, publish: [String] = [], read: [String] = []) {
        self.role = role
        self.publish = publish
        self.read = read
    }

    /// What a role may do while the roster does not say (docs/roster.md gives the reasons).
    public static func standard(_ role: Roles) -> RosterGrant {
        switch role {
        case .agent:
            RosterGrant(
                role,
                publish: ["agent/%s/%t/%u/", "flag/%s/%t/", "event/%s/%t/%u/", "note/"],
                read: [
                    "agent/%s/%t/%u/", "private/%s/%u/", "personal/+/%u/", "presence/",
                    "queue/%s/", "note/",
                ]
            )
        case .supporter:
            RosterGrant(
                role,
                publish: ["flag/%s/", "presence/-/-/%u/", "note/"],
                read: [
                    "flag/%s/", "private/%s/", "personal/+/%u/", "presence/", "queue/", "team/",
                    "note/", "agent/%s/",
                ]
            )
        case .supervisor:
            RosterGrant(
                role,
                publish: ["note/%s/", "flag/%m/"],
                read: [
                    "agent/%m/", "flag/%m/", "queue/%m/", "team/%m/", "presence/", "note/",
                    "private/%s/%u/", "personal/+/%u/",
                ]
            )
        case .wallboard:
            RosterGrant(role, read: ["queue/", "team/", "agent/", "presence/"])
        case .system:
            RosterGrant(
                role,
                publish: ["agent/", "flag/", "queue/", "custom/", "event/", "team/", "note/"],
                read: [
                    "agent/", "flag/", "queue/", "presence/", "custom/", "event/", "team/",
                    "note/", "private/-/hub/", "personal/+/%u/",
                ]
            )
        default: RosterGrant(role)
        }
    }
}
