import { expect, it } from 'vitest';
import { KINDS } from '../../resources/kinds/index.js';
import { resourceList, SERVED_GROUPS } from './discovery-documents.js';

it('lists every kind with the subresources of its definition', () => {
  const listed = SERVED_GROUPS.flatMap((served) =>
    resourceList(served).resources.map(({ name, verbs }) => ({ name, verbs })),
  );
  for (const { plural, verbs, hasStatus, subresources = {} } of KINDS) {
    expect(listed).toContainEqual({ name: plural, verbs });
    expect(listed.some(({ name }) => name === `${plural}/status`)).toBe(hasStatus);
    for (const [name, served] of Object.entries(subresources)) {
      expect(listed).toContainEqual({ name: `${plural}/${name}`, verbs: served });
    }
  }
});
