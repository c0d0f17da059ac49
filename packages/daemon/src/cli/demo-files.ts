/** The configuration files of the demo. */
import { fileURLToPath } from 'node:url';

const fileOf = (name: string): string => fileURLToPath(new URL(`../../demo/${name}`, import.meta.url));

export const DEMO_CONFIG = fileOf('sidetone.yaml');
/** Of each node of `sidetone demo --cluster`. */
export const DEMO_NODE_CONFIG = fileOf('node.yaml');
