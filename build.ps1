# The same commands as build.sh, for Windows PowerShell 5.1 and PowerShell 7.
# There is no param block, so that every argument after the command reaches the program as it is.
$ErrorActionPreference = 'Stop'
$root = $PSScriptRoot

# No build server shall outlive the command.
$env:DOTNET_CLI_TELEMETRY_OPTOUT = '1'
$env:DOTNET_NOLOGO = '1'
$env:DOTNET_CLI_USE_MSBUILD_SERVER = '0'
$env:MSBUILDDISABLENODEREUSE = '1'
$env:UseSharedCompilation = 'false'
# OpenMP's threads spin while they wait; beside any other busy process that costs far more than it gains.
if ($args[0] -ne 'bench' -and -not $env:OMP_WAIT_POLICY) { $env:OMP_WAIT_POLICY = 'PASSIVE' }

$usage = @'
Usage: ./build.ps1 COMMAND [ARGUMENT...]

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
          'mutate [FILE...]', a sample by default; the report goes to artifacts/mutation
  pack    make the NuGet package in artifacts/packages; arguments go to 'dotnet pack'
  consumer
          use the packed package in new C# and F# projects outside of the repository
  site    build the documents and the API reference as a web site in artifacts/site
  help    show this text

consumer and site need the bash of Git for Windows; mutate needs Linux.

The environment variable TorchBackend chooses the libtorch of demo, test, bench, fuzz, soak and coverage:
cpu (default), cuda-linux or cuda-windows, as in

  $env:TorchBackend = 'cuda-windows'; ./build.ps1 demo
'@

function Stop-WithError([string] $message, [int] $code = 1) {
    [Console]::Error.WriteLine("error: $message")
    exit $code
}

function Assert-Sdk {
    # Windows PowerShell takes redirected error output for an error of its own.
    $ErrorActionPreference = 'Continue'
    $download = 'https://dotnet.microsoft.com/download/dotnet/10.0'
    if (-not (Get-Command dotnet -ErrorAction SilentlyContinue)) {
        Stop-WithError "dotnet was not found: install the .NET SDK 10 from $download"
    }
    dotnet --version 2>&1 | Out-Null
    if ($LASTEXITCODE -ne 0) {
        Stop-WithError "no installed .NET SDK satisfies global.json: install the .NET SDK 10 from $download"
    }
}

# Builds one program, showing the build only when it fails, and returns the path of the result.
function Build-Program([string] $project) {
    [Console]::Error.WriteLine("Building $(Split-Path -Leaf $project) ...")
    $log = dotnet build $project -c Release --nologo -v minimal
    if ($LASTEXITCODE -ne 0) {
        [Console]::Error.WriteLine($log -join [Environment]::NewLine)
        exit 1
    }
    dotnet msbuild $project -nologo -p:Configuration=Release -getProperty:TargetPath
}

# The version of this state of the sources: that of a tag, or one that no other state and no earlier package has, so that
# no consumer finds an older one in its cache.
function Get-PackageVersion {
    if (-not (Test-Path .git)) { return $null }
    # Windows PowerShell takes redirected error output for an error of its own.
    $ErrorActionPreference = 'Continue'
    $version = dotnet build src/SegLossBias -c Release --nologo -v quiet -t:MinVer -getProperty:MinVerVersion
    if ($LASTEXITCODE -ne 0) { Stop-WithError "MinVer found no version: $version" }
    if (-not (Get-Command git -ErrorAction SilentlyContinue)) { Stop-WithError 'git was not found, and the version comes from its tags' }
    git describe --exact-match --tags --match 'v*' 2>&1 | Out-Null
    $tagged = $LASTEXITCODE -eq 0
    if ((git status --porcelain) -or -not $tagged) {
        # A release with changes is an early state of something else.
        if ($version -notlike '*-*') { $version += '-changed' }
        $version += '.' + [DateTime]::UtcNow.ToString('yyyyMMddHHmmss')
    }
    $version
}

