internal import DeviceProfiles

/// What a device has answered while it is being recognised.
struct IdentityAnswers {
    /// A question and the quirk under which it was asked.
    struct Question: Hashable {
        let range: RegisterRange
        let answersAsUnit: UInt8?
    }

    /// Silent questions in a row after which a unit that has never spoken is given up, and one that has.
    private static let mostSilences = (never: 3, heard: 8)

    /// nil: it refused.
    private(set) var answers: [Question: [UInt16]?] = [:]
    private var silences = 0

    /// It answered, or refused.
    mutating func heard(_ question: Question, _ words: [UInt16]?) {
        answers.updateValue(words, forKey: question)
        silences = 0
    }

    /// No usable answer came.
    mutating func silent() { silences += 1 }

    /// Whether it is worth to ask for another profile after a silence.
    var maySilenceGoOn: Bool { silences < (answers.isEmpty ? Self.mostSilences.never : Self.mostSilences.heard) }
}
