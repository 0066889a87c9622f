#!/usr/bin/env bash
# Installs the PostgreSQL and MariaDB servers the tests start privately, from the
# system's own packages, and MySQL
# and PostgreSQL 17 into private directories. Does nothing when they are there. Starts no service and
# needs none: see internal/testservers.
set -euo pipefail

# The same places as internal/testservers/binaries.go.
postgres_places=(/usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/libexec/postgresql*
	/opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin /usr/local/pgsql/bin /usr/bin)
mariadb_places=(/usr/sbin /usr/bin /usr/libexec /usr/local/bin /usr/local/sbin /usr/local/mysql/bin
	/opt/homebrew/opt/mariadb*/bin /usr/local/opt/mariadb*/bin)

say() { printf 'setup: %s\n' "$*"; }

# found PROGRAM PLACE... prints where the program is.
found() {
	local program=$1 place
	shift
	command -v "$program" && return
	for place in "$@"; do
		if [ -x "$place/$program" ]; then
			echo "$place/$program"
			return
		fi
	done
	return 1
}

have_postgres() { found postgres "${postgres_places[@]}" >/dev/null && found initdb "${postgres_places[@]}" >/dev/null; }
have_mariadb() { found mariadbd "${mariadb_places[@]}" >/dev/null && found mariadb-install-db "${mariadb_places[@]}" >/dev/null; }

as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		say "needs root for: $*"
		sudo "$@"
	else
		say "must run as root (there is no sudo here): $*"
		exit 1
	fi
}

# three_times retries what depends on a network.
three_times() {
	local attempt
	for attempt in 1 2 3; do
		"$@" && return
		say "attempt $attempt failed: $*"
		sleep $((attempt * 3))
	done
	return 1
}

apt_install() {
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
		-o Dpkg::Options::=--force-confold -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 "$@"
}

install_with_apt() {
	three_times as_root apt-get update -q -o DPkg::Lock::Timeout=300
	if ! have_postgres; then
		three_times apt_install postgresql
	fi
	# The core packages hold the programs without the system service.
	if ! have_mariadb; then
		apt_install mariadb-server-core mariadb-client-core || three_times apt_install mariadb-server
	fi
}

install_missing() {
	if command -v apt-get >/dev/null; then
		install_with_apt
	elif command -v dnf >/dev/null; then
		three_times as_root dnf install -y postgresql-server mariadb-server
	elif command -v zypper >/dev/null; then
		three_times as_root zypper --non-interactive install postgresql-server mariadb
	elif command -v pacman >/dev/null; then
		three_times as_root pacman -S --noconfirm --needed postgresql mariadb
	elif command -v apk >/dev/null; then
		three_times as_root apk add postgresql mariadb
	elif command -v brew >/dev/null; then
		three_times brew install postgresql@15 mariadb
	else
		say "no package manager known here (apt-get, dnf, zypper, pacman, apk, brew)."
		say "Please install PostgreSQL (14 or newer) and MariaDB (10.6 or newer) by hand."
		exit 1
	fi
}

if ! have_postgres || ! have_mariadb; then
	have_postgres || say "PostgreSQL is missing, installing it"
	have_mariadb || say "MariaDB is missing, installing it"
	install_missing
	# Package scripts may have created new places.
	postgres_places+=(/usr/lib/postgresql/*/bin /usr/libexec/postgresql* /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin)
	mariadb_places+=(/opt/homebrew/opt/mariadb*/bin /usr/local/opt/mariadb*/bin)
	have_postgres || { say "PostgreSQL's server programs are still not to be found"; exit 1; }
	have_mariadb || { say "MariaDB's server programs are still not to be found"; exit 1; }
fi
say "PostgreSQL: $(found postgres "${postgres_places[@]}")"
say "MariaDB:    $(found mariadbd "${mariadb_places[@]}")"
# What the tests do without, where it is not to be had: PostgreSQL 15 and 17, of which a
# system has one at most, and MySQL itself. See the scripts.
for major in 15 17; do
	if postgres=$("$(dirname "$0")/postgres.sh" $major); then
		say "PostgreSQL $major: $postgres"
	else
		say "PostgreSQL $major: none; what needs it is skipped or compared with another, and says so"
	fi
done
if mysql=$("$(dirname "$0")/mysql.sh"); then
	say "MySQL:      $mysql"
else
	say "MySQL:      none; what needs it is skipped, and says so"
fi
