/** The command `sidetone conform`: finds the subjects of a plugin, runs their audits and prints a report card of each. */
import { messageOf } from '@sidetone/core';
import { conform } from './conform.ts';
import { exitCodeOf, printReportCard, type ReportCard } from './report-card.ts';
import {
  asUrlPath,
  folderUrl,
  isPath,
  load,
  subjectsIn,
  SUBJECT_FILE,
  type NamedSubjects,
} from './subject-modules.ts';

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

/** @throws {Error} if there are no subjects. */
async function subjectsOf(
  specifier: string,
  cwd: string,
  exists: (url: URL) => boolean,
): Promise<NamedSubjects> {
  const base = folderUrl(cwd);
  const url = isPath(specifier)
    ? new URL(asUrlPath(specifier), base)
    : new URL(`node_modules/${specifier}`, base);
  if (!exists(url))
    throw new Error(isPath(specifier) ? 'it does not exist' : `it is not installed below ${cwd}`);
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
