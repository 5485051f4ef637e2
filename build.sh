#!/usr/bin/env bash
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")" >/dev/null && pwd)"

# No build server shall outlive the command.
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_USE_MSBUILD_SERVER=0
export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false

# OpenMP's threads spin while they wait; beside any other busy process that costs far more than it gains.
# Benchmarks alone keep libtorch at its best.
[[ ${1:-} == bench ]] || export OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-PASSIVE}

usage() {
    cat <<'USAGE'
Usage: ./build.sh COMMAND [ARGUMENT...]

  demo    train one small network once per loss and compare them; 'demo --help' lists the options and the
          commands for whole experiments (compare, ablate, figures, plan, run, collect)
  test    build everything and run the tests; arguments go to 'dotnet test' (such as --filter NAME)
  bench   run the benchmarks; 'bench --quick' takes three minutes, 'bench --help' lists the options,
          others go to BenchmarkDotNet (such as --filter '*')
  fuzz    attack every public entry with hostile inputs: 'fuzz [COUNT] [--seed S]' (5000 cases by default),
          'fuzz --replay SEED:CASE' for one that failed
  soak    train with all losses on 8 threads and watch the memory: 'soak [STEPS]' (50000 by default) or
          'soak --minutes M'; the curve goes to artifacts/soak
  coverage
          count the lines of the library that its tests reach, and print those of files below 95 % that they do not
  mutate  change the library in small ways and see whether the tests of eng/mutation-tests.txt notice:
          'mutate [FILE...]', such as 'mutate Formulas/LinearForm.cs' or 'mutate "Metrics/Surface/*.cs"', a sample by
          default; add the tests of your file to that list; the report goes to artifacts/mutation; Linux only
  pack    make the NuGet package in artifacts/packages; arguments go to 'dotnet pack'
  consumer
          use the packed package in new C# and F# projects outside of the repository
  site    build the documents and the API reference as a web site in artifacts/site
  help    show this text

Each command first sets up what it needs. The environment variable TorchBackend chooses the libtorch
of demo, test, bench, fuzz, soak and coverage: cpu (default), cuda-linux or cuda-windows, as in

  TorchBackend=cuda-linux ./build.sh demo
USAGE
}

fail() {
    printf 'error: %s\n' "$1" >&2
    exit 1
}

require_sdk() {
    local download=https://dotnet.microsoft.com/download/dotnet/10.0 answer status=0
    command -v dotnet >/dev/null ||
        fail "dotnet was not found: install the .NET SDK 10 from $download"
    # In the root, where global.json says which SDKs will do; 155 means that none does.
    answer=$(cd "$root" && dotnet --version 2>&1) || status=$?
    case $status in
        0) ;;
        155) fail "no installed .NET SDK satisfies global.json: install the .NET SDK 10 from $download" ;;
        *) fail "'dotnet --version' failed: $(head -n 1 <<<"$answer")" ;;
    esac
}

require_torch() {
    require_sdk
    "$root/eng/native-runtime.sh"
}

# Builds one program, showing the build only when it fails, and sets `program` to the result.
build_program() {
    local log
    echo "Building $(basename "$1") ..." >&2
    log=$(cd "$root" && dotnet build "$1" -c Release --nologo -v minimal 2>&1) || {
        printf '%s\n' "$log" >&2
        exit 1
    }
    program=$(cd "$root" && dotnet msbuild "$1" -nologo -p:Configuration=Release -getProperty:TargetPath)
}

demo() {
    require_torch
    build_program experiments/SegLossBias.Experiments
    exec dotnet "$program" "$@"
}

run_tests() {
    require_torch
    cd "$root"
    rm -rf artifacts/test-results
    dotnet build SegLossBias.sln -c Release --nologo
    exec dotnet test SegLossBias.sln -c Release --no-build --nologo \
        -m:1 --logger trx --results-directory artifacts/test-results "$@"
}

# The programs of the test assembly.
attack() {
    require_torch
    build_program tests/SegLossBias.Tests
    cd "$root" # artifacts/soak is here.
    exec dotnet "$program" "$@"
}

coverage() {
    require_torch
    cd "$root"
    rm -rf artifacts/coverage
    dotnet build tests/SegLossBias.Tests -c Release --nologo
    dotnet test tests/SegLossBias.Tests -c Release --no-build --nologo \
        --settings eng/coverage.runsettings --results-directory artifacts/coverage "$@"
    exec dotnet run --file eng/coverage.cs -- artifacts/coverage
}

bench() {
    require_torch
    build_program benchmarks/SegLossBias.Benchmarks
    cd "$root" # BenchmarkDotNet looks for the project file from here.
    exec dotnet "$program" "$@"
}

# The version of this state of the sources: that of a tag, or one that no other state and no earlier package has, so that
# no consumer finds an older one in its cache.
package_version() {
    local version
    [[ -e .git ]] || return 0
    version=$(dotnet build src/SegLossBias -c Release --nologo -v quiet -t:MinVer -getProperty:MinVerVersion)
    if [[ -n $(git status --porcelain) ]] || ! git describe --exact-match --tags --match 'v*' >/dev/null 2>&1; then
        # A release with changes is an early state of something else.
        [[ $version == *-* ]] || version="$version-changed"
        version="$version.$(date -u +%Y%m%d%H%M%S)"
    fi
    echo "$version"
}

pack() {
    local packages="$root/artifacts/packages" version
    require_sdk
    cd "$root"
    dotnet restore src/SegLossBias --nologo -v quiet
    version=$(package_version)
    # An older package stays until the new one is whole.
    made=$(mktemp -d)
    trap 'rm -rf "$made"' EXIT
    dotnet pack src/SegLossBias -c Release -o "$made" --nologo ${version:+-p:MinVerVersionOverride="$version"} "$@"
    mkdir -p "$packages"
    rm -f "$packages"/SegLossBias.*nupkg
    mv "$made"/SegLossBias.*nupkg "$packages"
    version=$(basename "$packages"/SegLossBias.*.nupkg .nupkg)
    version=${version#SegLossBias.}
    cat <<DONE

$packages/SegLossBias.$version.nupkg

To add it to a project, in the folder of that project:

  dotnet new nugetconfig
  dotnet nuget add source "$packages" --name SegLossBias --configfile nuget.config
  dotnet add package SegLossBias --version $version
DONE
}

command=${1:-help}
[[ $# -eq 0 ]] || shift
case $command in
    demo) demo "$@" ;;
    test) run_tests "$@" ;;
    bench) bench "$@" ;;
    fuzz | soak) attack "$command" "$@" ;;
    coverage) coverage "$@" ;;
    mutate) require_torch; exec "$root/eng/mutate.sh" "$@" ;;
    pack) pack "$@" ;;
    consumer) require_torch; exec "$root/eng/consumer.sh" "$@" ;;
    site) require_sdk; exec "$root/eng/site.sh" "$@" ;;
    help | -h | --help) usage ;;
    *)
        echo "error: unknown command '$command'" >&2
        usage >&2
        exit 2
        ;;
esac
