#!/usr/bin/env bash
# Puts a MySQL server into a private directory, for the tests, and prints its path.
#
# Distributions ship MariaDB; MySQL and MariaDB cannot be installed side by side, and
# Debian has MySQL in its unstable suite only, linked against a newer C library. So the
# server is unpacked together with every library it needs, its C library's loader
# included, and started through that loader: see unpack.sh.
#
# Exits 1 and says why where MySQL cannot be had so. Run again, it does nothing.
set -euo pipefail
name=mysql suite=unstable package=mysql-server-core
. "$(dirname "$0")/unpack.sh"
home=$(cache mysql)

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

fetch perl # for the server's tools only
cd "$work/root"
[ -x usr/sbin/mysqld ] || fail "the packages hold no server"
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
keep mysqld
echo "$home/$version/bin/mysqld"
