# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Kubernetes 1.20 from Debian 12's own source package, built once into the cache, and the two base images. Sourced by `cluster`.

# Counts changes of what is built from the same source; programs of another number are built anew.
recipe=2
go_root=/usr/lib/go-1.19
kubernetes_programs=(kube-apiserver kubectl kube-controller-manager kube-scheduler kubelet kube-proxy)
build_packages=(golang-1.19-go golang-github-modern-go-reflect2-dev dpkg-dev gcc libc6-dev)
plane_packages=(etcd-server openssl curl)
node_packages=(containerd runc containernetworking-plugins iptables conntrack socat ipset iproute2 procps util-linux
    busybox-static python3 python3-fusepy)

install_packages() {
    local missing
    missing=$(for package in "$@"; do
        dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || echo "$package"
    done)
    [ -n "$missing" ] || return 0
    say "installing" $missing
    as_root apt-get update -qq
    # shellcheck disable=SC2086 # a list of package names
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
}

# Downloads the source package into $1 from the Debian archives this machine already uses. They may list no sources, so a private
# apt directory does; the machine's own settings stay as they are.
download_source() {
    local apt=$1/apt signed= keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    [ ! -e "$keyring" ] || signed="[signed-by=$keyring] "
    mkdir -p "$apt/lists/partial" "$apt/archives/partial"
    apt-get indextargets --format '$(CREATED_BY) $(ORIGIN) $(REPO_URI) $(RELEASE) $(COMPONENT)' |
        awk -v signed="$signed" '$1 == "Packages" && $2 == "Debian" { print "deb-src " signed $3, $4, $5 }' |
        sort -u >"$apt/sources.list"
    [ -s "$apt/sources.list" ] || die "apt knows no Debian archive: run apt-get update"
    cat >"$apt/apt.conf" <<CONF
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::lists "$apt/lists";
Dir::Cache "$apt";
APT::Sandbox::User "$(id -un)";
CONF
    (
        cd "$1"
        export APT_CONFIG=$apt/apt.conf
        apt-get update -qq >&2
        apt-get source -qq --download-only kubernetes >&2
    )
}

unpack_source() {
    local tree=$1 download=$cache/download
    say "fetching the source of Kubernetes"
    rm -rf "$tree" "$download"
    mkdir -p "$download" "$(dirname "$tree")"
    download_source "$download"
    dpkg-source --no-check -x "$download"/kubernetes_*.dsc "$tree" >&2
    rm -rf "$download"
    grep -q 'tag: v1\.20\.' "$tree/hack/lib/version.sh" ||
        die "this knows how to build Kubernetes 1.20 of Debian 12, and the archive has another version"
    # The bundled reflect2 predates Go 1.18: an API server built with it crashes when it encodes a map, that is with the first
    # custom resource. Debian's package of the library is newer.
    rm -r "$tree/vendor/github.com/modern-go/reflect2"
    cp -r /usr/share/gocode/src/github.com/modern-go/reflect2 "$tree/vendor/github.com/modern-go/"
    # The bundled validator takes a value for null that equals its type's zero as reflection sees it. Up to Go 1.17 that never came
    # about; from 1.18 on it does for empty strings, which Velero's objects have, and which every real cluster accepts.
    local validator=$tree/vendor/k8s.io/kube-openapi/pkg/validation/validate/type.go
    local condition='data == nil || reflect.DeepEqual(reflect.Zero(reflect.TypeOf(data)), reflect.ValueOf(data))'
    grep -qF "$condition" "$validator" || die "the source's validator is not the one known"
    sed -i "s/$condition/data == nil/" "$validator"
}

# go_build OUTPUT PACKAGE…, in the source tree, with the version stamp clients compare.
go_build() {
    local output=$1 stamp
    shift
    stamp=$(
        export KUBE_ROOT=$PWD KUBE_GO_PACKAGE=k8s.io/kubernetes
        set +eu
        # shellcheck source=/dev/null
        . hack/lib/version.sh
        kube::version::ldflags
    )
    CGO_ENABLED=0 go build -trimpath -ldflags "-s -w $stamp" -o "$output" "$@"
}

