#!/usr/bin/env node
import { main } from 'create-sidetone-plugin';

process.exitCode = await main(process.argv.slice(2));
