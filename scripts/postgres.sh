#!/usr/bin/env bash
# postgres.sh MAJOR puts a PostgreSQL 15 or 17 into a private directory, for the tests, and
# prints its path.
#
# Tests compare with a 15; Sluice presents itself as 17, and what 16 and 17 added is
# compared with one. A distribution has one of them at most. The other is unpacked
# beside it with the libraries it needs, its C library's loader included, and started
# through that loader: see unpack.sh.
#
# Exits 1 and says why where it cannot be had so. Run again, it does nothing.
set -euo pipefail
major=${1:?which release: 15 or 17}
case $major in
15) suite=bookworm ;;
17) suite=trixie ;;
*) echo "postgres: no suite is known that has $major" >&2; exit 1 ;;
esac
name=postgres package=postgresql-$major
. "$(dirname "$0")/unpack.sh"
home=$(cache postgres)

places=("$home"/*/bin /var/cache/sluice/postgres/*/bin /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/libexec/postgresql*
	/opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin /usr/local/pgsql/bin /usr/bin)

# is_wanted PROGRAM: it is of that release.
is_wanted() {
	local version
	[ -x "$1" ] && version=$("$1" --version 2>/dev/null) || return 1
	[[ $version =~ \(PostgreSQL\)\ ([0-9]+) ]] && [ "${BASH_REMATCH[1]}" -eq "$major" ]
}

found() {
	local place
	for place in "$(command -v postgres || true)" "${places[@]/%//postgres}"; do
		if is_wanted "$place"; then
			echo "$place"
			return
		fi
	done
	return 1
}

found && exit

# The server itself needs none of these: they serve its clusters, its tools and its JIT.
fetch perl perl-base libllvm14 libllvm19 locales postgresql-common "postgresql-client-$major" passwd procps debconf tzdata
programs=usr/lib/postgresql/$major/bin
cd "$work/root"
[ -x $programs/postgres ] || fail "the packages hold no server"
rm -rf usr/share/doc usr/share/man usr/share/locale usr/share/lintian "usr/lib/postgresql/$major/lib/bitcode" "usr/lib/postgresql/$major/lib"/llvmjit*
mkdir bin
# initdb starts the server that lies beside it, and both find their files from there.
for program in postgres initdb; do
	mv "$programs/$program" "$programs/$program.unpacked"
	cat >"$programs/$program" <<END
#!/bin/sh
beside=\$(cd "\$(dirname "\$0")" && pwd) || exit
here=\${beside%/$programs}
exec "\$here/$loader" --library-path "$libraries" --argv0 "\$beside/$program" "\$beside/$program.unpacked" "\$@"
END
	cat >"bin/$program" <<END
#!/bin/sh
here=\$(cd "\$(dirname "\$0")/.." && pwd) || exit
exec "\$here/$programs/$program" "\$@"
END
	chmod 755 "$programs/$program" "bin/$program"
done
is_wanted bin/postgres || fail "the unpacked server does not start: $(bin/postgres --version 2>&1 | head -n 3)"
keep postgres
echo "$home/$version/bin/postgres"
