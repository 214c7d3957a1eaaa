import type { IForbiddenRuleType } from 'dependency-cruiser';
import { LOOSE_FILES, ORDER, ROOMS } from './rooms.js';

/** Beside what they test; of what lies above they may import the test kit. */
const UNIT_TEST = '\\.test\\.ts$';

const escaped = (path: string): string => path.replaceAll('.', '\\.');

/** What lies in a folder, or the file itself. */
const inside = (place: string): string => `^${escaped(place)}${place.endsWith('.ts') ? '$' : '/'}`;

/** Rooms that are folders of another room (`temporal/contract`), which are not meant when that one is named. */
const roomsBelow = (room: string): string[] => Object.keys(ROOMS).filter((other) => other.startsWith(`${room}/`));

const inRoom = (room: string): string => {
  const below = roomsBelow(room).map((other) => `${other.slice(room.length + 1)}/`);
  return room.endsWith('.ts') ? inside(room) : `^${room}/${below.length > 0 ? `(?!${below.join('|')})` : ''}`;
};

/** What a production install runs. */
const PRODUCT = Object.keys(ROOMS).filter((room) => !['lab', 'bench', 'images', 'test', 'rules'].includes(room));

const layers = (): IForbiddenRuleType[] =>
  Object.entries(ROOMS).flatMap(([room, below]): IForbiddenRuleType[] => {
    if (below === 'all') return [];
    const allowed = [room, ...below].map(inRoom);
    const rule = (from: IForbiddenRuleType['from'], more: string[]): IForbiddenRuleType => ({
      name: 'layers',
      comment: `${room} may import from ${below.join(', ') || 'no other room'}. The table is in rules/rooms.ts.`,
      severity: 'error',
      from,
      to: { path: Object.keys(ROOMS).map(inRoom).join('|'), pathNot: [...allowed, ...more].join('|') },
    });
    return [
      rule({ path: inRoom(room), pathNot: UNIT_TEST }, []),
      rule({ path: `${inRoom(room)}.*${UNIT_TEST}` }, [inRoom('test')]),
    ];
  });

/** Folders stand in order all the way down, so that no circle of folders can arise. */
const unordered = (): IForbiddenRuleType => {
  const places = Object.entries(ORDER).flatMap(([room, places]) =>
    places
      .flat()
      .filter((place) => place !== LOOSE_FILES && !place.endsWith('.ts'))
      .map((place) => `${room}/${place}`),
  );
  const leaves = [...Object.keys(ROOMS), ...places].filter(
    (place) => !(place in ORDER) && roomsBelow(place).length === 0,
  );
  return {
    name: 'known-folder',
    comment: 'The folders of this folder have no order yet: give them one in rules/rooms.ts.',
    severity: 'error',
    scope: 'folder',
    from: { path: leaves.map((leaf) => `^${leaf}/[^/]+`).join('|'), pathNot: '^test/' },
    to: {},
  };
};

/** One rule for each folder that has others above or beside it, and one for folders that have no place in the order. */
const order = (): IForbiddenRuleType[] =>
  Object.entries(ORDER).flatMap(([room, places]) => {
    const name = `${room.replaceAll('/', '-')}-order`;
    const named = places.flat().filter((place) => place !== LOOSE_FILES);
    const pathOf = (place: string): string =>
      place === LOOSE_FILES
        ? `^${room}/(?!${
            named
              .filter((other) => other.endsWith('.ts'))
              .map((other) => `${escaped(other)}$`)
              .join('|') || '$'
          })[^/]+$`
        : inside(`${room}/${place}`);
    const folders = places.flatMap((place, index): IForbiddenRuleType[] =>
      [place].flat().flatMap((one): IForbiddenRuleType[] => {
        const beside = [place].flat().filter((other) => other !== one);
        const above = [...beside, ...places.slice(index + 1).flat()];
        if (above.length === 0) return [];
        return [
          {
            name,
            comment: `${room}/${one} may import only from what stands before it in the order of ${room}/: rules/rooms.ts.`,
            severity: 'error',
            from: { path: pathOf(one), pathNot: UNIT_TEST },
            to: { path: above.map(pathOf).join('|') },
          },
        ];
      }),
    );
    const loose = named.length === places.flat().length ? [] : [`^${room}/[^/]+$`];
    const strangers: IForbiddenRuleType = {
      name,
      comment: `This folder or file has no place in the order of ${room}/ yet: give it one in rules/rooms.ts.`,
      severity: 'error',
      from: { path: `^${room}/`, pathNot: [UNIT_TEST, ...named.map((place) => pathOf(place)), ...loose].join('|') },
      to: {},
    };
    return [...folders, strangers];
  });

/** All rules for imports; each is shown to fail in `import-rules.test.ts`. */
export const importRules = (): IForbiddenRuleType[] => [
  {
    name: 'no-circular',
    comment: 'Files in a circle cannot be understood or tested one by one: move what both need into a third.',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
  {
    name: 'no-orphans',
    comment: 'Nothing imports this file and it imports nothing: it is of no use, or its use is not seen.',
    severity: 'error',
    from: { orphan: true, pathNot: '^images/|\\.d\\.ts$|\\.config\\.ts$' },
    to: {},
  },
  {
    name: 'known-room',
    comment: 'This room is not in the table of rules/rooms.ts yet.',
    severity: 'error',
    scope: 'folder',
    from: { path: '^[^/.]', pathNot: `^(${Object.keys(ROOMS).join('|')}|node_modules)(/|$)` },
    to: {},
  },
  {
    name: 'only-contracts',
    comment: 'Of activities a workflow knows the contracts: activities/*/contract.ts.',
    severity: 'error',
    from: { path: '^workflows/' },
    to: { path: '^activities/', pathNot: '^activities/[^/]+/contract\\.ts$' },
  },
  {
    name: 'only-contracts',
    comment: 'Of contracts a workflow imports types: `import type`.',
    severity: 'error',
    from: { path: '^workflows/' },
    to: { path: '^activities/', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'workflows-only-as-types',
    comment: 'Workflow code runs in the bundle the worker loads, never in the process that starts it: `import type`.',
    severity: 'error',
    from: { path: '^(worker|activities|api|main\\.ts)', pathNot: UNIT_TEST },
    to: { path: '^workflows/', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'run-time-packages',
    comment: 'What the product imports at run time belongs to `dependencies`: a production install has nothing else.',
    severity: 'error',
    from: { path: PRODUCT.map(inRoom).join('|'), pathNot: UNIT_TEST },
    to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
  },
  ...layers(),
  ...order(),
  unordered(),
];
