extension EvidenceSVG {
    /// What the plots' own colours do not name, for light and dark paper.
    static let style: Markup = """
        .panel-head{fill:#1d2724}.band{fill:#5f7a70}.median{stroke:#5f7a70;stroke-opacity:.8}.bar{fill:#9db0a8}
        .subject-bar{fill:#c2341d}.subject-label{fill:#b02d17}.subject-spread{fill:#c2341d}
        .place{fill:#a05a00}.usual{stroke:#a05a00}.suspect{stroke:#a05a00}.hatch{stroke:#c9d2ce}
        .halo{paint-order:stroke;stroke:#fff;stroke-width:3px;stroke-opacity:.8}
        @media (prefers-color-scheme:dark){.panel-head{fill:#e4ebe8}.band{fill:#8fb0a4}.median{stroke:#8fb0a4}
        .bar{fill:#5d736a}.subject-bar,.subject-spread{fill:#ff7a62}.subject-label{fill:#ff9480}
        .suspect,.usual{stroke:#e3a34f}.place{fill:#e3a34f}.hatch{stroke:#39453f}.halo{stroke:#18211e}}
        """
}
