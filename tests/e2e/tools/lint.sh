#!/bin/sh
# gofmt and go vet over the Go programs of the tests, with the flags that build.sh builds them with, so that both share a cache.
#
# usage: lint.sh GO    GO: the go command
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
go=$1

export GOTOOLCHAIN=local GOWORK=off CGO_ENABLED=0 GOFLAGS="-mod=readonly -buildvcs=false -trimpath"
failed=0
unformatted=$("$("$go" env GOROOT)/bin/gofmt" -l "$here/.." 2>&1) || failed=1
if [ -n "$unformatted" ]; then
  echo "not as gofmt writes it: $unformatted"
  failed=1
fi
for folder in "$here/rules" "$here/../scheduler"; do
  (cd "$folder" && "$go" vet ./...) || failed=1
done
exit $failed
