# Every target works as root and as an ordinary user, in a fresh clone, and without a network once
# deploy/setup.sh has nothing left to install.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# A Swift on PATH wins; the place where the official tarball is put comes second.
export PATH := $(PATH):/opt/swift/usr/bin
SWIFT ?= swift
CHARTER := .build/debug/charter
FORMATTED := Package.swift Sources Tests

.PHONY: help setup setup-tests build demo test test-tidy governed lint format bench setup-bench fuzz clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install what is missing; quick and silent when nothing is
	@SWIFT='$(SWIFT)' deploy/setup.sh

setup-tests: setup ## Install the libraries of others that tests let verify what we make
	@SWIFT='$(SWIFT)' deploy/setup.sh --tests

build: setup ## Build the program (debug) to .build/debug/charter
	@$(SWIFT) build --product charter

demo: build ## Show the law at work on a new governed root; FAST=1 makes no pauses
	@CHARTER='$(CURDIR)/$(CHARTER)' deploy/demo.sh

test: lint setup-tests ## Everything CI asks: lint, build, tests, and the law on this repository itself
	@$(SWIFT) build --build-tests
	@$(SWIFT) test --skip-build --disable-xctest 2>&1 | tee .build/test.log || { \
		grep -aE -A 4 'recorded an issue' .build/test.log | grep -avE '(started|passed after)' | head -n 80; \
		grep -a 'Test run with' .build/test.log; exit 1; }
	@$(MAKE) --no-print-directory governed
	@grep -E 'Test run with [0-9]+ test' .build/test.log | tail -n 1

test-tidy: setup ## Only the rules of the repository; UPDATE_SNAPSHOTS=1 rewrites generated pages
	@$(SWIFT) test --disable-xctest --filter TidyTests

governed: build ## Check this repository as the governed root it is, and its log
	@$(CHARTER) integrity check --root .
	@$(CHARTER) ledger verify --root .

lint: setup ## Check the format of every Swift file
	@$(SWIFT) format lint --strict --recursive $(FORMATTED)

format: setup ## Bring every Swift file into form
	@$(SWIFT) format --in-place --recursive $(FORMATTED)

bench: setup setup-bench ## Measure checks, decisions, ledgers and packages beside floors and others
	@SWIFT='$(SWIFT)' Tests/Benchmarks/bench.sh
	@SWIFT='$(SWIFT)' Tests/Benchmarks/policy.sh
	@SWIFT='$(SWIFT)' Tests/Benchmarks/ledger.sh
	@SWIFT='$(SWIFT)' Tests/Benchmarks/packages.sh
	@SWIFT='$(SWIFT)' Tests/Benchmarks/planes.sh

setup-bench: setup ## Install the programs that make bench compares with
	@deploy/setup.sh --bench

fuzz: setup ## Feed made-up policies and inputs to the policy engine for ten minutes
	@Tests/Fuzz/fuzz.sh

clean: ## Remove everything that was built
	@rm -rf .build
