/**
 * `npm run audit`: asks the registry for known vulnerabilities of the locked packages. Exits with 1 if a package that users
 * run has one, and with 2 if the registry did not answer, so nothing is known. Those of development tools are only listed.
 */
import { spawn } from 'node:child_process';
import { ROOT, readLockfile, readManifest, shippedPackages } from './lockfile.ts';

interface Advisory {
  readonly module_name: string;
  readonly severity: string;
  readonly title: string;
  readonly url: string;
  readonly patched_versions?: string;
  readonly findings: readonly { readonly version: string }[];
}

export interface AuditResult {
  readonly exitCode: 0 | 1 | 2;
  readonly lines: readonly string[];
}

const textOf = ({ severity, title, url, patched_versions: patched = 'none' }: Advisory, id: string): string =>
  `${id}: ${severity}: ${title} (fixed in ${patched}) ${url}`;

/**
 * Interprets the output of `pnpm audit --json`.
 * @param isShipped whether users run a package, by `name@version`.
 */
export function auditResult(output: string, isShipped: (id: string) => boolean): AuditResult {
  const { advisories, error } = parseOutput(output);
  if (!advisories) {
    const reason = error?.message ?? 'the response is not valid';
    return { exitCode: 2, lines: [`no audit: the registry did not answer: ${reason}`] };
  }
  const found = Object.values(advisories).flatMap((advisory) =>
    advisory.findings.map(({ version }) => [`${advisory.module_name}@${version}`, advisory] as const),
  );
  const shipped = found.filter(([id]) => isShipped(id)).map(([id, advisory]) => textOf(advisory, id));
  const tools = found
    .filter(([id]) => !isShipped(id))
    .map(([id, advisory]) => `only for development: ${textOf(advisory, id)}`);
  const summary = `${shipped.length} known vulnerabilities of packages that users run, ${tools.length} of development tools`;
  return { exitCode: shipped.length > 0 ? 1 : 0, lines: [...shipped, ...tools, summary] };
}

interface AuditOutput {
  readonly advisories?: Readonly<Record<string, Advisory>>;
  readonly error?: { readonly message?: string };
}

function parseOutput(output: string): AuditOutput {
  try {
    return (JSON.parse(output) as AuditOutput | null) ?? {};
  } catch {
    return { error: { message: output.trim().slice(0, 500) || 'no output' } };
  }
}

/** Runs the pinned pnpm and returns its standard output. Its exit code does not tell a finding from a failure. */
async function pnpmAudit(): Promise<string> {
  const spec = readManifest('.').packageManager!.split('+')[0]!;
  const args = ['--yes', `--package=${spec}`, '--', 'node', 'scripts/pnpm.mjs', 'audit', '--json'];
  const child = spawn('npx', args, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: process.platform === 'win32',
  });
  let output = '';
  child.on('error', ({ message }) => (output = JSON.stringify({ error: { message } })));
  for await (const chunk of child.stdout.setEncoding('utf8')) output += chunk as string;
  return output;
}

if (import.meta.filename === process.argv[1]) {
  const shipped = shippedPackages(readLockfile());
  const { exitCode, lines } = auditResult(await pnpmAudit(), (id) => shipped.has(id));
  process.stdout.write(`${lines.join('\n')}\n`);
  process.exitCode = exitCode;
}
