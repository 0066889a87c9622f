#!/bin/sh
exec java -cp "$INSTALLED/java/postgresql.jar" "$HERE/Check.java"
