# Two commands matter: `make demo` shows the product, `make test` checks it.

SWIFT ?= swift
# A room that imports what Package.swift does not give it does not build.
SWIFT_FLAGS = --explicit-target-dependency-import-check error
# Further flags for demo and benchmark, such as ARGS="--fault cell-over-voltage".
ARGS ?=
# Runs a part of the tests, such as FILTER=HouseTests.
FILTER ?=
test_filter = $(if $(FILTER),--filter '$(FILTER)')

PREFIX ?= /usr/local
SYSCONFDIR ?= /etc
DESTDIR ?=
# Where systemd looks for units; Debian's packages have them in /lib.
UNITDIR ?= $(PREFIX)/lib/systemd/system

BUILD_PACKAGES = libmodbus-dev libsqlite3-dev zlib1g-dev libcurl4-openssl-dev pkg-config
TEST_PACKAGES = $(BUILD_PACKAGES) socat python3-venv
DEB_PACKAGES = debhelper dpkg-dev python3
PACKAGE_TEST_PACKAGES = $(DEB_PACKAGES) debootstrap lintian systemd

# The Swift runtime goes into the program: the box that runs it needs no Swift.
RELEASE_FLAGS = -c release --static-swift-stdlib $(SWIFT_FLAGS)
RELEASE_BINARY = .build/release/aftercare

.DEFAULT_GOAL := help

.PHONY: help
help: ## Say what there is (the default)
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: demo
demo: packages ## Build, and watch a simulated home break; further flags in ARGS="…"
	$(SWIFT) build $(SWIFT_FLAGS) --product aftercare
	@"$$($(SWIFT) build --show-bin-path)/aftercare" demo $(ARGS)

.PHONY: test
test: test-packages peers ## Build everything and run all tests; a part with FILTER=…
	$(SWIFT) build --build-tests $(SWIFT_FLAGS)
	@# One at a time: tests that wait for a real peer must not starve each other on a small machine.
	$(SWIFT) test --skip-build --disable-xctest --no-parallel $(test_filter)

.PHONY: build
build: packages ## Build for development
	$(SWIFT) build $(SWIFT_FLAGS)

.PHONY: release
release: packages ## Build the program that is installed: optimised, with the Swift runtime inside
	$(SWIFT) build $(RELEASE_FLAGS) --product aftercare

