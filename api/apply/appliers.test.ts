import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { listMap, listSet } from '../../resources/meta/fields.js';
import { applyConfig } from './apply-config.js';
import { FieldSet } from './field-set.js';
import type { Owners } from './managed-fields.js';
import { ownersAfterUpdate, type Writing } from './ownership.js';
import { pathText } from './path-element.js';
import { typeOfSchema } from './type-of-schema.js';

const entry = z.strictObject({ name: z.string(), value: z.number().optional(), parts: listSet(z.string()).optional() });
const port = z.strictObject({
  port: z.number().optional(),
  protocol: z.string().default('TCP'),
  name: z.string().optional(),
});
const schema = z.strictObject({
  text: z.string().optional(),
  number: z.number().optional(),
  bool: z.boolean().optional(),
  set: listSet(z.union([z.string(), z.number()])).optional(),
  list: listMap(entry, ['name']).optional(),
  ports: listMap(port, ['port', 'protocol']).optional(),
  atomic: z.array(z.string()).optional(),
  struct: z.strictObject({ name: z.string().optional(), value: z.number().optional() }).optional(),
  map: z.record(z.string(), z.record(z.string(), z.string())).optional(),
  any: z.unknown().optional(),
});
const type = typeOfSchema(schema);

type Json = Record<string, unknown>;
interface Step {
  by: string;
  apply?: Json;
  force?: Json;
  update?: Json;
  /** Each as `manager path`; the object then stays as it was. */
  conflicts?: string[];
}
interface Play {
  steps: Step[];
  object: Json;
  /** The paths each manager owns. */
  owned: Record<string, string[]>;
}

function play(steps: Step[]): Pick<Play, 'object' | 'owned'> {
  let object: unknown = {};
  let owners: Owners = new Map();
  for (const { by, apply, force, update, conflicts = [] } of steps) {
    const operation = update ? 'Update' : 'Apply';
    const who = { manager: by, operation, apiVersion: 'v1' } as const;
    const writing: Writing = { type, who, ignored: new FieldSet(), now: '2026-01-01T00:00:00Z' };
    if (update) {
      owners = ownersAfterUpdate(writing, owners, object, update);
      object = update;
      continue;
    }
    const applied = applyConfig(writing, owners, object, force ?? apply);
    const found = applied.conflicts.map(({ who: { manager }, path }) => `${manager} ${pathText(path)}`);
    if (!force) expect(found.sort()).toEqual(conflicts.sort());
    if (force || found.length === 0) ({ object, owners } = applied);
  }
  const owned = [...owners.values()].map(({ who, fields }) => [who.manager, [...fields.paths()].map(pathText).sort()]);
  return { object: object as Json, owned: Object.fromEntries(owned) };
}

