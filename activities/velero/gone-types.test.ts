import { expect, it } from 'vitest';
import { aboutWhatIsThere } from './gone-types.js';

const unlisted = (plural: string) =>
  `shop:  resource: /${plural} message: /Error listing items error: /the server could not find the requested resource`;
const WITHOUT_TYPE = ' message: /Error listing resources error: /the server could not find the requested resource';
const REFUSED = 'shop:  resource: /widgets message: /Error listing items error: /widgets is forbidden';

it.each<[string, string[], string[]]>([
  ['none', [], []],
  ['a type that is gone', [WITHOUT_TYPE, unlisted('widgets')], []],
  ['a type that is served again', [WITHOUT_TYPE, unlisted('deployments')], [WITHOUT_TYPE, unlisted('deployments')]],
  ['a type that is gone, and one that is served', [unlisted('widgets'), unlisted('pods')], [unlisted('pods')]],
  ['what names no type', [WITHOUT_TYPE], [WITHOUT_TYPE]],
  ['another reason', [REFUSED], [REFUSED]],
  ['another error beside it', [unlisted('widgets'), REFUSED, 'disk full'], [REFUSED, 'disk full']],
])('errors of a Backup that may mean something is missing: %s', (_, errors, expected) => {
  expect(aboutWhatIsThere(errors, new Set(['deployments', 'pods']))).toEqual(expected);
});
