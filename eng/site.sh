#!/usr/bin/env bash
# Builds the documents and the API reference as one site in artifacts/site. A link that leads nowhere is an error.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

input=artifacts/site-input
rm -rf "$input" artifacts/site
mkdir -p "$input"
# The pages keep their places, so that their links do too; what they lead to comes along.
find README.md CHANGELOG.md CONTRIBUTING.md SECURITY.md LICENSE docs experiments samples src tests \( -name bin -o -name obj -o -name PACKAGE.md \) -prune \
    -o -type f \( -name '*.md' -o -name '*.cs' -o -path 'docs/images/*' -o -name LICENSE \) -print |
    tar -cf - -T - | tar -xf - -C "$input"
cp docs/site/docfx.json docs/site/toc.yml docs/site/index.md "$input"
rm -rf "$input/docs/site"

dotnet tool restore
dotnet docfx "$input/docfx.json" --warningsAsErrors "$@"
echo "Open artifacts/site/README.html, or serve the folder: dotnet docfx serve artifacts/site"
