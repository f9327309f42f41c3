"""Checks an SBOM against what it speaks of: check_sbom.py SBOM Package.resolved PROGRAM 'DEPENDENCIES, LIKE (>= 1)'"""
import hashlib
import json
import re
import sys
from pathlib import Path

sbom, resolved = (json.loads(Path(name).read_text()) for name in sys.argv[1:3])
program, dependencies = Path(sys.argv[3]), sys.argv[4]
problems = []


def expect(holds, problem):
    if not holds:
        problems.append(problem)


components = {component["purl"]: component for component in sbom["components"]}
expect((sbom["bomFormat"], sbom["specVersion"]) == ("CycloneDX", "1.5"), "it is no CycloneDX 1.5")
expect(re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", sbom["serialNumber"]), "its serial number")
expect(len(components) == len(sbom["components"]), "a component is there twice")
for purl, component in components.items():
    expect(re.fullmatch(r"pkg:(swift|deb|github)/[a-zA-Z0-9./+_-]+@[^@\s]+", purl), f"{purl} is no purl")
    expect(component["bom-ref"] == purl and component["version"] and component["type"] == "library", purl)

for pin in resolved["pins"]:
    location = pin["location"].removeprefix("https://").removesuffix(".git")
    version = pin["state"].get("version", pin["state"]["revision"])
    expect(f"pkg:swift/{location}@{version}" in components, f"{pin['identity']} {version} is missing")
linked = {component["name"] for component in components.values() if component["scope"] == "required"}
for name in ["grdb.swift", "hummingbird", "swift-crypto", "swift-nio", "yams", "swift"]:
    expect(name in linked, f"{name} counts as not linked")
# Resolved for libraries' own options and tests; the program has no HTTP client of theirs and no X.509.
for name in ["async-http-client", "swift-certificates", "swift-nio-ssl"]:
    expect(name not in linked, f"{name} counts as linked")

debian = [re.split(r"[ (|]", entry.strip())[0] for entry in dependencies.split(",")]
expect({"libmodbus5", "libsqlite3-0", "zlib1g", "libc6"} <= set(debian), f"the package depends on {debian} only")
for name in debian:
    # A program that the package's scripts call is no part of this one.
    found = any(purl.startswith(f"pkg:deb/debian/{name}@") for purl in components)
    expect(found or name == "systemd", f"{name} is missing")

digest = hashlib.sha256(program.read_bytes()).hexdigest()
expect(sbom["metadata"]["component"]["hashes"] == [{"alg": "SHA-256", "content": digest}], "it is of another program")
expect(set(sbom["dependencies"][0]["dependsOn"]) <= set(components), "it depends on what is not there")

for problem in problems:
    print(f"sbom: {problem}", file=sys.stderr)
print(f"sbom: {len(components)} components, {len(linked)} of them in the program")
sys.exit(1 if problems else 0)
