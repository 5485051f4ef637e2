#!/usr/bin/env bash
# Uses the package in artifacts/packages as a stranger would: in new projects outside of the repository, restored from a
# local feed, C# published trimmed with warnings as errors, and F#. Each trains, logs, evaluates, saves and loads.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." >/dev/null && pwd)"
packages=("$root"/artifacts/packages/SegLossBias.*.nupkg)
[[ -e ${packages[0]} ]] || {
    echo "error: there is no package in artifacts/packages: run './build.sh pack' first" >&2
    exit 1
}
hidden=$(unzip -p "${packages[0]}" lib/net10.0/SegLossBias.xml | grep -c 'name="T:SegLossBias\.\(Operation\|RegionKernel\|TileWalk\)"' || true)
[[ $hidden -eq 0 ]] || {
    echo "error: the documentation in the package names internal types" >&2
    exit 1
}
version=$(basename "${packages[0]}" .nupkg)
version=${version#SegLossBias.}

projects=$(mktemp -d)
trap 'rm -rf "$projects"' EXIT
cp -r "$root"/tests/consumer/* "$projects"
cd "$projects"
dotnet new nugetconfig >/dev/null
# The feeds of the machine stay; the local one is added.
sed -i.bak '/<clear \/>/d; /nuget.org/d' nuget.config
dotnet nuget add source "$root/artifacts/packages" --name SegLossBias --configfile nuget.config >/dev/null

for language in csharp fsharp; do
    echo "== $language, SegLossBias $version"
    status=0
    dotnet publish "$language" -c Release -o "out/$language" --nologo -v minimal -p:SegLossBiasVersion="$version" >publish.log 2>&1 || status=$?
    if [[ $status -ne 0 ]] || grep -q 'IL[0-9]\{4\}: SegLossBias' publish.log; then
        grep -v 'IL[0-9]\{4\}: TorchSharp' publish.log >&2
        echo "error: $language does not build, or the trimmer warns of SegLossBias" >&2
        exit 1
    fi
    "out/$language/Consumer"
done
