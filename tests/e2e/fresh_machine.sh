#!/bin/sh
# Proves the two commands on a fresh machine: a new Debian root made by debootstrap, once as root and once as an
# unprivileged user with sudo. Needs root, debootstrap, git and some minutes; it is not part of ctest.
#
#   tests/e2e/fresh_machine.sh [root|user]...      both when none is named
#
# FRESH_ROOT   where to make the root (default: a new folder under TMPDIR, removed at the end); one that is there is used
# FRESH_SUITE  what to install there (default: bookworm; noble with FRESH_MIRROR of Ubuntu)
# FRESH_MIRROR from where (default: the mirror that this machine uses)
# FRESH_RUN    what ./dev run is given (default: version)
# shellcheck disable=SC2016  # what stands in single quotes is expanded inside the new root
set -eu

tree=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
suite=${FRESH_SUITE:-bookworm}
[ "$(id -u)" = 0 ] || { echo "fresh_machine: must run as root" >&2; exit 2; }
command -v debootstrap >/dev/null || { echo "fresh_machine: install debootstrap first" >&2; exit 2; }

mirror=${FRESH_MIRROR:-$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
  grep -oE 'https?://[^ ]*/(debian|ubuntu)/?( |$)' | head -n 1)}
mirror=${mirror:-http://deb.debian.org/debian}

made=""
if [ -z "${FRESH_ROOT:-}" ]; then
  made=$(mktemp -d)
  FRESH_ROOT=$made/root
fi
base=$FRESH_ROOT

leave() {
  for root in "$base" "$base.root" "$base.user"; do
    for mounted in dev proc; do
      ! mountpoint -q "$root/$mounted" || umount -R -l "$root/$mounted"
    done
  done
  [ -z "$made" ] || rm -rf --one-file-system "$made"
}
trap leave EXIT
trap 'exit 130' INT TERM

# The settings of this machine by which packages are reached: proxies, where pip and Go get theirs from, and for pip the
# authorities of the root, where it has some of its own.
network() {
  ! ls "$base"/usr/local/share/ca-certificates/*.crt >/dev/null 2>&1 || echo PIP_CERT=/etc/ssl/certs/ca-certificates.crt
  for name in http_proxy https_proxy no_proxy PIP_INDEX_URL PIP_EXTRA_INDEX_URL PIP_TRUSTED_HOST PIP_PROXY \
    PIP_DEFAULT_TIMEOUT GOPROXY GOSUMDB GONOSUMDB GOPRIVATE; do
    eval "value=\${$name:-}"
    if [ -n "$value" ]; then
      printf '%s=%s\n' "$name" "$value"
    else
      grep "^$name=" "$HOME/.config/go/env" 2>/dev/null || true
    fi
  done
}

# Runs a command in a root, with nothing of this machine's environment but the network's.
inside() {
  root=$1
  shift
  # shellcheck disable=SC2046  # words without spaces
  chroot "$root" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
    $(network) "$@" </dev/null
}

if [ ! -e "$base/etc/os-release" ]; then
  echo "fresh_machine: $suite from $mirror into $base"
  case $mirror in
    *ubuntu*) components=main,universe ;;
    *) components=main ;;
  esac
  debootstrap --variant=minbase --components=$components --include=ca-certificates,git "$suite" "$base" "$mirror" >"$base.log" 2>&1 ||
    { tail -n 20 "$base.log" >&2; exit 1; }
  # The network of this machine, not its packages: name servers, settings of apt and pip, and trusted authorities.
  cp /etc/resolv.conf "$base/etc/resolv.conf"
  cp /etc/pip.conf "$base/etc/pip.conf" 2>/dev/null || true
  cp /etc/apt/apt.conf.d/*proxy* /etc/apt/apt.conf.d/*check* "$base/etc/apt/apt.conf.d/" 2>/dev/null || true
  cp /usr/local/share/ca-certificates/*.crt "$base/usr/local/share/ca-certificates/" 2>/dev/null || true
  inside "$base" update-ca-certificates >/dev/null 2>&1
fi

# prove NAME COMMAND_PREFIX...: the two commands in a copy of the root
prove() {
  name=$1
  shift
  echo "fresh_machine: as $name"
  root=$base.$name
  cp -a "$base" "$root"
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  mount --make-rslave "$root/dev"
  if [ "$name" = user ]; then
    inside "$root" sh -c 'apt-get update -q && apt-get install -y -q --no-install-recommends sudo' >/dev/null 2>&1
    inside "$root" sh -c 'rm -rf /var/lib/apt/lists/*; useradd --create-home --base-dir /srv --shell /bin/bash someone
      echo "someone ALL=(ALL) NOPASSWD: ALL" >/etc/sudoers.d/someone'
  fi
  git clone -q --bare "$tree" "$root/srv/haplan.git"
  chmod -R a+rX "$root/srv"
  inside "$root" "$@" sh -c 'git config --global --add safe.directory /srv/haplan.git
    git clone -q /srv/haplan.git "$HOME/haplan"'
  start=$(date +%s)
  inside "$root" "$@" sh -c 'cd "$HOME" && haplan/dev run '"${FRESH_RUN:-version}"
  echo "fresh_machine: $name: ./dev run ${FRESH_RUN:-version} passed after $(($(date +%s) - start)) s"
  start=$(date +%s)
  inside "$root" "$@" sh -c 'cd "$HOME/haplan" && CI=true ./dev test' >"$root.log" 2>&1 ||
    { tail -n 40 "$root.log" >&2; echo "fresh_machine: $name: ./dev test failed" >&2; exit 1; }
  tail -n 1 "$root.log"
  echo "fresh_machine: $name: ./dev test passed after $(($(date +%s) - start)) s"
}

[ $# -gt 0 ] || set -- root user
for who in "$@"; do
  case $who in
    root) prove root ;;
    user) prove user setpriv --reuid=someone --regid=someone --init-groups env HOME=/srv/someone ;;
    *) echo "fresh_machine: root or user, not $who" >&2; exit 2 ;;
  esac
done
echo "fresh_machine: passed"
