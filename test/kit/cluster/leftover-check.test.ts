import { describe, expect, it } from 'vitest';
import type { Helper } from './helpers-left.js';
import { LeftoverCheck, type MadeRun } from './leftover-check.js';

const run = (uid: string, isOver = true): MadeRun => ({ uid, name: `mtc/${uid}`, isOver });
const podOf = (uid: string): Helper => ({ run: uid, what: `source Pod shop/of-${uid}` });

/** What one look after the other finds, the last time and again. */
function check(looks: MadeRun[][], helpers: Helper[] = [], patienceSeconds = 0): LeftoverCheck {
  const all = [...looks];
  const runs = async () => (all.length > 1 ? all.shift() : all[0]) ?? [];
  const helpersOf = async (uids: readonly string[]) => helpers.filter(({ run }) => uids.includes(run));
  return new LeftoverCheck({ runs, helpersOf }, patienceSeconds);
}

describe('what migrations leave behind', () => {
  it('is nothing when all are over and have no helpers', async () => {
    await check([[run('one'), run('two')]], [podOf('of-another-system')]).expectNothingLeft();
  });

  it('fails the test that sees it first, with every object and its migration', async () => {
    const looking = check([[run('one'), run('two')]], [podOf('one'), podOf('two')]);
    await expect(looking.expectNothingLeft()).rejects.toThrow(
      'Migrations have left behind:\nsource Pod shop/of-one of mtc/one\nsource Pod shop/of-two of mtc/two',
    );
    await looking.expectNothingLeft();
  });

  it('does not include a helper of a migration that still runs, or that was retried since', async () => {
    const besideOthers = true;
    await check([[run('one', false)]], [podOf('one')]).expectNothingLeft({ besideOthers });
    await check([[run('one')], [run('one', false)]], [podOf('one')]).expectNothingLeft({ besideOthers });
  });

  it('includes a migration that still runs although no test does', async () => {
    await expect(check([[run('one', false)]]).expectNothingLeft()).rejects.toThrow('mtc/one is not over');
  });

  it('is looked for when the end of the last migration is recorded', async () => {
    const looking = check([[run('one', false)], [run('one')]], [podOf('one')], 10);
    await expect(looking.expectNothingLeft()).rejects.toThrow('source Pod shop/of-one of mtc/one');
  });
});
