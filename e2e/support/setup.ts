/**
 * Runs before each file of end-to-end tests. Files of a worker share their modules, so a hook that a module registers would
 * belong to the first file only.
 */
import { afterAll, aroundEach } from 'vitest';
import { releaseFile, releasingAfter } from './cleanup.ts';

aroundEach(releasingAfter);
afterAll(releaseFile);
