#!/bin/sh
NODE_PATH="$INSTALLED/node/node_modules" exec node "$HERE/check.js"
