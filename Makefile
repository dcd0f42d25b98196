# OpenClaw for Mattermost. `make help` lists the targets; the work is done by the small programs in build/.

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
SHELL := /bin/sh

PLUGIN_ID := $(shell sed -n 's/^  "id": *"\(.*\)".*/\1/p' plugin.json)
VERSION := $(shell sed -n 's/^  "version": *"\(.*\)".*/\1/p' plugin.json)
PLATFORMS := linux-amd64 linux-arm64 darwin-amd64 darwin-arm64 windows-amd64
HOST_PLATFORM := $(shell go env GOOS)-$(shell go env GOARCH)

BUNDLE := dist/$(PLUGIN_ID)-$(VERSION).tar.gz
HOST_BUNDLE := dist/host/$(PLUGIN_ID)-$(VERSION).tar.gz
ADAPTER := dist/openclaw-mattermost-adapter-$(VERSION).tgz
WEB_BUNDLE := webapp/dist/main.js

NODE := build/node
SETUP := node_modules/.setup

# Our own files below folders, without what is installed, built or a test.
sources = $(shell find $(1) \( -name node_modules -o -name dist -o -name testdata \) -prune -o -type f \
	! -name '*_test.go' ! -name '*.test.ts' ! -name '*.test.tsx' -print 2>/dev/null)
executable = server/dist/plugin-$(1)$(if $(filter windows-%,$(1)),.exe)

GO_SOURCES := $(filter %.go %.sql,$(call sources,server)) $(wildcard go.mod go.sum)
WEB_SOURCES := $(call sources,webapp) build/webapp.ts
ADAPTER_SOURCES := $(filter-out %/THIRD_PARTY_NOTICES.txt,$(call sources,gateway-adapter contract/src)) plugin.json LICENSE \
	build/adapter.ts build/notices.ts
BUNDLE_SOURCES := $(call sources,assets) plugin.json LICENSE build/bundle.ts build/tarball.ts build/notices.ts

## Checks the style, runs the unit tests and builds both artefacts.
.PHONY: all
all: check-style test-unit dist

## Installs what npm has to bring, with the pinned Node, when it is missing or outdated.
.PHONY: setup
setup: $(SETUP)

$(SETUP): package-lock.json build/setup.mjs
	@node build/setup.mjs

## Builds the two artefacts in dist/: the plugin bundle for all platforms and the packed gateway adapter.
.PHONY: dist
dist: $(BUNDLE) $(ADAPTER)
	@ls -l $^ | awk '{printf "%s  %.1f MB\n", $$NF, $$5 / 1000000}'

## Builds dist/host/ with a bundle for this machine only, and the adapter. Quicker; what the tests and the demo use.
.PHONY: dist-host
dist-host: $(HOST_BUNDLE) $(ADAPTER)

$(BUNDLE): $(foreach platform,$(PLATFORMS),$(call executable,$(platform))) $(WEB_BUNDLE) $(BUNDLE_SOURCES)
	@rm -f dist/$(PLUGIN_ID)-*.tar.gz
	@$(NODE) build/bundle.ts $@ $(PLATFORMS)

