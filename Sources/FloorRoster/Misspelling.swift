import FloorEvents

// What a person may have meant who wrote a name that the roster does not have.

extension Roster {
    /// Whether there is a place that notes are sent to: a site, a team of it, or `-` for all.
    ///
    /// - Parameter key: a well-formed one, of which the second and third segment are looked at.
    /// - Returns: true also for a roster without teams, which says nothing of places.
    public func hasPlace(ofKey key: Span<UInt8>) -> Bool {
        let (site, unit) = (KeyRules.segment(1, of: key), KeyRules.segment(2, of: key))
        let (isAnySite, isAnyTeam) = (Self.isAny(key, site), Self.isAny(key, unit))
        if teams.isEmpty || (isAnySite && isAnyTeam) { return true }
        if !isAnySite, !isAnyTeam { return team(ofKey: key) != nil }
        let wanted = key.extracting(isAnySite ? unit : site)
        return index.teamKeys.contains { names in
            guard let slash = names.firstIndex(of: KeyRules.slash) else { return false }
            let own = isAnySite ? names[(slash + 1)...] : names[..<slash]
            return own.count == wanted.count
                && own.indices.allSatisfy { names[$0] == wanted[$0 - own.startIndex] }
        }
    }

    private static func isAny(_ key: Span<UInt8>, _ segment: Range<Int>) -> Bool {
        segment.count == 1 && key[segment.lowerBound] == UInt8(ascii: "-")
    }

    /// The team that may have been meant by a key of a team that is not there, as `site/team`.
    ///
    /// - Parameter key: a well-formed one, of which the second and third segment are looked at.
    /// - Returns: nil when none is near, or several are as near.
    public func teamNear(key: Span<UInt8>) -> String? {
        let site = KeyRules.segment(1, of: key)
        let team = key.extracting(site.lowerBound..<KeyRules.segment(2, of: key).upperBound)
        return index.teams.near(team).map { String(decoding: index.teamKeys[$0], as: UTF8.self) }
    }

    /// The category that may have been meant by a code that is not there; nil as for a team.
    public func categoryNear(_ code: String) -> String? {
        index.categories.near(RosterIndex.segment(code).span).map { categories[$0].code }
    }

    /// The person who may have been meant by an id that is not there; nil as for a team.
    public func personNear(_ id: String) -> String? {
        index.people.near(RosterIndex.segment(id).span).map { people[$0].id }
    }
}

/// How far two names are from each other.
enum Misspelling {
    /// How many letters must be added, removed, changed or changed with their neighbour; capitals
    /// of ASCII are no change.
    ///
    /// - Parameters:
    ///   - left: a name's bytes.
    ///   - right: another's.
    ///   - most: the most that is of interest.
    /// - Returns: nil when it is more than that.
    static func distance(_ left: Span<UInt8>, _ right: Span<UInt8>, atMost most: Int) -> Int? {
        guard abs(left.count - right.count) <= most else { return nil }
        var before: [Int] = []
        var last = Array(0...right.count)
        for row in left.indices {
            var present = [row + 1]
            for column in right.indices {
                let isSame = small(left[row]) == small(right[column])
                var away = min(last[column] + (isSame ? 0 : 1), last[column + 1] + 1)
                away = min(away, present[column] + 1)
                if row > 0, column > 0, small(left[row]) == small(right[column - 1]),
                    small(left[row - 1]) == small(right[column])
                {
                    away = min(away, before[column - 1] + 1)
                }
                present.append(away)
            }
            // It never gets less again further down.
            guard (present.min() ?? 0) <= most else { return nil }
            (before, last) = (last, present)
        }
        return last[right.count] <= most ? last[right.count] : nil
    }

    private static func small(_ letter: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(letter) ? letter | 0x20 : letter
    }
}
