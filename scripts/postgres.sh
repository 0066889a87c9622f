#!/usr/bin/env bash
# Puts a PostgreSQL 17 into a private directory, for the tests, and prints its path.
#
# Sluice presents itself as 17; what 16 and 17 added is compared with one. Where the
# distribution has an older release, 17 is unpacked beside it with the libraries it needs,
# its C library's loader included, and started through that loader: see unpack.sh.
#
# Exits 1 and says why where it cannot be had so. Run again, it does nothing.
set -euo pipefail
name=postgres suite=trixie package=postgresql-17
. "$(dirname "$0")/unpack.sh"
home=$(cache postgres)

places=("$home"/*/bin /var/cache/sluice/postgres/*/bin /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/libexec/postgresql*
	/opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin /usr/local/pgsql/bin /usr/bin)

# is_new PROGRAM: 17 or later.
is_new() {
	local version
	[ -x "$1" ] && version=$("$1" --version 2>/dev/null) || return 1
	[[ $version =~ \(PostgreSQL\)\ ([0-9]+) ]] && [ "${BASH_REMATCH[1]}" -ge 17 ]
}

found() {
	local place
	for place in "$(command -v postgres || true)" "${places[@]/%//postgres}"; do
		if is_new "$place"; then
			echo "$place"
			return
		fi
	done
	return 1
}

found && exit

# The server itself needs none of these: they serve its clusters, its tools and its JIT.
fetch perl perl-base libllvm19 locales postgresql-common postgresql-client-17 passwd procps debconf tzdata
programs=usr/lib/postgresql/17/bin
cd "$work/root"
[ -x $programs/postgres ] || fail "the packages hold no server"
rm -rf usr/share/doc usr/share/man usr/share/locale usr/share/lintian usr/lib/postgresql/17/lib/bitcode usr/lib/postgresql/17/lib/llvmjit*
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
is_new bin/postgres || fail "the unpacked server does not start: $(bin/postgres --version 2>&1 | head -n 3)"
keep postgres
echo "$home/$version/bin/postgres"
