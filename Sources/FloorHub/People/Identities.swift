import FloorEvents
import FloorWire

/// Who is at the other end of links, as their transports vouch for.
///
/// Invariant: an identity is bound once, when its link is made, and forgotten with the link. Where
/// nobody vouches for anybody, whoever can connect says who they are.
struct Identities {
    private var byLink: [LinkID: LinkIdentity] = [:]

    /// A transport vouches for a link's peer; a second word about the same link changes nothing.
    ///
    /// Whoever may name any principal need not be remembered.
    mutating func note(_ identity: LinkIdentity, of link: LinkID) {
        if identity.principal != nil, byLink[link] == nil { byLink[link] = identity }
    }

    /// The link is gone.
    mutating func forget(_ link: LinkID) { byLink[link] = nil }

    /// A HELLO's principal must agree with what the transport knows.
    func check(_ hello: Hello, on link: LinkID) throws(HelloRefusal) {
        guard let principal = byLink[link]?.principal,
            !principal.utf8.elementsEqual(hello.principal.utf8)
        else { return }
        let sentence = "this connection belongs to another principal than the HELLO names"
        let key = try? FloorKey(.presence, site: "-", unit: "-", entity: hello.principal)
        let denial = key.map {
            Denial(
                .hello,
                principal: Grants.segment($0),
                key: $0.text,
                reason: "not who the connection belongs to"
            )
        }
        throw HelloRefusal(Refusal(.denied, sentence), denial)
    }
}
