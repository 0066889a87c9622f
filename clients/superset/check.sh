#!/bin/sh
# Superset's own tables are made once; each run has a copy.
export PATH="$INSTALLED/superset/bin:$PATH" SUPERSET_CONFIG_PATH="$HERE/superset_config.py" FLASK_APP="superset.app:create_app()" PYTHONWARNINGS=ignore
prepared="$INSTALLED/superset/prepared"
if [ ! -e "$prepared/superset.db" ]; then
	export SUPERSET_HOME="$prepared.new"
	rm -rf "$prepared.new"
	mkdir -p "$prepared.new"
	{ superset db upgrade && superset fab create-admin --username admin --firstname A --lastname B --email a@example.org --password admin && superset init; } >prepare.log 2>&1 &&
		mv "$prepared.new" "$prepared" || { tail -5 prepare.log; exit 1; }
fi
export SUPERSET_HOME="$PWD"
cp "$prepared/superset.db" .
PYTHONPATH="$CHECKS" exec python "$HERE/check.py"
