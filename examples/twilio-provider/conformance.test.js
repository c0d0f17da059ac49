import { describe, it } from 'node:test';
import { defineAudits } from '@sidetone/testkit';
import { conformance, withDial } from './conformance.js';

void describe('without dial', () => defineAudits(it, conformance));
void describe('with dial', () => defineAudits(it, withDial));
