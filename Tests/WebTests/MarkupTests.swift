import Engine
import Testing

@testable import Web

/// Text that tries to leave its place.
let hostile = "<script>alert(1)</script>\"' onload='x' &amp; ]]> --> \u{202E}\u{0007}\u{FFFF}"

@Suite struct MarkupTests {
    @Test("what is put in is escaped, what is written in the source is not")
    func escaping() {
        let name = "<b> & \"x\" 'y'"
        let markup: Markup = "<p title=\"\(name)\">\(name)</p>"
        #expect(
            markup.text == "<p title=\"&lt;b&gt; &amp; &quot;x&quot; &#39;y&#39;\">"
                + "&lt;b&gt; &amp; &quot;x&quot; &#39;y&#39;</p>")
        #expect(("<i>\(markup)</i>" as Markup).text == "<i>\(markup.text)</i>")
    }

    @Test("characters that XML forbids or that turn the direction are replaced")
    func forbiddenCharacters() {
        #expect(
            escaped("a\u{0}b\u{7}c\u{202E}d\u{FFFF}e\u{85}f\n") == "a\u{FFFD}b\u{FFFD}c\u{FFFD}d\u{FFFD}e\u{FFFD}f\n")
    }

    @Test("hostile names nowhere become tags or attributes, and the page stays well-formed")
    func hostileNames() throws {
        var site = RichSite().snapshot
        site.site = hostile
        site.zone = hostile
        site.clockTrust = hostile
        for index in site.devices.indices {
            site.devices[index].name = hostile + "\(index)"
            site.devices[index].profile = hostile
            site.devices[index].serial = hostile
            for point in site.devices[index].points.indices {
                site.devices[index].points[point].unit = hostile
                site.devices[index].points[point].quality = hostile
            }
        }
        for index in site.alarms.indices { site.alarms[index].routing = hostile }
        for index in site.tickets.indices {
            site.tickets[index].id = hostile + "\(index)"
            site.tickets[index].device = hostile
            site.tickets[index].explanation = hostile
            site.tickets[index].advice = hostile
            site.tickets[index].routing = hostile
            site.tickets[index].state = hostile
            site.tickets[index].coverage = hostile
            for fact in site.tickets[index].facts.indices {
                site.tickets[index].facts[fact].sentence = hostile
                site.tickets[index].facts[fact].reason = hostile
                site.tickets[index].facts[fact].writer = hostile
                site.tickets[index].facts[fact].name = hostile
            }
            for clock in site.tickets[index].clocks.indices {
                site.tickets[index].clocks[clock].clock = hostile
                site.tickets[index].clocks[clock].status = hostile
            }
        }
        let text = PageHTML.main(site.bounded()).text
        #expect(!text.contains("<script"))
        #expect(!text.contains("' onload"))
        #expect(!text.contains("\u{202E}"))
        try expectWellFormed(text)
    }

    @Test("neither inline script nor inline style, so that the policy holds")
    func nothingInline() {
        let text = PageHTML.document(RichSite().snapshot.bounded()).text
        #expect(!text.contains(" style="))
        #expect(!text.contains("<style"))
        #expect(!text.contains("javascript:"))
        #expect(text.ranges(of: "<script").count == 1)
        #expect(!text.contains("http://") && !text.contains("https://"))
    }
}
