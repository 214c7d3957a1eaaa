import { writeFile } from 'node:fs/promises';
import { PAGES } from './pages.js';

// Writes the pages that are made from the code. A test compares them.
for (const [file, text] of Object.entries(PAGES)) {
  await writeFile(new URL(`../../docs/${file}`, import.meta.url), text());
  console.log(`docs/${file}`);
}
