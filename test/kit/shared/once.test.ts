import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { onceIn } from './once.js';

let shared: string;
beforeAll(async () => {
  shared = await mkdtemp(path.join(tmpdir(), 'mtc-once-'));
});
afterAll(() => rm(shared, { recursive: true, force: true }));

describe('what tests share', () => {
  it('is made by one of those that ask for it at once, and found by the others and by later ones', async () => {
    const make = vi.fn(async (folder: string) => ({ folder }));
    const asked = await Promise.all([1, 2, 3].map(() => onceIn(shared, 'server', make)));
    asked.push(await onceIn(shared, 'server', make));
    expect(asked).toEqual(Array(4).fill({ folder: path.join(shared, 'server') }));
    expect(make).toHaveBeenCalledOnce();
  });

  it('fails for all of them when it cannot be made', async () => {
    const make = vi.fn(() => Promise.reject(new Error('no room')));
    for (const _ of [1, 2]) {
      await expect(onceIn(shared, 'broken', make)).rejects.toThrow(
        /What the tests share could not be made \(broken\).*no room/,
      );
    }
    expect(make).toHaveBeenCalledOnce();
  });
});
