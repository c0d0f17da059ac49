import { it } from 'node:test';
import { defineAudits } from '@sidetone/testkit';
import { conformance } from './conformance.js';

defineAudits(it, conformance);
