#!/usr/bin/env bash
# Installs the engines that `make bench` compares Sluice with, as far as this machine's
# own package managers have them: mysql_fdw (apt), Trino (Maven), DuckDB with its
# postgres and mysql extensions (pip). What cannot be had is said and left out; that is no failure.
# Nothing of this is needed to build, test or run Sluice.
#
# Engines go to SLUICE_PEERS_DIR (~/.cache/sluice/peers): trino/ with a file "version",
# java -> a runtime for it, and duckdb/, which Python imports.
set -euo pipefail
cd "$(dirname "$0")/.."

to=${SLUICE_PEERS_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/sluice/peers}
# The newest server published as a Maven artifact, and what it needs (its release notes).
trino_version=${TRINO_VERSION:-476}
trino_java=24
# The newest DuckDB whose scanners are packaged for Python.
duckdb_version=${DUCKDB_VERSION:-1.5.5}

say() { printf 'peers: %s\n' "$*"; }

as_root() {
	if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

apt_install() {
	command -v apt-get >/dev/null &&
		as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
			-o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 "$@" >/dev/null 2>&1
}

foreign_data_wrappers() {
	local version
	version=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sed 's#/bin##; s#.*/##' | sort -n | tail -1)
	if ls /usr/share/postgresql/"$version"/extension/mysql_fdw.control >/dev/null 2>&1; then
		say "mysql_fdw is there (PostgreSQL $version)"
	elif [ -n "$version" ] && apt_install "postgresql-$version-mysql-fdw"; then
		say "mysql_fdw installed (PostgreSQL $version)"
	else
		say "left out: mysql_fdw (no package postgresql-${version:-?}-mysql-fdw here)"
	fi
}

# java_home VERSION prints the home of a Java of at least this version.
java_home() {
	local home release
	for home in "${JAVA_HOME:-}" /usr/lib/jvm/* /opt/java/* "$to"/jre-*; do
		release=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$home/release" 2>/dev/null || true)
		if [ -n "$release" ] && [ "$release" -ge "$1" ] && [ -x "$home/bin/java" ]; then
			echo "$home"
			return
		fi
	done
	return 1
}

trino() {
	local home archive repository
	if ! home=$(java_home "$trino_java") && ! { apt_install openjdk-25-jre-headless && home=$(java_home "$trino_java"); }; then
		say "left out: Trino (needs Java $trino_java or newer: neither found nor packaged here)"
		return
	fi
	ln -sfn "$home" "$to/java"
	if [ "$(cat "$to/trino/version" 2>/dev/null)" = "$trino_version" ]; then
		say "Trino $trino_version is there, with Java of $home"
		return
	fi
	if ! command -v mvn >/dev/null && ! apt_install maven; then
		say "left out: Trino (Maven, which would bring it, is not here)"
		return
	fi
	say "fetching Trino $trino_version (0.8 GB)"
	repository=$(mktemp -d)
	if ! mvn -B -q -Dmaven.repo.local="$repository" org.apache.maven.plugins:maven-dependency-plugin:3.6.1:get \
		-Dartifact="io.trino:trino-server:$trino_version:tar.gz" -Dtransitive=false; then
		say "left out: Trino (Maven does not find io.trino:trino-server:$trino_version)"
		rm -rf "$repository"
		return
	fi
	archive=$repository/io/trino/trino-server/$trino_version/trino-server-$trino_version.tar.gz
	rm -rf "$to/trino"
	mkdir -p "$to/trino"
	tar xzf "$archive" -C "$to/trino" --strip-components=1
	# Of its fifty plugins these serve the sources here (postgresql wants geospatial); the others would slow its start.
	find "$to/trino/plugin" -mindepth 1 -maxdepth 1 \
		! -name postgresql ! -name mysql ! -name mariadb ! -name hive ! -name memory ! -name geospatial -exec rm -rf {} +
	echo "$trino_version" >"$to/trino/version"
	rm -rf "$repository"
	say "Trino $trino_version installed"
}

# The extensions come as Python packages too, whose files DuckDB loads by their path.
duckdb() {
	local fresh extension
	if [ "$(cat "$to/duckdb/version" 2>/dev/null)" = "$duckdb_version" ]; then
		say "DuckDB $duckdb_version is there with its scanners"
		return
	fi
	fresh=$(mktemp -d)
	if ! command -v python3 >/dev/null ||
		! python3 -m pip install -q --no-deps --target "$fresh" "duckdb==$duckdb_version" \
			"duckdb-extension-postgres-scanner==$duckdb_version" "duckdb-extension-mysql-scanner==$duckdb_version" >/dev/null 2>&1; then
		say "left out: DuckDB (pip does not find $duckdb_version with its scanners)"
		rm -rf "$fresh"
		return
	fi
	for extension in postgres_scanner mysql_scanner; do
		find "$fresh" -name "$extension.duckdb_extension" -exec mv {} "$fresh/" \;
	done
	echo "$duckdb_version" >"$fresh/version"
	chmod -R a+rX "$fresh"
	rm -rf "$to/duckdb"
	mv "$fresh" "$to/duckdb"
	say "DuckDB $duckdb_version installed with its scanners"
}

mkdir -p "$to"
foreign_data_wrappers
trino
duckdb
