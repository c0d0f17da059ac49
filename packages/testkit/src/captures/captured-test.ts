/** Turns a captured call into the text of a test. */
import type { ProviderPlugin } from '@sidetone/core';
import { conform } from '../conformance/conform.ts';
import type { AuditResult } from '../conformance/report-card.ts';
import type { Scenario, Subject } from '../providers/scenario.ts';
import type { CaptureSession } from './capture-file.ts';
import { callIdsIn } from './captured-calls.ts';
import { defineCapturedSubject } from './captured-subject.ts';
import { capturedCall, type CapturedCall } from './captured-steps.ts';
import { stateEffects } from './state-effects.ts';

/** The audits of a captured call: the stated effects of each step, the details of the call, and its end. */
export const CAPTURE_AUDITS: readonly string[] = ['B3D7', '8D6E'];

/** What a test imports: the default export of the module of the plugin, and `conformance` of its scenario. One of them has the plugin. */
export interface TestImports {
  readonly plugin?: string;
  readonly base?: string;
}

/** Options of {@link createCapturedTest}. */
export interface CapturedTestOptions {
  readonly plugin: ProviderPlugin<unknown>;
  /** The scenario of the plugin's `conformance.js`. */
  readonly base?: Subject | Scenario;
  /** What the test imports the plugin and the scenario from. */
  readonly imports: TestImports;
  /** Writes the subject only, for `sidetone-conform`, without tests. */
  readonly scenarioOnly?: boolean;
}

/** The text of a test, and what its author should know. */
export interface CapturedTest {
  readonly call: CapturedCall;
  readonly text: string;
  readonly remarks: readonly string[];
  /** The audits of the test that fail: none, unless the plugin behaves differently each time. */
  readonly failed: readonly AuditResult[];
}

/** Plays a call of a capture, and returns a test that states what the plugin did. @throws {Error} if the call is not in the capture. */
export async function createCapturedTest(
  sessions: readonly CaptureSession[],
  callId: string,
  { plugin, base, imports, scenarioOnly = false }: CapturedTestOptions,
): Promise<CapturedTest> {
  const session = sessions.findLast((each) => callIdsIn(each).includes(callId));
  if (!session) throw new Error(`no call ${callId} in the capture`);
  const subjectOf = (call: CapturedCall): Subject => defineCapturedSubject(plugin, call, base);
  const { call, remarks } = await stateEffects(capturedCall(session, callId), subjectOf);
  const { audits } = await conform(subjectOf(call), { only: CAPTURE_AUDITS });
  return {
    call,
    text: textOf(call, plugin.displayName, imports, scenarioOnly),
    remarks,
    failed: audits.filter(({ outcome }) => outcome === 'fail'),
  };
}

function textOf(
  call: CapturedCall,
  name: string,
  { plugin, base }: TestImports,
  scenarioOnly: boolean,
): string {
  const names = ['defineCapturedSubject', ...(scenarioOnly ? [] : ['CAPTURE_AUDITS', 'defineAudits'])];
  const imports = [
    ...(scenarioOnly ? [] : [`import { it } from 'node:test';`]),
    `import { ${names.toSorted().join(', ')} } from '@sidetone/testkit';`,
    ...(plugin === undefined ? [] : [`import plugin from '${plugin}';`]),
    ...(base === undefined ? [] : [`import { conformance } from '${base}';`]),
  ];
  const data = JSON.stringify(call, null, 2);
  return `/**
 * A call of ${name}, captured on ${new Date(call.startsAt).toISOString().slice(0, 10)}. Secrets, numbers, names and texts are replaced.
 * Each step states what the plugin did when this file was made. Read it before you publish it.
 */
${imports.join('\n')}

const call = ${data};

export const captured = defineCapturedSubject(${plugin === undefined ? 'conformance.plugin' : 'plugin'}, call${base === undefined ? '' : ', conformance'});
${scenarioOnly ? '' : '\ndefineAudits(it, captured, { only: CAPTURE_AUDITS });\n'}`;
}
