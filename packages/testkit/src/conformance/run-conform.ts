/** The command `sidetone conform`: finds the subjects of a plugin, runs their audits and prints a report card of each. */
import { isJsonObject } from '@sidetone/plugin-kit';
import { messageOf, type ProviderPlugin, type TranscriberPlugin } from '@sidetone/core';
import type { TranscriberSubject } from '../transcribers/scenario.ts';
import { conform } from './conform.ts';
import { exitCodeOf, printReportCard, type ReportCard } from './report-card.ts';
import type { Subject } from '../providers/scenario.ts';

/** Options of {@link runConform}. */
export interface RunConformOptions {
  /** The directory that paths are relative to, and whose `node_modules` contains packages. */
  readonly cwd: string;
  /** Writes the output. */
  readonly write: (text: string) => void;
  /** Prints the card as JSON. */
  readonly json?: boolean;
  /** Returns whether a file or directory exists. Without it, a missing one is reported by the error of its import. */
  readonly exists?: (url: URL) => boolean;
}

/** The exit code if no subject is found. */
export const NO_SUBJECT_EXIT_CODE = 2;

/** The file that exports the subject, in a directory or next to a module. */
const SUBJECT_FILE = 'conformance.js';

type Module = Readonly<Record<string, unknown>>;

/**
 * Audits a plugin and prints a report card of each subject: of the export `conformance` of the module, which is a subject or
 * a scenario for the plugin that is the module's default export, and of all other exported subjects. If there is none,
 * `conformance.js` next to the module is used. As JSON, the cards of several subjects are a list.
 * @param specifier path of a module or directory, starting with `.` or `/`, or the name of a package.
 * @returns 0 if all MUSTs pass, 1 if one fails, 2 if there is no subject. Never rejects.
 */
export async function runConform(specifier: string, options: RunConformOptions): Promise<0 | 1 | 2> {
  const { cwd, write, json = false, exists = () => true } = options;
  try {
    const subjects = await subjectsOf(specifier, cwd, exists);
    const cards: ReportCard[] = [];
    for (const [name, subject] of subjects) {
      const card = await conform(subject);
      cards.push(subjects.length === 1 ? card : { ...card, subject: name });
    }
    const data = cards.length === 1 ? cards[0] : cards;
    write(json ? `${JSON.stringify(data, null, 2)}\n` : cards.map(printReportCard).join('\n'));
    return cards.some((card) => exitCodeOf(card) === 1) ? 1 : 0;
  } catch (error) {
    write(`No plugin to audit at ${specifier}: ${messageOf(error)}\n`);
    return NO_SUBJECT_EXIT_CODE;
  }
}

/** A subject of either kind. */
type AnySubject = Subject | TranscriberSubject;

/** Subjects by the names of their exports. */
type NamedSubjects = readonly (readonly [name: string, subject: AnySubject])[];

async function subjectsOf(
  specifier: string,
  cwd: string,
  exists: (url: URL) => boolean,
): Promise<NamedSubjects> {
  const isPath = /^(\.{0,2}[/\\]|\.{1,2}$|[a-zA-Z]:[/\\])/.test(specifier);
  const base = folderUrl(cwd);
  const url = isPath ? new URL(asUrlPath(specifier), base) : new URL(`node_modules/${specifier}`, base);
  if (!exists(url)) throw new Error(isPath ? 'it does not exist' : `it is not installed below ${cwd}`);
  const isFile = /\.[cm]?[jt]s$/.test(url.pathname);
  const module = isFile ? await load(url) : {};
  const adjacent = isFile
    ? new URL(SUBJECT_FILE, url)
    : new URL(`${url.pathname.replace(/\/$/, '')}/${SUBJECT_FILE}`, url);
  const hasSubjectFile = exists(adjacent);
  const own = subjectsIn(module);
  const subjects = own.length > 0 ? own : subjectsIn(hasSubjectFile ? await load(adjacent) : {});
  if (subjects.length > 0) return subjects;
  throw new Error(
    hasSubjectFile
      ? `neither the module nor ${SUBJECT_FILE} next to it exports \`conformance\` with a plugin`
      : `it has no ${SUBJECT_FILE}; docs/guide/write-a-plugin.md, section "Conformance audits", shows how to write one`,
  );
}

const load = async (url: URL): Promise<Module> => (await import(/* @vite-ignore */ url.href)) as Module;

/** Encodes a path for a `file:` URL. */
const asUrlPath = (path: string): string =>
  encodeURI(path.replaceAll('\\', '/'))
    .replaceAll('?', '%3F')
    .replaceAll('#', '%23')
    .replace(/^([a-zA-Z]:)/, '/$1');

const folderUrl = (path: string): URL => new URL(`${asUrlPath(path).replace(/\/$/, '')}/`, 'file:///');

/** Returns the subjects that a module exports, `conformance` first. */
function subjectsIn({ default: plugin, conformance, ...others }: Module): NamedSubjects {
  const isScenario = isJsonObject(conformance) && !('plugin' in conformance) && isPlugin(plugin);
  const first = isScenario ? { plugin, scenario: conformance } : conformance;
  return Object.entries({ conformance: first, ...others }).flatMap(([name, value]) =>
    isSubject(value) ? [[name, value] as const] : [],
  );
}

const isSubject = (value: unknown): value is AnySubject =>
  isJsonObject(value) && isPlugin(value['plugin']) && isJsonObject(value['scenario']);

const isPlugin = (value: unknown): value is ProviderPlugin<unknown> | TranscriberPlugin<unknown> =>
  isJsonObject(value) && typeof value['create'] === 'function' && isJsonObject(value['options']);
