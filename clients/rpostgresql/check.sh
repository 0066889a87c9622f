#!/bin/sh
exec Rscript --vanilla "$HERE/check.R" 2>&1
