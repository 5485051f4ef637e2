#!/usr/bin/env bash
# Writes src/SegLossBias/PublicAPI.Unshipped.txt anew: every public symbol that PublicAPI.Shipped.txt does not list.
# Run it after a change of the public surface and look at the difference. A symbol of the shipped file that is gone is not
# handled: the build reports it as RS0017, and it needs a line *REMOVED* by hand.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

api=src/SegLossBias/PublicAPI.Unshipped.txt
printf '#nullable enable\n' >"$api"
dotnet restore src/SegLossBias
dotnet format analyzers src/SegLossBias/SegLossBias.csproj --diagnostics RS0016 --no-restore
dotnet build src/SegLossBias --configuration Release --no-restore # Fails where the file does not match the code.
git --no-pager diff --stat -- "$api"
