#!/usr/bin/env node
/** `sidetone-capture FILE [--call ID]`: what `sidetone capture` does, without the daemon and its native code. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
// By the name of the package, so that the condition of its exports decides whether its sources run.
import { runCapture } from '@sidetone/testkit';

const USAGE = `Usage: sidetone-capture <file> [--json]
       sidetone-capture <file> --call <id> [--plugin <plugin>] [--output <test>] [--scenario]

Lists the calls of a capture, or turns one into a test that states what the plugin did.
--plugin: a folder, a module such as ./my-plugin.js, or the name of a package; default: the current folder.
--scenario: the scenario for sidetone-conform, without tests.
Exit code 0: done, 1: the test fails, 2: the file, the call or the plugin was not found.
`;
const NOT_FOUND = 2;

function argumentsOf(args) {
  try {
    const options = {
      call: { type: 'string' },
      plugin: { type: 'string' },
      output: { type: 'string' },
      scenario: { type: 'boolean' },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    };
    return parseArgs({ args, options, allowPositionals: true });
  } catch {
    return { values: {}, positionals: [] };
  }
}

/** Exits after the output is written, because a plugin can leave timers open. */
const end = (output, text, code) => output.write(text, () => process.exit(code));

const { values, positionals } = argumentsOf(process.argv.slice(2));
const [file] = positionals;
if (values.help) {
  end(process.stdout, USAGE, 0);
} else if (positionals.length !== 1 || !existsSync(file)) {
  end(process.stderr, positionals.length === 1 ? `${file} does not exist\n` : USAGE, NOT_FOUND);
} else {
  const cwd = process.cwd();
  const { resolve: find } = createRequire(join(cwd, 'index.js'));
  let text = '';
  const code = await runCapture(readFileSync(file, 'utf8'), {
    call: values.call,
    scenarioOnly: values.scenario ?? false,
    json: values.json ?? false,
    plugin: {
      specifier: values.plugin,
      cwd,
      testFolder: values.output === undefined ? cwd : dirname(resolve(values.output)),
      exists: existsSync,
      importPackage: (name) => import(pathToFileURL(find(name)).href),
    },
    write: (part) => (text += part),
    warn: (part) => process.stderr.write(part),
  });
  if (values.output !== undefined && text !== '' && code !== NOT_FOUND) {
    writeFileSync(values.output, text);
    text = '';
  }
  end(process.stdout, text, code);
}
