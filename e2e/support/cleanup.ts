/** Releases what a test acquired when that test ends, also while other tests of the file still run. */
import { AsyncLocalStorage } from 'node:async_hooks';

type Release = () => unknown;

const ofTest = new AsyncLocalStorage<Release[]>();
/** What was acquired outside of a test: in `beforeAll`, or while the file was loaded. */
const ofFile: Release[] = [];

/**
 * Calls `release` when the current test has ended; outside of a test, after the last one of the file. The last one registered
 * is called first. An error that it throws fails the test.
 */
export function onEnd(release: Release): void {
  (ofTest.getStore() ?? ofFile).push(release);
}

async function releaseAll(releases: Release[]): Promise<void> {
  const errors: unknown[] = [];
  for (const release of releases.splice(0).toReversed()) {
    try {
      await release();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors, 'several releases failed');
}

/** Runs a test, and then releases what it acquired. */
export async function releasingAfter(runTest: () => Promise<void>): Promise<void> {
  const releases: Release[] = [];
  try {
    await ofTest.run(releases, runTest);
  } finally {
    await releaseAll(releases);
  }
}

/** Releases what was acquired outside of a test. */
export const releaseFile = (): Promise<void> => releaseAll(ofFile);