const cases: Record<string, Play> = {
  'an applier replaces what it applied': {
    steps: [
      { by: 'one', apply: { number: 1, text: 'a' } },
      { by: 'one', apply: { number: 2, text: 'b', bool: false } },
    ],
    object: { number: 2, text: 'b', bool: false },
    owned: { one: ['.bool', '.number', '.text'] },
  },
  'what another wrote beside it stays': {
    steps: [
      { by: 'one', apply: { number: 1, text: 'a' } },
      { by: 'controller', update: { number: 1, text: 'a', bool: true } },
      { by: 'one', apply: { number: 2, text: 'b' } },
    ],
    object: { number: 2, text: 'b', bool: true },
    owned: { one: ['.number', '.text'], controller: ['.bool'] },
  },
  'what another wrote over it is a conflict, until it is forced': {
    steps: [
      { by: 'one', apply: { number: 1, text: 'a' } },
      { by: 'controller', update: { number: 1, text: 'theirs', bool: true } },
      { by: 'one', apply: { number: 2, text: 'mine' }, conflicts: ['controller .text'] },
      { by: 'one', force: { number: 2, text: 'mine' } },
    ],
    object: { number: 2, text: 'mine', bool: true },
    owned: { one: ['.number', '.text'], controller: ['.bool'] },
  },
  'what is no longer applied goes': {
    steps: [
      { by: 'one', apply: { number: 1, text: 'a', bool: false } },
      { by: 'one', apply: { text: 'b' } },
    ],
    object: { text: 'b' },
    owned: { one: ['.text'] },
  },
  'an applier that applies nothing owns nothing': {
    steps: [
      { by: 'one', apply: { text: 'a' } },
      { by: 'one', apply: {} },
    ],
    object: {},
    owned: {},
  },
  'what another took over stays when it is no longer applied': {
    steps: [
      { by: 'one', apply: { number: 2 } },
      { by: 'controller', update: { number: 1 } },
      { by: 'one', apply: {} },
    ],
    object: { number: 1 },
    owned: { controller: ['.number'] },
  },
  'an update takes over, and its former owner is gone': {
    steps: [
      { by: 'one', apply: { text: 'a' } },
      { by: 'controller', update: { text: 'b' } },
    ],
    object: { text: 'b' },
    owned: { controller: ['.text'] },
  },
  'an update that removes a field takes it from all': {
    steps: [
      { by: 'one', apply: { text: 'a', number: 1 } },
      { by: 'two', apply: { text: 'a' } },
      { by: 'controller', update: { number: 1 } },
    ],
    object: { number: 1 },
    owned: { one: ['.number'] },
  },
  'two appliers of one value share it, and the last one removes it': {
    steps: [
      { by: 'one', apply: { list: [{ name: 'a', value: 0 }] } },
      { by: 'two', apply: { list: [{ name: 'a', value: 0 }] } },
      { by: 'one', apply: {} },
    ],
    object: { list: [{ name: 'a', value: 0 }] },
    owned: { two: ['.list[name="a"]', '.list[name="a"].name', '.list[name="a"].value'] },
  },
  'entries of a set have owners of their own': {
    steps: [
      { by: 'one', apply: { set: ['a', 'c'] } },
      { by: 'controller', update: { set: ['a', 'b', 'c', 'd'] } },
      { by: 'one', apply: { set: ['a', 'aa', 'c', 'cc'] } },
    ],
    object: { set: ['a', 'b', 'aa', 'c', 'd', 'cc'] },
    owned: {
      one: ['.set[="a"]', '.set[="aa"]', '.set[="c"]', '.set[="cc"]'],
      controller: ['.set[="b"]', '.set[="d"]'],
    },
  },
  'entries of a set go with their applier': {
    steps: [
      { by: 'one', apply: { set: ['a', 'b', 'c', 'd'] } },
      { by: 'one', apply: { set: ['a', 'c', 'e'] } },
    ],
    object: { set: ['a', 'c', 'e'] },
    owned: { one: ['.set[="a"]', '.set[="c"]', '.set[="e"]'] },
  },
  'the applied order counts': {
    steps: [
      { by: 'one', apply: { set: ['a', 'b', 'c', 'd'] } },
      { by: 'controller', update: { set: ['a', 'd', 'c', 'b'] } },
      { by: 'one', apply: { set: ['a', 'b', 'c', 'd'] } },
    ],
    object: { set: ['a', 'b', 'c', 'd'] },
    owned: { one: ['.set[="a"]', '.set[="b"]', '.set[="c"]', '.set[="d"]'] },
  },
  'appliers of other entries do not disturb each other': {
    steps: [
      { by: 'one', apply: { list: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] } },
      { by: 'two', apply: { list: [{ name: 'c' }, { name: 'd' }] } },
      { by: 'one', apply: { list: [{ name: 'a' }] } },
    ],
    object: { list: [{ name: 'a' }, { name: 'c' }, { name: 'd' }] },
    owned: {
      one: ['.list[name="a"]', '.list[name="a"].name'],
      two: ['.list[name="c"]', '.list[name="c"].name', '.list[name="d"]', '.list[name="d"].name'],
    },
  },
  'another value in an entry is a conflict': {
    steps: [
      { by: 'one', apply: { list: [{ name: 'a', value: 0 }] } },
      { by: 'two', apply: { list: [{ name: 'a', value: 1 }] }, conflicts: ['one .list[name="a"].value'] },
    ],
    object: { list: [{ name: 'a', value: 0 }] },
    owned: { one: ['.list[name="a"]', '.list[name="a"].name', '.list[name="a"].value'] },
  },
  'an entry with another name is another entry': {
    steps: [
      { by: 'one', apply: { list: [{ name: 'a', value: 1 }] } },
      { by: 'one', apply: { list: [{ name: 'b', value: 2 }] } },
    ],
    object: { list: [{ name: 'b', value: 2 }] },
    owned: { one: ['.list[name="b"]', '.list[name="b"].name', '.list[name="b"].value'] },
  },
  'an entry that others apply, too, loses what was in it': {
    steps: [
      { by: 'one', apply: { list: [{ name: 'a' }, { name: 'b', parts: ['c'] }] } },
      { by: 'two', apply: { list: [{ name: 'b', parts: ['d'] }] } },
      {
        by: 'controller',
        update: { list: [{ name: 'a' }, { name: 'b', parts: ['c', 'd', 'e'] }] },
      },
      { by: 'one', apply: { list: [{ name: 'a' }] } },
    ],
    object: { list: [{ name: 'a' }, { name: 'b', parts: ['d', 'e'] }] },
    owned: {
      one: ['.list[name="a"]', '.list[name="a"].name'],
      two: ['.list[name="b"]', '.list[name="b"].name', '.list[name="b"].parts[="d"]'],
      controller: ['.list[name="b"].parts[="e"]'],
    },
  },
  'an entry that no one else applies goes with what others put in it': {
    steps: [
      { by: 'one', apply: { list: [{ name: 'a' }, { name: 'b', parts: ['c'] }] } },
      {
        by: 'controller',
        update: { list: [{ name: 'a' }, { name: 'b', parts: ['c', 'd'] }] },
      },
      { by: 'one', apply: { list: [{ name: 'a' }] } },
    ],
    object: { list: [{ name: 'a' }] },
    owned: { one: ['.list[name="a"]', '.list[name="a"].name'] },
  },
  'a key that is left out has its default': {
    steps: [
      { by: 'one', apply: { ports: [{ port: 80 }, { port: 80, protocol: 'UDP' }] } },
      { by: 'two', apply: { ports: [{ port: 80, protocol: 'TCP', name: 'web' }] } },
    ],
    object: {
      ports: [
        { port: 80, protocol: 'TCP', name: 'web' },
        { port: 80, protocol: 'UDP' },
      ],
    },
    owned: {
      one: [
        '.ports[port=80,protocol="TCP"]',
        '.ports[port=80,protocol="TCP"].port',
        '.ports[port=80,protocol="UDP"]',
        '.ports[port=80,protocol="UDP"].port',
        '.ports[port=80,protocol="UDP"].protocol',
      ],
      two: [
        '.ports[port=80,protocol="TCP"]',
        '.ports[port=80,protocol="TCP"].name',
        '.ports[port=80,protocol="TCP"].port',
        '.ports[port=80,protocol="TCP"].protocol',
      ],
    },
  },
  'other lists have one owner': {
    steps: [
      { by: 'one', apply: { atomic: ['a', 'b'] } },
      { by: 'two', apply: { atomic: ['b', 'c'] }, conflicts: ['one .atomic'] },
      { by: 'two', force: { atomic: ['b', 'c'] } },
    ],
    object: { atomic: ['b', 'c'] },
    owned: { two: ['.atomic'] },
  },
  'fields of an object go, the object with the last of them': {
    steps: [
      { by: 'one', apply: { struct: { name: 'a' } } },
      { by: 'controller', update: { struct: { name: 'a', value: 1 } } },
      { by: 'one', apply: {} },
    ],
    object: { struct: { value: 1 } },
    owned: { controller: ['.struct.value'] },
  },
  'an object stays for who applies it empty': {
    steps: [
      { by: 'one', apply: { struct: { name: 'a' } } },
      { by: 'one', apply: { struct: {} } },
    ],
    object: { struct: {} },
    owned: { one: ['.struct'] },
  },
  'a field that was taken over stays with its object': {
    steps: [
      { by: 'one', apply: { struct: { name: 'a' } } },
      { by: 'controller', update: { struct: { name: 'b', value: 1 } } },
      { by: 'one', apply: { struct: {} } },
    ],
    object: { struct: { name: 'b', value: 1 } },
    owned: { one: ['.struct'], controller: ['.struct.name', '.struct.value'] },
  },
  'keys of a map are owned one by one': {
    steps: [
      { by: 'one', apply: { map: { a: { b: 'x', c: 'y' } } } },
      { by: 'two', apply: { map: { a: { d: 'z' }, e: {} } } },
      { by: 'one', apply: { map: { a: { c: 'z' } } } },
    ],
    object: { map: { a: { c: 'z', d: 'z' }, e: {} } },
    owned: { one: ['.map.a', '.map.a.c'], two: ['.map.a', '.map.a.d', '.map.e'] },
  },
  'what has no schema is owned by field, with its lists as they are': {
    steps: [
      { by: 'one', apply: { any: { a: 1, b: { c: [1, 2], d: 'x' } } } },
      { by: 'controller', update: { any: { a: 1, b: { c: [1, 2, 3], d: 'x' }, e: 5 } } },
      { by: 'one', apply: { any: { a: 2, b: { c: [3], d: 'x' } } }, conflicts: ['controller .any.b.c'] },
    ],
    object: { any: { a: 1, b: { c: [1, 2, 3], d: 'x' }, e: 5 } },
    owned: { one: ['.any.a', '.any.b', '.any.b.d'], controller: ['.any.b.c', '.any.e'] },
  },
  'what has no schema and takes another form has another owner': {
    steps: [
      { by: 'one', apply: { any: { a: { b: 1 } } } },
      { by: 'controller', update: { any: { a: 'text' } } },
    ],
    object: { any: { a: 'text' } },
    owned: { controller: ['.any.a'] },
  },
  'entries of one name are one thing': {
    steps: [
      { by: 'one', update: { set: [1, 3, 4] } },
      { by: 'two', update: { set: [1, 1, 3, 4] } },
    ],
    object: { set: [1, 1, 3, 4] },
    owned: { one: ['.set', '.set[=3]', '.set[=4]'], two: ['.set[=1]'] },
  },
  'entries of one name are replaced by the applied one': {
    steps: [
      { by: 'updater', update: { set: [1, 1, 3, 4] } },
      { by: 'one', apply: { set: [1] }, conflicts: ['updater .set[=1]'] },
      { by: 'one', force: { set: [1] } },
    ],
    object: { set: [1, 3, 4] },
    owned: { updater: ['.set', '.set[=3]', '.set[=4]'], one: ['.set[=1]'] },
  },
  'entries of one name stay when another is applied': {
    steps: [
      {
        by: 'updater',
        update: {
          list: [
            { name: 'a', value: 1 },
            { name: 'a', value: 2 },
            { name: 'b', value: 3 },
          ],
        },
      },
      { by: 'one', apply: { list: [{ name: 'c', value: 4 }] } },
    ],
    object: {
      list: [
        { name: 'a', value: 1 },
        { name: 'a', value: 2 },
        { name: 'b', value: 3 },
        { name: 'c', value: 4 },
      ],
    },
    owned: {
      updater: ['.list', '.list[name="a"]', '.list[name="b"]', '.list[name="b"].name', '.list[name="b"].value'],
      one: ['.list[name="c"]', '.list[name="c"].name', '.list[name="c"].value'],
    },
  },
  'a field in one of the entries of one name is of all of them': {
    steps: [
      {
        by: 'one',
        update: {
          list: [
            { name: 'a', value: 1 },
            { name: 'a', value: 2 },
          ],
        },
      },
      {
        by: 'two',
        update: {
          list: [
            { name: 'a', value: 1 },
            { name: 'a', value: 3 },
          ],
        },
      },
    ],
    object: {
      list: [
        { name: 'a', value: 1 },
        { name: 'a', value: 3 },
      ],
    },
    owned: { one: ['.list'], two: ['.list[name="a"]'] },
  },
};

