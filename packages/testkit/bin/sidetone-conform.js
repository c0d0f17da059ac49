#!/usr/bin/env node
/** `sidetone-conform PLUGIN [--json]`: what `sidetone conform` does, without the daemon and its native code. */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
// By the name of the package, so that the condition of its exports decides whether its sources run.
import { NO_SUBJECT_EXIT_CODE, runConform } from '@sidetone/testkit';

const USAGE = `Usage: sidetone-conform <plugin> [--json]

Audits a plugin: a folder, a module such as ./my-plugin, or the name of a package.
Exit code 0: it conforms, 1: it does not, 2: it was not found.
`;

function argumentsOf(args) {
  try {
    const options = { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } };
    return parseArgs({ args, options, allowPositionals: true });
  } catch {
    return { values: {}, positionals: [] };
  }
}

/** Exits after the output is written, because a plugin can leave timers open. */
const end = (output, text, code) => output.write(text, () => process.exit(code));

const { values, positionals } = argumentsOf(process.argv.slice(2));
if (values.help) {
  end(process.stdout, USAGE, 0);
} else if (positionals.length !== 1) {
  end(process.stderr, USAGE, NO_SUBJECT_EXIT_CODE);
} else {
  let card = '';
  const code = await runConform(positionals[0], {
    cwd: process.cwd(),
    json: values.json ?? false,
    write: (text) => (card += text),
    exists: existsSync,
  });
  end(process.stdout, card, code);
}
