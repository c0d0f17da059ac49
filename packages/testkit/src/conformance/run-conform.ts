/** The audits as a program: finds the subject of a plugin, and shows its report card. */
import { isJsonObject } from '@sidetone/plugin-kit';
import { messageOf, type ProviderPlugin, type TranscriberPlugin } from '@sidetone/core';
import type { TranscriberSubject } from '../transcribers/scenario.ts';
import { conform } from './conform.ts';
import { exitCodeOf, printReportCard } from './report-card.ts';
import type { Subject } from '../providers/scenario.ts';

/** Where to look, and where to show. */
export interface RunConformOptions {
  /** The folder that a path is relative to, and in whose `node_modules` a package is looked for. */
  readonly cwd: string;
  /** Takes the text to show. */
  readonly write: (text: string) => void;
  /** Shows the card as JSON. */
  readonly json?: boolean;
}

/** The exit code when there is nothing to audit. */
export const NO_SUBJECT_EXIT_CODE = 2;

/** The file that is looked for in a folder, or beside a module that exports no subject. */
const SUBJECT_FILE = 'conformance.js';

type Module = Readonly<Record<string, unknown>>;

/**
 * Audits a plugin and shows its card. The subject is the export `conformance` of the module: a whole subject, or a
 * scenario for the plugin that is the module's default export. Without it, that of `conformance.js` beside the module.
 * @param specifier a module or a folder, as a path that begins with `.` or `/`, or the name of a package.
 * @returns 0 when every MUST holds, 1 when one does not, 2 when there is no subject. Never rejects.
 */
export async function runConform(specifier: string, options: RunConformOptions): Promise<0 | 1 | 2> {
  const { cwd, write, json = false } = options;
  try {
    const subject = await subjectOf(specifier, cwd);
    const card = await conform(subject);
    write(json ? `${JSON.stringify(card, null, 2)}\n` : printReportCard(card));
    return exitCodeOf(card);
  } catch (error) {
    write(`There is nothing to audit at ${specifier}: ${messageOf(error)}\n`);
    return NO_SUBJECT_EXIT_CODE;
  }
}

/** A subject of either kind: its plugin tells which. */
type AnySubject = Subject | TranscriberSubject;

async function subjectOf(specifier: string, cwd: string): Promise<AnySubject> {
  const isPath = /^(\.{0,2}[/\\]|\.{1,2}$|[a-zA-Z]:[/\\])/.test(specifier);
  const base = folderUrl(cwd);
  const url = isPath ? new URL(asUrlPath(specifier), base) : new URL(`node_modules/${specifier}`, base);
  const isFile = /\.[cm]?[jt]s$/.test(url.pathname);
  const module = isFile ? await load(url) : {};
  const beside = isFile
    ? new URL(SUBJECT_FILE, url)
    : new URL(`${url.pathname.replace(/\/$/, '')}/${SUBJECT_FILE}`, url);
  return subjectIn(module) ?? subjectIn(await load(beside)) ?? noSubject();
}

const load = async (url: URL): Promise<Module> => (await import(/* @vite-ignore */ url.href)) as Module;

/** A path as it stands in a `file:` address. */
const asUrlPath = (path: string): string =>
  encodeURI(path.replaceAll('\\', '/'))
    .replaceAll('?', '%3F')
    .replaceAll('#', '%23')
    .replace(/^([a-zA-Z]:)/, '/$1');

const folderUrl = (path: string): URL => new URL(`${asUrlPath(path).replace(/\/$/, '')}/`, 'file:///');

/** The subject that a module exports; undefined when it exports none. */
function subjectIn({ default: plugin, conformance }: Module): AnySubject | undefined {
  if (!isJsonObject(conformance)) return undefined;
  if (isPlugin(conformance['plugin'])) return conformance as unknown as AnySubject;
  return isPlugin(plugin) ? ({ plugin, scenario: conformance } as unknown as AnySubject) : undefined;
}

const isPlugin = (value: unknown): value is ProviderPlugin<unknown> | TranscriberPlugin<unknown> =>
  isJsonObject(value) && typeof value['create'] === 'function' && isJsonObject(value['options']);

function noSubject(): never {
  throw new Error(`neither it nor ${SUBJECT_FILE} beside it exports \`conformance\` with a plugin`);
}
