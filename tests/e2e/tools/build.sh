#!/bin/sh
# Builds the tools that tests hold renders against: helm 3 and 4, kustomize, kubeconform, kube-score, a player of Prometheus
# rules and the scheduler program, from Go modules pinned by go.sum; and writes the JSON schemas of the Kubernetes API and of
# the custom resources that haplan writes. Nothing is done when nothing has changed since.
#
# usage: build.sh GO OUT PYTHON    GO: the go command; OUT: the folder to build into; PYTHON: one with PyYAML
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
go=$1
out=$2
python=$3

export GOTOOLCHAIN=local GOWORK=off CGO_ENABLED=0 GOFLAGS="-mod=readonly -buildvcs=false -trimpath"
mkdir -p "$out"

# What the tools are made of, in one line.
inputs() {
  find "$here" "$here/../scheduler" -type f ! -name '*_test.py' | LC_ALL=C sort | while read -r file; do cat "$file"; done
  "$go" version
}
key=$(inputs | cksum)
if [ "$(cat "$out/made" 2>/dev/null)" = "$key" ]; then exit 0; fi
rm -f "$out/made"

# build FOLDER PACKAGE NAME [LINKER FLAGS]
build() {
  (cd "$1" && "$go" build -ldflags="-s -w ${4:-}" -o "$out/$3" "$2")
}
# The version of Kubernetes that `helm template` stands in for, which Helm 3's own releases give the linker too.
minor=$(sed -n 's/^\tk8s.io\/api v0\.\([0-9]*\)\..*/\1/p' "$here/go.mod")
variables=helm.sh/helm/v3/pkg/chartutil.k8sVersion
build "$here" helm.sh/helm/v3/cmd/helm helm3 "-X ${variables}Major=1 -X ${variables}Minor=$minor"
build "$here" helm.sh/helm/v4/cmd/helm helm4
build "$here" sigs.k8s.io/kustomize/kustomize/v5 kustomize
build "$here" github.com/yannh/kubeconform/cmd/kubeconform kubeconform
build "$here/kube-score" github.com/zegl/kube-score/cmd/kube-score kube-score
build "$here/rules" . rules
build "$here/../scheduler" . scheduler

kubernetes=$(cd "$here/../scheduler" && "$go" list -m -f '{{.Dir}}' k8s.io/kubernetes)
# Custom resources, from the modules of their operators. These are not built, so no go.sum knows them: the sum stands here.
# resources MODULE@VERSION SUM: the module's folder
resources() {
  found=$(GOFLAGS=-mod=mod "$go" mod download -json "$1")
  case $found in *"\"Sum\": \"$2\""*) ;; *) echo "$1 is not what it was: $found" >&2 && exit 1 ;; esac
  printf '%s\n' "$found" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p'
}
operator=$(resources github.com/prometheus-operator/prometheus-operator@v0.85.0 h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s=)
chaos=$(resources github.com/chaos-mesh/chaos-mesh@v0.9.1-0.20260902003049-47411975a8cb h1:0TeWmCELKreoLAXuoPaO2qpJe73foDgOoyU3fdKQN4A=)
"$python" "$here/schemas.py" "$kubernetes/api/openapi-spec/swagger.json" "$out/schemas" \
  "$operator/example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml" \
  "$chaos/config/crd/bases/chaos-mesh.org_podchaos.yaml" "$chaos/config/crd/bases/chaos-mesh.org_physicalmachinechaos.yaml"
echo "$key" >"$out/made"
