/** Defines a test for each conformance audit. */
import { it } from 'node:test';
import { defineAudits } from '@sidetone/testkit';
import { conformance } from './conformance.js';

defineAudits((name, run) => void it(name, run), conformance);
