/// The files of the page, embedded into the program; the raw value is the name in the address.
enum Asset: String, CaseIterable, Hashable {
    case style = "page.css"
    case script = "page.js"
    case icon = "icon.svg"

    var bytes: [UInt8] {
        switch self {
        case .style: PackageResources.page_css
        case .script: PackageResources.page_js
        case .icon: PackageResources.icon_svg
        }
    }

    var contentType: String {
        switch self {
        case .style: "text/css; charset=utf-8"
        case .script: "text/javascript; charset=utf-8"
        case .icon: "image/svg+xml"
        }
    }
}
