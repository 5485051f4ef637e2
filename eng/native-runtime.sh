#!/usr/bin/env bash
# Makes sure that the C++ runtime TorchSharp's native part needs is there. Prints nothing where it is.
# Everything else that libtorch and SkiaSharp (NoDependencies) load comes with their packages or with glibc 2.34.
set -euo pipefail

readonly needed=GLIBCXX_3.4.32 # libstdc++ of GCC 13, asked for by libLibTorchSharp.so
readonly suite=trixie          # the Debian release that brings it
readonly sources_file=/etc/apt/sources.list.d/$suite-libstdcxx.sources
readonly preferences_file=/etc/apt/preferences.d/$suite-libstdcxx

self="$(cd "$(dirname "${BASH_SOURCE[0]}")" >/dev/null && pwd)/$(basename "${BASH_SOURCE[0]}")"

fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

# The libstdc++ that `dotnet` itself is linked to is the one its native libraries get. Where `dotnet` is a
# wrapper that ldd cannot read, the loader's own cache answers.
loaded_libstdcxx() {
    local found cpu=
    found=$(ldd "$(command -v dotnet)" 2>/dev/null | sed -n 's/^[[:space:]]*libstdc++\.so\.6 => \(\/.*\) (0x.*/\1/p') || true
    if [[ -z $found ]]; then
        [[ $(uname -m) != x86_64 ]] || cpu=x86-64
        found=$(PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null |
            sed -n "s/^[[:space:]]*libstdc++\.so\.6 (.*$cpu.*) => //p") || true
    fi
    printf '%s' "${found%%$'\n'*}"
}

has_symbol_version() {
    LC_ALL=C grep -qaF "$needed" "$1"
}

# apt reads its own sources, whichever format they have; security and updates suites are not what is asked for.
debian_archive() {
    apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(COMPONENT)|$(RELEASE)|$(REPO_URI)|$(SOURCESENTRY)' \
        'Created-By: Packages' 2>/dev/null |
        awk -F'|' '$1 == "Debian" && $2 == "Debian" && $3 == "main" && $4 !~ /-/ && !found { print $5 "|" $6; found = 1 }'
}

# Prints the key that the sources name for an archive; nothing where they leave it to apt's trusted keys.
signing_key() {
    local uri=${1%/} file=${2%:*} keys
    case $file in
        *.sources)
            keys=$(awk -v RS= -v uri="$uri" 'index($0, uri)' "$file" |
                sed -n 's/^[Ss]igned-[Bb]y:[[:space:]]*\(\/.*[^[:space:]]\)[[:space:]]*$/\1/p') ;;
        *)
            keys=$(awk -v uri="$uri" '$1 == "deb" && index($0, uri)' "$file" |
                sed -n 's/^deb[[:space:]]*\[[^]]*signed-by=\([^][:space:]]*\).*/\1/p') ;;
    esac
    printf '%s' "${keys%%$'\n'*}"
}

add_suite() {
    local archive uri key
    archive=$(debian_archive)
    if [[ -z $archive ]]; then
        # Without package lists apt does not know yet whose archive it is.
        apt-get -q update || true
        archive=$(debian_archive)
    fi
    [[ -n $archive ]] || return 1
    uri=${archive%%|*}
    key=$(signing_key "$uri" "${archive#*|}")

    # The pin comes first, so that at no time the suite could upgrade anything else.
    printf 'Package: *\nPin: release n=%s\nPin-Priority: 100\n' "$suite" >"$preferences_file"
    {
        printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\n' "$uri" "$suite"
        [[ -z $key ]] || printf 'Signed-By: %s\n' "$key"
    } >"$sources_file"
    chmod 644 "$preferences_file" "$sources_file"
}

install_from_debian() {
    export DEBIAN_FRONTEND=noninteractive
    if [[ -z $(apt-get indextargets --format '$(RELEASE)' "Release: $suite" 'Created-By: Packages' 2>/dev/null) ]]; then
        add_suite || {
            echo "no Debian archive in apt's sources"
            return 1
        }
    fi
    # An unrelated source that is out of order shall not stop this: the installation decides.
    apt-get -q update || true
    apt-get -q -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \
        install -y -t "$suite" libstdc++6
}

[[ $(uname -s) == Linux ]] || exit 0

library=$(loaded_libstdcxx)
if [[ -z $library ]]; then
    echo "warning: could not find out which libstdc++.so.6 is used; TorchSharp needs one with $needed." >&2
    exit 0
fi
! has_symbol_version "$library" || exit 0

problem="error: TorchSharp needs a C++ runtime with $needed (GCC 13 or newer); $library does not have it."
elsewhere="Elsewhere: install libstdc++ of GCC 13 or newer (Ubuntu 24.04, Debian 13 and Fedora 39 or later have it)."

if [[ $(id -u) != 0 ]]; then
    fail "$problem" \
        "On Debian: run once as root: $self   (installs libstdc++6 from Debian $suite)" \
        "$elsewhere"
fi
if ! command -v apt-get >/dev/null; then
    fail "$problem" "$elsewhere"
fi

echo "Installing libstdc++6 from Debian $suite: TorchSharp needs $needed, $library does not have it." >&2
if ! log=$(install_from_debian 2>&1); then
    fail "$log" "$problem" "The installation failed, see above. $elsewhere"
fi
library=$(loaded_libstdcxx)
has_symbol_version "$library" ||
    fail "$log" "error: libstdc++6 was installed, but $library still lacks $needed. Is LD_LIBRARY_PATH set to an older one?"
