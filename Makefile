# Two commands matter: `make demo` shows the product, `make test` checks it.
SWIFT_FLAGS = --explicit-target-dependency-import-check error

.PHONY: build
build:
	swift build $(SWIFT_FLAGS)
