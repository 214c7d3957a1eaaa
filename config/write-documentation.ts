import { writeFile } from 'node:fs/promises';
import { configurationDocument } from './documentation.js';

/** `npm run docs`: docs/configuration.md from the table of variables. */
await writeFile(new URL('../docs/configuration.md', import.meta.url), configurationDocument());
