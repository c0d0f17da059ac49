import { describe, it } from 'node:test';
import { defineAudits } from '@sidetone/testkit';
import { conformance, withPartner } from './conformance.js';

void describe('nobody else talks', () => defineAudits(it, conformance));
void describe('the caller talks with somebody', () => defineAudits(it, withPartner));
