extension PlotSVG {
    /// Stands in the place of a drawing where nothing was kept.
    static func placeholder(_ frame: Frame) -> Markup {
        let words = "No curves were kept for this."
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(frame.width)) 48" role="img" \
            aria-labelledby="t" font-family="system-ui, sans-serif" font-size="14">
            <title id="t">\(words)</title><style>\(style)</style><text class="label" x="16" y="29" \
            fill="#777">\(words)</text></svg>
            """
    }

    /// Colours for light and dark paper; where style elements are not allowed the attributes give a plain drawing.
    static let style: Markup = """
        text{fill:#1d2724}.label{fill:#5b6763}.grid{stroke:#e3e8e5}.axis{stroke:#9aa5a0}
        .sibling{stroke:#8fa39b;stroke-opacity:.75}.subject{stroke:#c2341d;stroke-width:2.6}
        .one{stroke:#17795a;stroke-width:1.8}.two{stroke:#2c6bb3;stroke-width:1.8}
        .three{stroke:#a05a00;stroke-width:1.8}.four{stroke:#7a4fa3;stroke-width:1.8}.key{stroke-width:2.6}
        .limit{stroke:#a05a00;stroke-width:1.4}.limit-label{fill:#8a4d00}.mark{stroke:#5b6763}.mark-label{fill:#1d2724}
        @media (prefers-color-scheme:dark){text,.mark-label{fill:#e4ebe8}.label{fill:#9fb0a9}.grid{stroke:#2b3532}
        .axis{stroke:#5d6b66}.sibling{stroke:#7d9189}.subject{stroke:#ff7a62}.one{stroke:#53c79f}.two{stroke:#78b1f2}
        .three{stroke:#e3a34f}.four{stroke:#bb95e6}.limit{stroke:#e3a34f}
        .limit-label{fill:#e9b066}.mark{stroke:#9fb0a9}}
        """
}
