# SPDX-License-Identifier: Apache-2.0
#
# Every verb installs what it needs first (make deps, quick when nothing is missing).

SHELL := /bin/bash
JOBS ?= $(shell nproc)
# Test and check share one debug build; the binary people run is a release build with its own directory.
DEBUG := swift build --jobs $(JOBS) --build-tests --explicit-target-dependency-import-check error
RELEASE := swift build --jobs $(JOBS) -c release --static-swift-stdlib --scratch-path .build-release
FUZZ_CASES ?= 200000

.PHONY: help deps build test e2e check fmt fuzz bench bench-agent demo demo-down demo-engine image manifests crds cluster cluster-down clean

help: ## Lists the verbs.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

deps: ## Installs what this machine lacks: -dev packages, restic (two versions), S3 test servers, Kubernetes (built once).
	@Tests/Peers/install

build: deps ## Builds the release binary .build-release/release/velero.
	$(RELEASE) --product velero

# One test at a time: many start programs and servers, and two cores shared by all of them would only measure time limits.
test: build ## Runs every test that needs no cluster.
	$(DEBUG)
	VELERO_BINARY=$(CURDIR)/.build-release/release/velero swift test --skip-build --no-parallel --skip EndToEndTests

e2e: build ## Runs the tests that need a real kubelet, as root, in a cluster started and ended for them.
	$(DEBUG)
	deploy/dev/e2e

check: deps ## Lints format, layers and rules; builds with undeclared imports as errors.
	swift format lint --strict --parallel --recursive Sources Tests Package.swift
	Tests/Layers/check
	$(DEBUG)

fmt: ## Formats all Swift code in place.
	swift format --in-place --parallel --recursive Sources Tests Package.swift

image: build ## Writes the image as build/velero-image.tar, for docker load, podman load and ctr images import.
	deploy/image/build

manifests: deps ## Writes deploy and daemonset from the sources; make test fails when they are not current.
	$(DEBUG)
	UPDATE_MANIFESTS=1 swift test --skip-build --filter ManifestFilesTests

crds: manifests

fuzz: deps ## Runs the decoders' fuzz tests at length (FUZZ_CASES=200000).
	$(DEBUG)
	FUZZ_CASES=$(FUZZ_CASES) swift test --skip-build --filter Fuzz

bench: build ## Compares with the newest restic in one run; writes benchmarks/results.md.
	benchmarks/compare/run

bench-agent: build ## Measures what a PodVolumeBackup costs beside its bytes; writes benchmarks/agent/results.md. Needs root.
	benchmarks/agent/run

demo: build ## Backs up the volumes of a workload on a real Kubernetes, loses and restores them; leaves the cluster up. Needs root.
	deploy/dev/demo

demo-down: ## Ends what make demo left up.
	deploy/dev/demo-down

demo-engine: build ## The same story with the repository engine alone: a directory to S3 and back. Needs no root.
	deploy/dev/demo-engine

cluster: deps ## Starts the development cluster on this machine, as root (see deploy/dev/cluster/README.md).
	@deploy/dev/cluster/cluster up

cluster-down: ## Ends the development cluster and puts the machine back.
	@deploy/dev/cluster/cluster down

clean: ## Removes build directories.
	rm -rf .build .build-release
