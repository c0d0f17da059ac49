/** `sidetone capture`: lists the calls of a file with captured requests and messages, and turns one into a test of the plugin. */
export interface CaptureOptions {
  readonly call?: string;
  readonly plugin?: string;
  readonly output?: string;
  readonly scenario?: boolean;
  readonly json?: boolean;
}

const NOT_FOUND = 2;

/** Prints the list or writes the test, and exits, because a plugin can leave timers open. */
export async function capture(file: string, options: CaptureOptions): Promise<void> {
  const { call, plugin, output, scenario = false, json = false } = options;
  // Imported only here, so that other commands do not load the testkit.
  const { runCapture } = await import('@sidetone/testkit');
  const { existsSync, readFileSync, writeFileSync } = await import('node:fs');
  const { dirname, resolve } = await import('node:path');
  const { findPackage } = await import('../../plugins/find-package.ts');
  const cwd = process.cwd();
  let text = '';
  let code: number = NOT_FOUND;
  if (existsSync(file)) {
    code = await runCapture(readFileSync(file, 'utf8'), {
      ...(call !== undefined && { call }),
      scenarioOnly: scenario,
      json,
      plugin: {
        specifier: plugin,
        cwd,
        testFolder: output === undefined ? cwd : dirname(resolve(output)),
        exists: existsSync,
        importPackage: (name) => import(/* @vite-ignore */ findPackage(name, [cwd]) ?? name),
      },
      write: (part) => (text += part),
      warn: (part) => process.stderr.write(part),
    });
  } else process.stderr.write(`${file} does not exist\n`);
  if (output !== undefined && text !== '' && code !== NOT_FOUND) writeFileSync(output, text);
  else await new Promise<void>((done) => process.stdout.write(text, () => done()));
  process.exit(code);
}
