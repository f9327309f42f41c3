# Two commands matter: `make demo` shows the product, `make test` checks it.
SWIFT_FLAGS = --explicit-target-dependency-import-check error

.PHONY: build
build:
	swift build $(SWIFT_FLAGS)

# Real Modbus servers for tests; nothing of it is shipped.
.PHONY: peers
peers: .build/peers/ready
.build/peers/ready: Makefile
	python3 -m venv .build/peers
	.build/peers/bin/pip install --quiet pymodbus==3.8.6 pyserial==3.5
	touch $@