# The API server embeds OpenAPI definitions of all its types, which the source package leaves to be generated. The generator's
# report of known oddities tells whether exactly the right packages went in.
generate_openapi() {
    local package=pkg/generated/openapi report=$cache/build/oddities inputs
    say "generating OpenAPI definitions"
    go_build "$cache/build/openapi-gen" ./vendor/k8s.io/kube-openapi/cmd/openapi-gen
    inputs=$(
        grep -rlE '^\s*//\s*\+k8s:openapi-gen=' --include='*.go' pkg staging/src |
            grep -vE '/(testdata|code-generator|sample-apiserver)/' |
            xargs -n1 dirname | LC_ALL=C sort -u |
            sed -e 's#^staging/src/#vendor/#' -e 's#^#k8s.io/kubernetes/#' | paste -sd,
    )
    "$cache/build/openapi-gen" --input-dirs "$inputs" --output-package "k8s.io/kubernetes/$package" \
        --output-file-base zz_generated.openapi --go-header-file hack/boilerplate/boilerplate.generatego.txt \
        --output-base "$GOPATH/src" --report-filename "$report"
    sed -i 's#k8s.io/kubernetes/vendor/##g' "$package/zz_generated.openapi.go" "$report"
    cmp "$report" api/api-rules/violation_exceptions.list >&2 || die "unexpected OpenAPI definitions"
}

build_programs() {
    local program missing=() tree=$cache/build/go/src/k8s.io/kubernetes
    for program in "${kubernetes_programs[@]}"; do
        [ -x "$programs/$program" ] && [ "$(cat "$programs/recipe" 2>/dev/null)" = $recipe ] || missing+=("./cmd/$program")
    done
    [ ${#missing[@]} -gt 0 ] || [ ! -x "$programs/pause" ] || return 0
    install_packages "${build_packages[@]}"
    rm -rf "$cache/build"
    mkdir -p "$programs" "$cache/build/new"
    (
        export GOROOT=$go_root GOPATH=$cache/build/go GOCACHE=$cache/build/go-build GO111MODULE=off GOFLAGS=
        export PATH=$go_root/bin:$PATH
        unpack_source "$tree"
        cd "$tree"
        gcc -Os -static -DVERSION=v3.4 -o "$cache/build/new/pause" build/pause/linux/pause.c
        generate_openapi
        say "building ${missing[*]##*/}: some minutes"
        [ ${#missing[@]} -eq 0 ] || go_build "$cache/build/new/" "${missing[@]}"
    )
    echo $recipe >"$cache/build/new/recipe"
    mv "$cache/build/new"/* "$programs/"
    chmod -R u+w "$cache/build"
    rm -rf "$cache/build"
}

build_images() {
    local root applet
    mkdir -p "$images"
    if [ ! -e "$images/pause.tar" ]; then
        root=$(mktemp -d)
        install -m 755 "$programs/pause" "$root/pause"
        "$here/pack-image" --output "$images/pause.tar" --user 65535:65535 "$pause_image" "$root" /pause
        rm -r "$root"
    fi
    if [ ! -e "$images/busybox.tar" ]; then
        root=$(mktemp -d)
        chmod 755 "$root"
        mkdir -p "$root"/{bin,etc,root,proc,sys,dev,var/run}
        mkdir -m 1777 "$root/tmp"
        install -m 755 "$(type -P busybox)" "$root/bin/busybox"
        for applet in $("$root/bin/busybox" --list); do
            [ -e "$root/bin/$applet" ] || ln -s busybox "$root/bin/$applet"
        done
        printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n' >"$root/etc/passwd"
        printf 'root:x:0:\nnogroup:x:65534:\n' >"$root/etc/group"
        "$here/pack-image" --output "$images/busybox.tar" --default-command "$busybox_image" "$root" sh
        rm -r "$root"
    fi
}

# Two builds at once (a test run beside a demo) would write over each other.
cluster_build() {
    mkdir -p "$cache"
    exec 8>"$cache/build.lock"
    flock 8
    install_packages "${plane_packages[@]}" "${node_packages[@]}"
    build_programs
    build_images
    exec 8>&-
}
