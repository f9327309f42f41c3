package import Terms

/// What a maker promises for one product, as one versioned document. A ticket is bound to it by the hash of its text.
package struct WarrantyTerms: Hashable, Sendable {
    /// The name of the policy: letters, digits, - and _.
    package var name: String
    /// From 1; raised with every edit.
    package var version: Int
    /// SHA-256 of the text, in hexadecimal.
    package var documentHash: String
    /// What the policy is for, in words.
    package var title: String
    /// From this day on products were sold under these terms; nil where it is not known.
    package var effective: CivilDate?
    package var source: WarrantySource
    package var status: WarrantyStatus
    package var content: WarrantyContent
    /// Days in which the maker wants to hear of a fault; nil where the terms name no window.
    package var noticeDays: Int?
    package var margins: WarrantyMargins
    package var exclusions: [WarrantyExclusion]
    /// How the maker makes good, in words; empty where it is not known.
    package var remedy: String

    package init(
        name: String, version: Int, documentHash: String, title: String = "", effective: CivilDate? = nil,
        source: WarrantySource = .notKnown, status: WarrantyStatus = .unverified, content: WarrantyContent,
        noticeDays: Int? = nil, margins: WarrantyMargins = .usual, exclusions: [WarrantyExclusion] = [],
        remedy: String = ""
    ) {
        self.name = name
        self.version = version
        self.documentHash = documentHash
        self.title = title
        self.effective = effective
        self.source = source
        self.status = status
        self.content = content
        self.noticeDays = noticeDays
        self.margins = margins
        self.exclusions = exclusions
        self.remedy = remedy
    }
}

/// What a policy holds.
package enum WarrantyContent: Hashable, Sendable {
    /// Nobody has entered the terms, and why.
    case unknown(reason: String)
    /// The terms by component. A component that is not there is one of which the document says nothing.
    case known([WarrantyComponent: ComponentTerms])
}

/// What a policy says of one component.
package enum ComponentTerms: Hashable, Sendable {
    /// The maker says that there is no warranty for it.
    case nothing
    /// Each is a promise of its own; the one that is best for the owner counts. Never empty.
    case terms([CoverageTerm])
}

/// The parts of a system that terms tell apart.
package enum WarrantyComponent: String, CaseIterable, Hashable, Sendable {
    case inverter, pack, bms, communication, accessory
}

/// What is claimed: that something is broken, or that the capacity is below what was promised.
package enum WarrantyClaim: String, CaseIterable, Hashable, Sendable {
    case defects, capacity
}

/// Where the terms stand.
package enum WarrantySource: Hashable, Sendable {
    case notKnown
    /// `url` is empty where the document has none.
    case document(title: String, url: String)
}

/// Whether a person compared the policy with the maker's own document.
package enum WarrantyStatus: String, CaseIterable, Hashable, Sendable {
    case verified, unverified
}

/// From where on coverage is called at risk.
package struct WarrantyMargins: Hashable, Sendable {
    /// Days before an end, 0 to 3 650.
    package var days: Int
    /// Percent of a limit on use, or of the days that a unit may be offline; 1 to 100.
    package var usagePercent: Int

    package init(days: Int, usagePercent: Int) {
        self.days = days
        self.usagePercent = usagePercent
    }

    /// 90 days, 90 percent.
    package static let usual = WarrantyMargins(days: 90, usagePercent: 90)
}

/// Something that the maker excludes by name. It is shown with every decision and decides nothing: whether it is the
/// cause is found by a diagnosis.
package struct WarrantyExclusion: Hashable, Sendable {
    package var name: String
    /// In one's own words.
    package var text: String
    /// The causes of a diagnosis that it means.
    package var causes: [ExcludedCause]

    package init(name: String, text: String, causes: [ExcludedCause] = []) {
        self.name = name
        self.text = text
        self.causes = causes
    }
}

/// The causes of a diagnosis that a maker may exclude; design and quality are what a warranty is for.
package enum ExcludedCause: String, CaseIterable, Hashable, Sendable {
    case installation, use, external, wear
}
