# make          what the build needs, then build/release/teiten
# make demo     ten sensors, six months: leaves demo/report-2007-07.{ja,en}.html
# make test     every test
# make check    Clang, clang-tidy, AddressSanitizer + UBSan, ThreadSanitizer
# make fuzz     every reader under libFuzzer, FUZZ_SECONDS=60 each
# make evaluate SEEDS=20 leaves docs/evaluation.md: how often findings are right on planted traffic
# make package  a Debian package: build/release/package/teiten_VERSION_ARCH.deb
# make bench    figures beside other tools; needs what BENCH_PACKAGES names, leaves out what is missing
# Each installs what it needs (Debian packages, npm) and can be run twice.
SHELL := /bin/bash
JOBS ?= $(shell nproc)
TEITEN := build/release/teiten

.PHONY: all setup setup-test setup-check setup-bench setup-package build package demo test check fuzz bench evaluate clean

all: build

setup:
	@scripts/setup build
setup-test:
	@scripts/setup build test package
setup-check:
	@scripts/setup build test check
setup-package:
	@scripts/setup build package
setup-bench:
	@scripts/setup build test bench

build: setup
	@scripts/build release teiten

package: setup-package build
	@scripts/package

demo: build
	@scripts/demo

test: setup-test
	@scripts/build release all
	@echo "Running the tests (build/release, $(JOBS) at a time)"
	@ctest --test-dir build/release --output-on-failure -j $(JOBS)

check: setup-check
	@scripts/check

fuzz: setup-check
	@scripts/build fuzz all
	@scripts/fuzz

SEEDS ?= 20
evaluate: build
	@SEEDS=$(SEEDS) python3 tests/evaluate.py $(TEITEN) docs/evaluation.md

bench: setup-bench
	@scripts/build bench all
	@bench/run

clean:
	rm -rf build demo web/dist
