import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findSecrets } from './secret-forms.js';

/** Refuses credentials in the files of the repository: what was committed once stays in its history. */
const root = fileURLToPath(new URL('../', import.meta.url));
const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
});
let found = 0;
for (const file of files.split('\0').filter(Boolean)) {
  const text = await readFile(path.join(root, file), 'latin1').catch(() => '');
  for (const line of findSecrets(text)) {
    found += 1;
    console.log(`${file}:${line}. Take it out, and have it revoked.`);
  }
}
process.exitCode = found > 0 ? 1 : 0;
