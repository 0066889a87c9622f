# Functions to unpack a server of a newer Debian suite into a private directory, with the
# C library it is linked against. Sourced by mysql.sh and postgres.sh.
#
# apt itself downloads and checks: its lists and its idea of what is installed lie in a
# directory of our own, its mirror and its proxy are the system's. Signatures are checked
# with Debian's keyring. A keyring older than the suite's key is not worked around by
# trusting less: the newer keyring is taken from the system's own suites, whose signatures
# the old one checks. Nothing of the system's packages changes.
#
# The caller sets: name (for messages), home (where servers are kept), suite, package.

say() { printf '%s: %s\n' "$name" "$*" >&2; }
fail() { say "$*"; exit 1; }

# cache NAME: the same places as internal/testservers/binaries.go. A server's unprivileged
# account must be able to enter them; that of root's own cache cannot.
cache() {
	if [ "$(id -u)" -eq 0 ]; then
		echo "/var/cache/sluice/$1"
	else
		echo "${XDG_CACHE_HOME:-$HOME/.cache}/sluice/$1"
	fi
}

# fetch PACKAGE-TAKEN-FOR-INSTALLED...: unpacks the package and what it depends on into
# $work/root.
fetch() {
	command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || fail "there is no apt here to fetch it with"
	architecture=$(dpkg --print-architecture)
	case $architecture in
	amd64 | arm64) ;;
	*) fail "nothing is packaged for $architecture" ;;
	esac
	mkdir -p "$home"
	work=$(mktemp -d "$home/new.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	chmod 755 "$work"
	mkdir -p "$work"/{lists/partial,archives/partial,none,root}
	local taken
	for taken in "$@"; do
		printf 'Package: %s\nStatus: install ok installed\nVersion: 1:999\nArchitecture: %s\nMulti-Arch: allowed\n\n' "$taken" "$architecture"
	done >"$work/status"
	choose_site
	say "fetching $package and its libraries from Debian $suite into $home"
	apt apt-get install -y -d "$package" >"$work/log" 2>&1 || { sed 's/^/  /' "$work/log" >&2; fail "the packages cannot be fetched"; }
	local archive
	for archive in "$work"/archives/*.deb; do
		dpkg-deb -x "$archive" "$work/root"
	done
	version=$(dpkg-deb -f "$work/archives/$package"_*.deb Version)
	loader=$(cd "$work/root" && find . -name 'ld-linux*.so.*' -type f | head -n 1)
	libraries=$(cd "$work/root" && find . -maxdepth 3 -type d -path './*lib/*-linux-gnu' | sed 's,^\.,$here,' | paste -sd :)
	[ -n "$loader" ] || fail "the packages hold no C library"
}

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

# keyring prints the keyring to check the suite with: the system's, or a newer one out of
# a package that the system's own checks.
keyring() {
	local own=/usr/share/keyrings/debian-archive-keyring.gpg
	if [ "$1" = newest ]; then
		(cd "$work" && timeout "$patience" apt-get download -q "${quick[@]}" debian-archive-keyring >&2 && dpkg-deb -x debian-archive-keyring_*.deb keyring) || return 1
		own=$work/keyring$own
	fi
	[ -f "$own" ] && echo "$own"
}

# usable SITE KEYRING: the suite can be read there and has the package.
usable() {
	echo "deb [arch=$architecture target=Packages signed-by=$2] $1 $suite main" >"$work/sources.list"
	apt apt-get update -o APT::Update::Error-Mode=any >"$work/log" 2>&1 && apt apt-cache show "$package" >/dev/null 2>>"$work/log"
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
	fail "none of this machine's package sites has $package whose signature can be checked"
}

# keep SERVER: moves $work/root to its place under $home.
keep() { mv -T "$work/root" "$home/$version" 2>/dev/null || [ -x "$home/$version/bin/$1" ] || fail "$home/$version cannot be written"; }