# One of the scripts in eng. Windows has a bash of WSL too, which sees neither this SDK nor these paths.
function Invoke-Script([string] $script) {
    $bash = 'bash'
    if ($env:OS -eq 'Windows_NT') {
        # Git's programs lie in mingw64/libexec/git-core below its root.
        if (Get-Command git -ErrorAction SilentlyContinue) { $bash = Join-Path (git --exec-path) '../../../bin/bash.exe' }
    }
    if (-not (Get-Command $bash -ErrorAction SilentlyContinue)) {
        Stop-WithError "bash was not found: install Git for Windows, or run $script elsewhere"
    }
    & $bash $script $rest
    exit $LASTEXITCODE
}

$command = 'help'
if ($args.Count -gt 0) { $command = [string] $args[0] }
$rest = @()
for ($i = 1; $i -lt $args.Count; $i++) {
    $argument = [string] $args[$i]
    # PowerShell hands over '-p:Name=Value' in two parts.
    if ($argument -match '^-\w+:$' -and $i + 1 -lt $args.Count) { $argument += [string] $args[++$i] }
    $rest += $argument
}

# In the root, where global.json says which SDKs will do.
Push-Location $root
try {
    switch ($command) {
        'demo' {
            Assert-Sdk
            $program = Build-Program 'experiments/SegLossBias.Experiments'
            Pop-Location
            try { dotnet $program $rest } finally { Push-Location $root }
            exit $LASTEXITCODE
        }
        'test' {
            Assert-Sdk
            if (Test-Path artifacts/test-results) { Remove-Item -Recurse -Force artifacts/test-results }
            dotnet build SegLossBias.sln -c Release --nologo
            if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
            dotnet test SegLossBias.sln -c Release --no-build --nologo -m:1 --logger trx --results-directory artifacts/test-results $rest
            exit $LASTEXITCODE
        }
        'bench' {
            Assert-Sdk
            $program = Build-Program 'benchmarks/SegLossBias.Benchmarks'
            dotnet $program $rest
            exit $LASTEXITCODE
        }
        { $_ -in 'fuzz', 'soak' } {
            Assert-Sdk
            $program = Build-Program 'tests/SegLossBias.Tests'
            dotnet $program $command $rest
            exit $LASTEXITCODE
        }
        'coverage' {
            Assert-Sdk
            if (Test-Path artifacts/coverage) { Remove-Item -Recurse -Force artifacts/coverage }
            dotnet build tests/SegLossBias.Tests -c Release --nologo
            if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
            dotnet test tests/SegLossBias.Tests -c Release --no-build --nologo --settings eng/coverage.runsettings --results-directory artifacts/coverage $rest
            if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
            dotnet run --file eng/coverage.cs -- artifacts/coverage
            exit $LASTEXITCODE
        }
        'pack' {
            Assert-Sdk
            $packages = Join-Path (Join-Path $root 'artifacts') 'packages'
            dotnet restore src/SegLossBias --nologo -v quiet
            if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
            $version = Get-PackageVersion
            $override = @()
            if ($version) { $override += "-p:MinVerVersionOverride=$version" }
            # An older package stays until the new one is whole.
            $made = Join-Path ([IO.Path]::GetTempPath()) ([IO.Path]::GetRandomFileName())
            try {
                dotnet pack src/SegLossBias -c Release -o $made --nologo $override $rest
                if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
                New-Item -ItemType Directory -Force $packages | Out-Null
                Remove-Item (Join-Path $packages 'SegLossBias.*nupkg')
                Move-Item (Join-Path $made 'SegLossBias.*nupkg') $packages
            }
            finally {
                if (Test-Path $made) { Remove-Item -Recurse -Force $made }
            }
            $package = Get-ChildItem $packages -Filter 'SegLossBias.*.nupkg' | Select-Object -First 1
            $version = $package.BaseName.Substring('SegLossBias.'.Length)
            @(
                ''
                $package.FullName
                ''
                'To add it to a project, in the folder of that project:'
                ''
                '  dotnet new nugetconfig'
                "  dotnet nuget add source `"$packages`" --name SegLossBias --configfile nuget.config"
                "  dotnet add package SegLossBias --version $version"
            )
        }
        { $_ -in 'consumer', 'site', 'mutate' } {
            Assert-Sdk
            Invoke-Script "eng/$command.sh"
        }
        { $_ -in 'help', '-h', '--help' } { $usage }
        default {
            [Console]::Error.WriteLine($usage)
            Stop-WithError "unknown command '$command'" 2
        }
    }
}
finally {
    Pop-Location
}