// After the cases of kubernetes-sigs/structured-merge-diff.
describe('owners of fields', () => {
  it.each(Object.entries(cases))('%s', (_, { steps, object, owned }) => {
    expect(play(steps)).toEqual({ object, owned });
  });

  it.each([
    ['an entry twice', { list: [{ name: 'a' }, { name: 'a' }] }, 'duplicate entries for key [name="a"]'],
    ['an entry twice by its default', { ports: [{ port: 80 }, { port: 80, protocol: 'TCP' }] }, 'duplicate entries'],
    ['a value twice', { set: ['a', 'a'] }, 'duplicate entries for key [="a"]'],
    ['an entry without its key', { list: [{ value: 1 }] }, 'must have name'],
    ['an entry that is not an object', { list: ['a'] }, 'must be an object'],
    ['an entry of a set that is an object', { set: [{}] }, 'must be a plain value'],
  ])('an applied list may not hold %s', (_, config, message) => {
    expect(() => play([{ by: 'one', apply: config }])).toThrow(message);
  });

  it('keep the time of their last change', () => {
    const at = (now: string, owners: Owners, live: unknown, config: unknown) =>
      applyConfig(
        { type, who: { manager: 'one', operation: 'Apply', apiVersion: 'v1' }, ignored: new FieldSet(), now },
        owners,
        live,
        config,
      );
    const first = at('1', new Map(), {}, { text: 'a' });
    const again = at('2', first.owners, first.object, { text: 'a' });
    const changed = at('3', again.owners, again.object, { text: 'b' });
    const times = [first, again, changed].map(({ owners }) => [...owners.values()].map(({ time }) => time));
    expect(times).toEqual([['1'], ['1'], ['3']]);
  });

  it('are told what an applier gave up, without what names an entry', () => {
    const writing: Writing = {
      type,
      who: { manager: 'one', operation: 'Apply', apiVersion: 'v1' },
      ignored: new FieldSet(),
      now: '',
    };
    const first = applyConfig(writing, new Map(), {}, { text: 'a', list: [{ name: 'a', value: 1 }] });
    const live = { text: 'a', list: [{ name: 'a', value: 1, parts: ['x'] }] };
    const { pruned } = applyConfig(writing, first.owners, live, { text: 'a' });
    expect([...pruned.paths()].map(pathText)).toEqual(['.list[name="a"].value']);
  });
});
