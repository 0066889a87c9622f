#!/usr/bin/env bash
# Installs the clients that `make clients` runs: what is on PyPI, npm and Maven into the
# directory named, by the package managers as this machine configures them; what is a
# Debian package through apt-get. Does nothing for what is there already.
set -euo pipefail
into=$1
mkdir -p "$into"

say() { printf 'clients: %s\n' "$*"; }

as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi; }

# python NAME PACKAGE... makes an environment of Python with packages.
python() {
	local name=$1 wanted="${*:2}"
	[ "$(cat "$into/$name/.packages" 2>/dev/null)" = "$wanted" ] && return
	say "$name: $wanted"
	python3 -m venv "$into/$name"
	"$into/$name/bin/python" -m pip install -q ${wanted}
	echo "$wanted" >"$into/$name/.packages"
}

# node PACKAGE...
node() {
	[ "$(cat "$into/node/.packages" 2>/dev/null)" = "$*" ] && return
	say "node: $*"
	mkdir -p "$into/node"
	npm install --silent --no-save --prefix "$into/node" "$@"
	echo "$*" >"$into/node/.packages"
}

# jar GROUP:ARTIFACT:VERSION
jar() {
	local artifact=${1#*:} name
	name=${artifact%%:*}.jar
	[ -e "$into/java/$name" ] && return
	say "java: $1"
	mkdir -p "$into/java"
	mvn -q -B dependency:copy -Dartifact="$1" -DoutputDirectory="$into/java" -Dmdep.stripVersion=true
}

# debian PACKAGE... or PROGRAM=PACKAGE, which is needed only where there is no such program.
debian() {
	local missing=() package
	for package; do
		if [[ $package == *=* ]]; then
			command -v "${package%=*}" >/dev/null && continue
			package=${package#*=}
		fi
		dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
	done
	[ ${#missing[@]} -eq 0 ] && return
	if ! command -v apt-get >/dev/null; then
		say "not Debian: install yourself: ${missing[*]}"
		return
	fi
	say "apt-get: ${missing[*]}"
	as_root apt-get update -q
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends -o Dpkg::Use-Pty=0 "${missing[@]}"
}

debian psql=postgresql-client node=nodejs npm=npm mvn=maven javac=default-jdk-headless odbc-postgresql unixodbc Rscript=r-base-core r-cran-rpostgresql \
	libreoffice-base libreoffice-sdbc-postgresql python3-uno chromium=chromium
python python 'psycopg[binary]' psycopg2-binary asyncpg 'sqlalchemy[asyncio]' pandas nbclient nbconvert ipykernel pgcli pyodbc pexpect
node pg pg-cursor pg-query-stream
jar org.postgresql:postgresql:42.7.7
python dbt 'dbt-core==1.9.*' 'dbt-postgres==1.9.*' # later ones fetch a parser from elsewhere
python datacontract 'datacontract-cli[postgres]'
python superset apache-superset psycopg2-binary 'Flask-Caching==2.3.1' rich cachetools # the last three: what it fails to require