# What a home may edit, by its path below config.
EDITED_FOLDERS = detection calendars warranty
EDITED = $(patsubst config/%,%,$(wildcard config/*.yaml $(addsuffix /*.yaml,$(addprefix config/,$(EDITED_FOLDERS)))))

# Built only if missing, so that `sudo make install` after `make release` does not build as root.
$(RELEASE_BINARY):
	$(MAKE) release

.PHONY: install
install: $(RELEASE_BINARY) ## Install below $(DESTDIR); PREFIX=/usr/local SYSCONFDIR=/etc
	install -D -m 0755 $(RELEASE_BINARY) $(DESTDIR)$(PREFIX)/bin/aftercare
	install -d $(addprefix $(DESTDIR)$(SYSCONFDIR)/aftercare/,profiles $(EDITED_FOLDERS))
	install -m 0644 config/profiles/*.yaml config/profiles/*.json $(DESTDIR)$(SYSCONFDIR)/aftercare/profiles
	@# What a home edits is never overwritten: a shipped text that differs lies beside it.
	@set -e; cd config; for file in $(EDITED); do \
	    target="$(DESTDIR)$(SYSCONFDIR)/aftercare/$$file"; \
	    if [ ! -e "$$target" ]; then install -m 0644 "$$file" "$$target"; \
	    elif ! cmp -s "$$file" "$$target"; then \
	        install -m 0644 "$$file" "$$target.new"; echo "kept $$target; the shipped text is $$target.new"; \
	    fi; \
	done
	install -d $(DESTDIR)$(UNITDIR)
	sed -e 's|/usr/local/|$(PREFIX)/|g' -e 's|/etc/aftercare|$(SYSCONFDIR)/aftercare|g' \
	    systemd/aftercare.service >$(DESTDIR)$(UNITDIR)/aftercare.service
	chmod 0644 $(DESTDIR)$(UNITDIR)/aftercare.service
	install -D -m 0644 systemd/aftercare.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/aftercare.conf
	install -D -m 0644 systemd/aftercare.tmpfiles $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/aftercare.conf
	install -d $(addprefix $(DESTDIR)$(PREFIX)/share/doc/aftercare/,docs examples)
	install -m 0644 README.md SECURITY.md LICENSE Tests/verify.py $(DESTDIR)$(PREFIX)/share/doc/aftercare
	install -m 0644 docs/* $(DESTDIR)$(PREFIX)/share/doc/aftercare/docs
	install -m 0644 systemd/*.conf $(DESTDIR)$(PREFIX)/share/doc/aftercare/examples
	@echo "Next: systemd-sysusers && systemd-tmpfiles --create && systemctl daemon-reload,"
	@echo "edit $(SYSCONFDIR)/aftercare/gateway.yaml, then: systemctl enable --now aftercare"

.PHONY: deb
deb: release ## Build the Debian package, .build/deb/aftercare_VERSION_ARCH.deb
	@tools/install-packages $(DEB_PACKAGES)
	SWIFT='$(SWIFT)' tools/build-deb .build/deb

.PHONY: package-test
package-test: release ## Install, upgrade, remove and purge the package on a fresh Debian 12; as root
	@tools/install-packages $(PACKAGE_TEST_PACKAGES)
	SWIFT='$(SWIFT)' Tests/package/check

# A program in C that prints "N ns a 16-cell frame", to run the comparison of cells against, such as FLOOR=floor.c.
FLOOR ?=
.PHONY: benchmark
benchmark: packages ## Measure the hot paths; the comparison of cells alone with ARGS=cells, against C with FLOOR=…
	$(SWIFT) build $(RELEASE_FLAGS) --product aftercare-bench
	@# Both count the thread's own time, so that a busy machine does not count.
	printf '%s\n' '#include <time.h>' '#undef CLOCK_MONOTONIC' \
	    '#define CLOCK_MONOTONIC CLOCK_THREAD_CPUTIME_ID' >.build/own-time.h
	$(if $(FLOOR),clang -O3 -march=native -include .build/own-time.h -o .build/cell-floor '$(FLOOR)')
	.build/release/aftercare-bench $(if $(FLOOR),--floor .build/cell-floor) $(ARGS)

# Seconds of one run.
SECONDS_PER_RUN ?= 5
.PHONY: benchmark-wire
benchmark-wire: packages peers ## Measure the line against bare libmodbus and pymodbus; several minutes
	$(SWIFT) build $(RELEASE_FLAGS) --product aftercare-wire-bench
	.build/release/aftercare-wire-bench $(SECONDS_PER_RUN) .build/peers/bin/python

# Ten thousand reads from every kind of misbehaving device on every transport, and what came of them.
READS ?= 10000
.PHONY: wire
wire: test-packages peers ## Read from misbehaving devices, 10000 times per kind and transport; READS=… SEED=…
	@echo "seed $(SEED), $(READS) reads"
	$(SWIFT) build --build-tests $(SWIFT_FLAGS)
	AFTERCARE_WIRE_READS=$(READS) AFTERCARE_WIRE_SEED=$(SEED) $(SWIFT) test --skip-build --disable-xctest \
	    --no-parallel --filter 'VirtualLineTests|RealWireTests' | grep -E '^(WIRE|REAL)|✘|✔ Test run'

.PHONY: soak
soak: release peers ## Run the program for most of an hour: memory, CPU, load, kill -9 after a fault, 10000 simulated weeks
	$(MAKE) simulate
	Tests/soak/measure.sh $(RELEASE_BINARY)
	.build/peers/bin/python Tests/soak/durability.py $(RELEASE_BINARY)
	.build/peers/bin/python Tests/soak/load.py $(RELEASE_BINARY)

CYCLES ?= 1000
.PHONY: crash
crash: release peers ## Kill the program 1000 times under load, and make its disk fail; CYCLES=… SEED=…
	@tools/install-packages strace
	.build/peers/bin/python Tests/soak/crash.py $(RELEASE_BINARY) $(CYCLES) $(SEED)
	.build/peers/bin/python Tests/soak/disk.py $(RELEASE_BINARY)

# Another first seed and count: FIRST_SEED=1 SEEDS=10000.
FIRST_SEED ?= 1
SEEDS ?= 10000
.PHONY: simulate
simulate: release ## Let simulated boxes live through 10000 weeks of trouble; SEEDS=10000 FIRST_SEED=1 ARGS=…
	@begin=$$(date +%s); $(RELEASE_BINARY) simulate --seed $(FIRST_SEED) --seeds $(SEEDS) $(ARGS) || \
	    { echo "at commit $$(git rev-parse HEAD)"; exit 1; }; \
	    seconds=$$(($$(date +%s) - begin + 1)); echo "$$(($(SEEDS) / seconds)) seeds a second, $$seconds seconds"

# Real traces and the injector of faults are third parties' or made apart: they lie outside, and are named here.
DATA ?=
FAULTLAB ?=
CASES ?= 320
# Another command to score, with {file} {chem} {ah}; without it, the released program.
RUNNER ?=
FIELD_PYTHON = .build/field/bin/python
.PHONY: field
field: $(if $(RUNNER),,release) .build/field/ready ## Score detection on real traces; DATA=… FAULTLAB=… SEED=… CASES=… ARGS=…
	$(FIELD_PYTHON) Tests/field/field.py --data '$(DATA)' --faultlab '$(FAULTLAB)' --binary $(RELEASE_BINARY) \
	    $(if $(RUNNER),--runner '$(RUNNER)') --seed $(SEED) --cases $(CASES) $(ARGS)

.PHONY: field-check
field-check: .build/field/ready ## Check the scoring itself; needs no data
	$(FIELD_PYTHON) Tests/field/check.py

# ThreadSanitizer cannot place its shadow where the kernel randomises addresses with many bits: setarch -R stops that.
.PHONY: sanitize
sanitize: test-packages peers ## Run the tests under ThreadSanitizer and AddressSanitizer; a part with FILTER=…
	$(MAKE) sanitize-thread
	$(MAKE) sanitize-address

.PHONY: sanitize-thread
sanitize-thread: test-packages peers
	setarch -R $(SWIFT) build --build-tests --sanitize=thread --scratch-path .build-tsan
	clang -O1 -shared -fPIC -o .build-tsan/mutex.so Tests/sanitize/mutex.c
	LD_PRELOAD=$(CURDIR)/.build-tsan/mutex.so setarch -R $(SWIFT) test --skip-build --disable-xctest --no-parallel \
	    --sanitize=thread --scratch-path .build-tsan $(test_filter)

.PHONY: sanitize-address
sanitize-address: test-packages peers
	@# Leaks are not looked for: a reference that Swift keeps with the tag of an enum among its bits is none to
	@# LeakSanitizer, and so whatever a program holds at its end may be. Tests/soak/load.py measures what grows.
	ASAN_OPTIONS=detect_leaks=0 \
	    $(SWIFT) test --disable-xctest --no-parallel --sanitize=address --scratch-path .build-asan $(test_filter)

# libFuzzer begins with the profiles as they are shipped and with Tests/fuzz/corpus.tar.gz: what it found worth keeping,
# made smaller with -merge=1.
FUZZ_SECONDS ?= 600
.PHONY: fuzz-readers
fuzz-readers: packages ## Search the decoders and the profile loader with libFuzzer and AddressSanitizer; FUZZ_SECONDS=600
	tools/link-fuzzer
	mkdir -p .build-fuzz/found .build-fuzz/seeds .build-fuzz/kept
	tar -C .build-fuzz/kept -xzf Tests/fuzz/corpus.tar.gz
	for file in config/profiles/*.yaml; do \
	    { printf '\0'; head -c 3500 "$$file"; } >.build-fuzz/seeds/$$(basename "$$file"); done
	.build-fuzz/fuzz-readers -max_len=4096 -timeout=25 -rss_limit_mb=3000 -max_total_time=$(FUZZ_SECONDS) \
	    -print_final_stats=1 -artifact_prefix=.build-fuzz/ .build-fuzz/found .build-fuzz/seeds .build-fuzz/kept

# The same hostile input as in every test run, a hundred times as much and from another seed.
ROUNDS ?= 100
SEED ?= $(shell date +%s)
.PHONY: fuzz
fuzz: packages ## Feed every reader of a file hostile input for minutes; ROUNDS=100 SEED=…
	@echo "seed $(SEED), $(ROUNDS) rounds"
	$(SWIFT) build --build-tests $(SWIFT_FLAGS)
	AFTERCARE_FUZZ_ROUNDS=$(ROUNDS) AFTERCARE_FUZZ_SEED=$(SEED) $(SWIFT) test --skip-build --disable-xctest \
	    --filter 'HostileYAMLTests|MutatedFilesTests|WriteFuzzTests'

SCRIPTS = $(addprefix tools/,install-packages link-fuzzer build-deb) .ci/run Tests/package/check \
    $(wildcard debian/aftercare.p*)

.PHONY: lint
lint: ## Check the house rules, the shell scripts and the units
	$(MAKE) test FILTER=HouseTests
	@if command -v shellcheck >/dev/null; then shellcheck $(SCRIPTS); \
	    else echo "shellcheck is not installed: the scripts were not checked"; fi
	@if command -v systemd-analyze >/dev/null; then \
	    exposure="$$(systemd-analyze security --offline=true --threshold=15 systemd/aftercare.service)"; status=$$?; \
	    echo "$$exposure" | tail -1; exit $$status; \
	    else echo "systemd-analyze is not installed: the unit was not checked"; fi

.PHONY: clean
clean: ## Remove everything that was built
	rm -rf .build .build-*

.PHONY: packages
packages:
	@tools/install-packages $(BUILD_PACKAGES)

.PHONY: test-packages
test-packages:
	@tools/install-packages $(TEST_PACKAGES)

# Real Modbus servers for tests; nothing of it is shipped.
.PHONY: peers
peers: .build/peers/ready
.build/peers/ready: Makefile | test-packages
	python3 -m venv .build/peers
	.build/peers/bin/pip install --quiet pymodbus==3.8.6 pyserial==3.5 jsonschema==4.23.0 PyYAML==6.0.2 pysunspec2==1.3.7 \
	    aiosmtpd==1.4.6 cryptography==46.0.3
	touch $@

.build/field/ready: Makefile | test-packages
	python3 -m venv .build/field
	.build/field/bin/pip install --quiet numpy==2.4.6 pandas==3.1.1
	touch $@