$(HOST_BUNDLE): $(call executable,$(HOST_PLATFORM)) $(WEB_BUNDLE) $(BUNDLE_SOURCES)
	@rm -f dist/host/*
	@$(NODE) build/bundle.ts $@ $(HOST_PLATFORM)

$(ADAPTER): $(ADAPTER_SOURCES) | $(SETUP)
	@rm -f dist/openclaw-mattermost-adapter-*.tgz
	@$(NODE) build/adapter.ts $@

$(WEB_BUNDLE): $(WEB_SOURCES) | $(SETUP)
	@$(NODE) build/webapp.ts

# The stem is the platform: linux-amd64, windows-amd64.exe.
server/dist/plugin-%: $(GO_SOURCES)
	@echo "go build $@"
	@CGO_ENABLED=0 GOOS=$(word 1,$(subst -, ,$(basename $*))) GOARCH=$(word 2,$(subst -, ,$(basename $*))) \
		go build -trimpath -ldflags "-s -w" -o $@ ./server

## Builds what is shipped in two places, and fails if a byte differs or something would run a script when it is installed.
.PHONY: reproducible
reproducible: setup
	@$(NODE) build/reproducible.ts

## Uploads the bundle to MM_SERVICESETTINGS_SITEURL and enables it.
.PHONY: deploy
deploy: $(BUNDLE)
	@$(NODE) build/deploy.ts $(BUNDLE)

.PHONY: deploy-host
deploy-host: $(HOST_BUNDLE)
	@$(NODE) build/deploy.ts $(HOST_BUNDLE)

# What the test bed needs: npm is busy with the network for a minute, and meanwhile Mattermost compiles.
.PHONY: parts
parts:
	@$(MAKE) --no-print-directory -j2 dist-host mattermost-compiled

.PHONY: mattermost-compiled
mattermost-compiled:
	@echo "Compiling Mattermost for the test bed; the first time takes a few minutes."
	@go build -C testbed/mattermost -o /dev/null .

# What the tests in a browser need: installed as root on Debian, asked for elsewhere.
.PHONY: browser
browser: setup
	@$(NODE) build/browser.mjs

## Runs all tests, the e2e ones on built artefacts, and ends with `N passed, N failed`.
.PHONY: test
test: parts browser
	@$(NODE) build/test.ts go unit e2e faults attacks

## Runs the Go tests, with the race detector, and the TypeScript unit tests.
.PHONY: test-unit
test-unit: setup
	@$(NODE) build/test.ts go unit

## Runs the e2e tests on built artefacts.
.PHONY: e2e
e2e: parts browser
	@$(NODE) build/test.ts e2e

## Runs the e2e tests in a browser, and takes the pictures of docs/ anew.
.PHONY: e2e-web
e2e-web: parts browser
	@OC_PICTURES=1 $(NODE) build/test.ts web

## Breaks what can break and counts what that costs; LONG=1 takes its time, ONLY=text runs what has that in its name.
.PHONY: faults
faults: parts
	@$(NODE) faults/src/main.ts

## Leaves it running under traffic, with a fault every few minutes, and prints what was lost and what grew; MINUTES=2 is a short run.
.PHONY: soak
soak: parts
	@$(NODE) faults/src/soak.ts

## Attacks the real plugin and gateway, on loopback only, and prints what held; LONG=1 takes its time, ONLY=text runs what has that in its name.
.PHONY: attacks
attacks: parts
	@$(NODE) attacks/src/main.ts

## Starts Mattermost, PostgreSQL and OpenClaw on this machine, linked and ready to talk to.
.PHONY: demo
demo: parts
	@$(NODE) testbed/src/demo.ts

## Measures the path of a post, each part beside what it is compared with, and all of it beside the official channel; N=0.1 is a short run, ONLY=posting, path, answers, load or versus one part.
.PHONY: bench
bench: parts
	@[ "$(ONLY)" = versus ] || $(NODE) bench/src/main.ts
	@case "$(ONLY)" in "" | versus) $(NODE) bench/src/versus.ts ;; esac

## Checks formatting, lint, types, the manifest and the generated files.
.PHONY: check-style
check-style: setup
	@$(NODE) build/check.ts

## Formats what can be formatted.
.PHONY: format
format: setup
	@$(NODE) node_modules/prettier/bin/prettier.cjs --write --log-level=warn .
	@go tool -modfile=build/tools/go.mod gofumpt -w server testbed

## Writes the generated files anew: the JSON schemas, the adapter's manifest.
.PHONY: generate
generate: setup
	@$(NODE) build/generate.ts

## Writes the version of plugin.json into the other manifests.
.PHONY: version
version: setup
	@$(NODE) build/manifest.ts apply
	@$(NODE) build/generate.ts

## Lists the promises of docs/features.md that no test names.
.PHONY: rows
rows: setup
	@$(NODE) build/rows.ts

## Builds again after each change, and deploys when MM_SERVICESETTINGS_SITEURL is set.
.PHONY: watch
watch: setup
	@$(NODE) build/watch.ts

## Follows this plugin's lines in the server's log.
.PHONY: logs
logs: setup
	@$(NODE) build/logs.ts

## Removes what was built; what npm installed stays.
.PHONY: clean
clean:
	rm -rf dist server/dist webapp/dist gateway-adapter/dist gateway-adapter/THIRD_PARTY_NOTICES.txt

## Lists the targets.
.PHONY: help
help:
	@awk '/^## / {text = substr($$0, 4)} /^[a-z0-9-]+:/ && text {sub(":.*", ""); printf "  make %-12s %s\n", $$0, text; text = ""}' Makefile
