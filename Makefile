# Every target works on a fresh machine with Go, a C compiler and make.

FUZZTIME ?= 10m
# The fuzzers' short turn inside `make test`; FUZZTIME is for `make fuzz`.
TEST_FUZZTIME ?= 5s
# How many pairs `make interference` tries.
PAIRS ?= 20000
# How many random expressions `make fuzz` asks: some seventy a second on two processors.
EXPRESSIONS ?= 200000
LISTEN ?= 127.0.0.1:5433

.DEFAULT_GOAL := help
.PHONY: help build demo test setup peers fuzz interference policy-oracle clients bench lint clean semantics differences

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: bin/sluice testdata/demo/data ## bin/sluice and a servable testdata/demo

# Go itself knows best what has changed.
.PHONY: bin/sluice
bin/sluice:
	go build -o $@ ./cmd/sluice

testdata/demo/data: $(wildcard testdata/demo/generate/*.go)
	go run ./testdata/demo/generate
	@touch $@

demo: build ## serve the demo mesh on 127.0.0.1:5433 (ONCE=1: play the tour and exit)
	bin/sluice demo --mesh testdata/demo --listen $(LISTEN) $(if $(ONCE),--once)

setup: ## install PostgreSQL, MariaDB and MySQL for the tests, if missing
	@scripts/setup.sh

test: setup ## everything, against real servers that it starts and stops itself
	go vet ./...
	go test -timeout 15m ./...
	FUZZTIME=$(TEST_FUZZTIME) scripts/fuzz.sh

fuzz: ## random tests with fresh seeds, 20,000 pairs, then every fuzzer for FUZZTIME (10m); FUZZ=pattern chooses; an hour and more, a short turn is FUZZTIME=2s EXPRESSIONS=2000 PAIRS=300
	SLUICE_SEED=fresh go test -count=5 -timeout 1h -run 'Random|NoMistake|EveryEdit' ./auth/... ./cmd/sluice ./pgwire
	SLUICE_SEED=fresh go test -count=1 -timeout 3h -run '^TestRandomExpressions$$' ./cmd/sluice -random-expressions=$(EXPRESSIONS)
	SLUICE_SEED=fresh PAIRS=$(PAIRS) scripts/policy_oracle.sh interference
	FUZZTIME=$(FUZZTIME) scripts/fuzz.sh

interference: setup ## 20,000 pairs of data that differ in what is hidden (PAIRS, SLUICE_SEED)
	PAIRS=$(PAIRS) scripts/policy_oracle.sh interference

policy-oracle: setup ## policies against views of PostgreSQL, attacks, and PAIRS of interference
	PAIRS=$(PAIRS) scripts/policy_oracle.sh

# Where `make clients` installs what it runs.
CLIENTS_DIR ?= $(CURDIR)/bin/clients

clients: build setup ## run real clients against the demo mesh and PostgreSQL; CLIENTS="psql node" chooses
	clients/install.sh $(CLIENTS_DIR)
	cd clients && SLUICE_CLIENTS=$(abspath $(CLIENTS_DIR)) CLIENTS="$(CLIENTS)" go test -count=1 -timeout 2h -run TestClients

peers: setup ## install what `make bench` compares with: Trino, DuckDB, mysql_fdw
	scripts/peers.sh

bench: ## the measurements; BENCH=pattern chooses, SCALE=1 is how large, PEERS= which engines
	BENCH=$(BENCH) SCALE=$(SCALE) PEERS=$(PEERS) LIMIT=$(LIMIT) REPEAT=$(REPEAT) scripts/bench.sh

lint: ## gofmt, vet, staticcheck
	scripts/lint.sh

semantics: ## ask PostgreSQL and Sluice all of testdata/semantics, in every way; SECTION=9.7 chooses
	SEMANTICS=all SECTION=$(SECTION) go test ./cmd/sluice -count=1 -timeout 1h -v -run '^TestSemantics$$'

differences: ## write docs/differences.md from those cases
	SEMANTICS=all DIFFERENCES=$(CURDIR)/docs/differences.md go test ./cmd/sluice -count=1 -timeout 1h -run '^TestSemantics$$'

clean: ## remove what build made
	rm -rf bin testdata/demo/data
