#!/bin/sh
# Every \d command with and without a pattern and +, and what psql does by itself.
echo "version $(psql --version | awk '{print $3}')"

run() { stdbuf -oL psql -X -q -P pager=off "$@" 2>&1; }

# What lists the system's own objects is asked for a few of them. Left out is what each
# server has of its own: roles, databases, sizes, extensions, and indexes of system tables.
commands() {
	for command in d da dA dAc dAo dAp dc dC dd dD ddp dE des det deu dew df dF dFd dFp dFt di dl dL dm dn do dO dp dP drds dRp ds dS dt dT dv dX dy z; do
		case $command in
		da | dAc | dAo | dAp | dc | dC | df | do | dO | dF | dFd | dFp | dFt | dT) patterns='int4 sum text* pg_catalog.int8 no_such simple *numeric' ;;
		*) patterns='sales.* *.orders crm.customers market.country? no_such pg_catalog.pg_type' ;;
		esac
		for plus in '' +; do
			case $command in
			dAc | dAo | dAp | dC | do | dc | dd | df) ;; # hundreds of lines
			*) printf "\\\\echo '# \\\\\\\\%s%s'\n\\\\%s%s\n" "$command" "$plus" "$command" "$plus" ;;
			esac
			for pattern in $patterns; do
				printf "\\\\echo '# \\\\\\\\%s%s %s'\n\\\\%s%s %s\n" "$command" "$plus" "$pattern" "$command" "$plus" "$pattern"
			done
		done
	done
}
set -f
commands >commands.sql
set +f
run -f commands.sql | sed 's/^psql:commands.sql:[0-9]*: //'

printf '# %s\n' '\sf and \sv'
run -c '\sf pg_catalog.int4pl(int, int)'
run -c '\sf no_such'
run -c '\sv pg_catalog.pg_tables'
printf '# %s\n' '\gdesc'
run <<'SQL'
SELECT order_id, amount, ordered_at, amount * 2 AS twice, region || 'x', NULL, now() - ordered_at FROM sales.orders \gdesc
SELECT count(*), avg(amount), array_agg(region) FROM sales.orders \gdesc
SELECT \gdesc
SQL
printf '# %s\n' '\copy to a file, text and csv'
run <<'SQL'
\copy (SELECT order_id, region, amount, ordered_at FROM sales.orders ORDER BY 1 LIMIT 3) TO 'rows.txt'
\copy (SELECT order_id, region, NULL AS nothing, 'a"b,c' AS quoted FROM sales.orders ORDER BY 1 LIMIT 3) TO 'rows.csv' WITH (FORMAT csv, HEADER)
\copy market.countries TO STDOUT
\! cat rows.txt rows.csv
SQL
printf '# %s\n' '\copy into a temporary table'
run <<'SQL'
SET client_min_messages = error;
SET default_transaction_read_only = off;
CREATE TEMP TABLE ids (id bigint, note text);
\! printf '3\tthree\n5\t\\N\n8\teight\n' >ids.txt
\copy ids FROM 'ids.txt'
UPDATE ids SET note = 'none' WHERE note IS NULL;
DELETE FROM ids WHERE id = 8;
SELECT i.note, o.order_id FROM ids i JOIN sales.orders o ON o.order_id = i.id ORDER BY 2;
ALTER TABLE ids ADD COLUMN seen boolean;
CREATE INDEX ON ids (id);
SQL
printf '# %s\n' '\d of a temporary table'
run -c 'SET client_min_messages = error' -c 'SET default_transaction_read_only = off' -c 'CREATE TEMP TABLE ids (id bigint NOT NULL, note varchar(20))' -c '\d ids' -c '\dt' -c '\dt pg_temp.*' | sed 's/pg_temp_[0-9]*/pg_temp_N/'
printf '# %s\n' '\copy to a server without the right'
run -c '\copy sales.orders FROM /dev/null' -c 'SELECT 1 AS still_here' | sed 's/^ERROR:.*/ERROR/; /^HINT:/d'
printf '# %s\n' '\gset, \gexec, \crosstabview, \gx, \bind'
run <<'SQL'
SELECT max(order_id) AS most, 'it''s' AS text FROM sales.orders \gset
SELECT :most AS most, :'text' AS text, :"most";
\echo :most
SELECT format('SELECT %L AS made, count(*) FROM %I.%I', c.relname, n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'market' AND c.relkind = 'r' ORDER BY 1 \gexec
SELECT region, channel, count(*) FROM sales.orders GROUP BY 1, 2 ORDER BY 1, 2 \crosstabview
SELECT * FROM market.countries ORDER BY 1 LIMIT 1 \gx
SQL
printf '# %s\n' 'errors with their place'
run <<'SQL' | grep -v LOCATION
\set VERBOSITY verbose
SELECT nothing FROM sales.orders;
SELECT 1/0;
SELEC 1;
SELECT * FROM sales.no_such;
SELECT '12x'::int;
\errverbose
SQL
printf '# %s\n' 'transactions and variables'
run <<'SQL'
\set ON_ERROR_ROLLBACK on
BEGIN;
SELECT 1/0;
SELECT 1 AS after_an_error;
COMMIT;
\set AUTOCOMMIT off
SELECT 1;
ROLLBACK;
SELECT :ROW_COUNT AS row_count, :'SQLSTATE' AS sqlstate;
SQL
printf '# %s\n' 'fetch in portions'
run -v FETCH_COUNT=7 -c 'SELECT order_id, amount FROM sales.orders ORDER BY 1 LIMIT 50' | md5sum
printf '# %s\n' 'formats'
for format in aligned asciidoc csv html latex troff-ms unaligned wrapped; do run -P "format=$format" -c 'SELECT * FROM market.countries ORDER BY 1 LIMIT 2' -c '\d sales.returns'; done
printf '# %s\n' 'conninfo and encoding'
run -c '\encoding' -c '\encoding utf8' -c "SELECT 'é'" -c '\conninfo' | sed 's/port "[0-9]*"/port/'
python3 "$HERE/interactive.py"
