#!/usr/bin/env node
// Old syntax, so that the daemon's program can report a release of Node.js that is too old.
void import('@sidetone/daemon/cli');
