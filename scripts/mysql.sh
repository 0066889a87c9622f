#!/usr/bin/env bash
# Puts a MySQL server into a private directory, for the tests, and prints its path.
#
# Distributions ship MariaDB; MySQL and MariaDB cannot be installed side by side, and
# Debian has MySQL in its unstable suite only, linked against a newer C library. So the
# server is unpacked together with every library it needs, its C library's loader
# included, and started through that loader. Nothing of the system's packages changes.
#
# apt itself downloads and checks: its lists and its idea of what is installed lie in a
# directory of our own, its mirror and its proxy are the system's. Signatures are checked
# with Debian's keyring. A keyring older than the suite's key is not worked around by
# trusting less: the newer keyring is taken from the system's own suites, whose signatures
# the old one checks.
#
# Exits 1 and says why where MySQL cannot be had so. Run again, it does nothing.
set -euo pipefail

say() { printf 'mysql: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# The same places as internal/testservers/binaries.go. A server's unprivileged account
# must be able to enter them; that of root's own cache cannot.
if [ "$(id -u)" -eq 0 ]; then
	home=/var/cache/sluice/mysql
else
	home=${XDG_CACHE_HOME:-$HOME/.cache}/sluice/mysql
fi
places=("$home"/*/bin /var/cache/sluice/mysql/*/bin /usr/sbin /usr/bin /usr/libexec /usr/local/sbin /usr/local/bin /usr/local/mysql/bin
	/opt/homebrew/opt/mysql*/bin /usr/local/opt/mysql*/bin)

# is_mysql PROGRAM: MariaDB installs a mysqld too, and says so.
is_mysql() {
	local version
	[ -x "$1" ] && version=$("$1" --no-defaults --version 2>/dev/null) || return 1
	[[ $version != *MariaDB* && $version =~ Ver\ ([0-9]+)\. ]] && [ "${BASH_REMATCH[1]}" -ge 8 ]
}

found() {
	local place
	for place in "$(command -v mysqld || true)" "${places[@]/%//mysqld}"; do
		if is_mysql "$place"; then
			echo "$place"
			return
		fi
	done
	return 1
}

found && exit

command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null ||
	fail "there is no apt here to fetch MySQL with; a mysqld of MySQL 8 or newer in PATH is used"
architecture=$(dpkg --print-architecture)
case $architecture in
amd64 | arm64) ;;
*) fail "no MySQL is packaged for $architecture" ;;
esac

mkdir -p "$home"
work=$(mktemp -d "$home/new.XXXXXX")
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
mkdir -p "$work"/{lists/partial,archives/partial,none,root}

# One package is taken for installed: the server needs perl for its tools only.
cat >"$work/status" <<END
Package: perl
Status: install ok installed
Version: 99
Architecture: $architecture
Multi-Arch: allowed
END

# patience is how many seconds one step of apt may take: no network is no reason to wait.
patience=100
quick=(-o Acquire::Retries=1 -o Acquire::http::Timeout=15 -o Acquire::https::Timeout=15)

# apt TOOL ARGUMENT... knows only $work/sources.list and $work/status.
apt() {
	local tool=$1
	shift
	DEBIAN_FRONTEND=noninteractive timeout "$patience" "$tool" -q "${quick[@]}" -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts="$work/none" \
		-o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts="$work/none" \
		-o Dir::State::status="$work/status" -o Dir::State::Lists="$work/lists" -o Dir::Cache::Archives="$work/archives" \
		-o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o Debug::NoLocking=1 -o Acquire::Languages=none \
		-o Acquire::AllowInsecureRepositories=false -o APT::Get::AllowUnauthenticated=false -o APT::Install-Recommends=false "$@"
}

# keyring prints the keyring to check the unstable suite with: the system's, or a newer
# one out of a package that the system's own checks.
keyring() {
	local own=/usr/share/keyrings/debian-archive-keyring.gpg
	if [ "$1" = newest ]; then
		(cd "$work" && timeout "$patience" apt-get download -q "${quick[@]}" debian-archive-keyring >&2 && dpkg-deb -x debian-archive-keyring_*.deb keyring) || return 1
		own=$work/keyring$own
	fi
	[ -f "$own" ] && echo "$own"
}

# usable SITE KEYRING: the unstable suite can be read there and has MySQL.
usable() {
	echo "deb [arch=$architecture target=Packages signed-by=$2] $1 unstable main" >"$work/sources.list"
	apt apt-get update -o APT::Update::Error-Mode=any >"$work/log" 2>&1 && apt apt-cache show mysql-server-core >/dev/null 2>>"$work/log"
}

# The mirror is the one this machine uses already.
choose_site() {
	local which ring site
	for which in own newest; do
		ring=$(keyring $which) || continue
		for site in $(apt-get indextargets --format '$(SITE)' | sort -u); do
			usable "$site" "$ring" && return
		done
	done
	sed 's/^/  /' "$work/log" >&2 2>/dev/null || true
	fail "none of this machine's package sites has a MySQL whose signature can be checked"
}

choose_site
say "fetching MySQL and its libraries from Debian unstable into $home"
apt apt-get install -y -d mysql-server-core >"$work/log" 2>&1 || { sed 's/^/  /' "$work/log" >&2; fail "the packages cannot be fetched"; }
for package in "$work"/archives/*.deb; do
	dpkg-deb -x "$package" "$work/root"
done

cd "$work/root"
version=$(dpkg-deb -f "$work"/archives/mysql-server-core_*.deb Version)
loader=$(find . -name 'ld-linux*.so.*' -type f | head -n 1)
libraries=$(find . -type d -path './*lib/*-linux-gnu' | sed 's,^\.,$here,' | paste -sd :)
[ -n "$loader" ] && [ -x usr/sbin/mysqld ] || fail "the packages hold no server"
rm -rf usr/bin usr/share/doc usr/share/man usr/share/locale usr/share/lintian
mkdir bin
# "$@" comes first: --no-defaults must be the first argument.
cat >bin/mysqld <<END
#!/bin/sh
here=\$(cd "\$(dirname "\$0")/.." && pwd) || exit
exec "\$here/$loader" --library-path "$libraries" "\$here/usr/sbin/mysqld" "\$@" \\
	--basedir="\$here/usr" --plugin-dir="\$here/usr/lib/mysql/plugin"
END
chmod 755 bin/mysqld
is_mysql bin/mysqld || fail "the unpacked server does not start: $(bin/mysqld --no-defaults --version 2>&1 | head -n 3)"
mv -T "$work/root" "$home/$version" 2>/dev/null || [ -x "$home/$version/bin/mysqld" ] || fail "$home/$version cannot be written"
echo "$home/$version/bin/mysqld"
