import { describe, expect, it } from 'vitest';
import { persistentVolumeEntry } from './persistent-volume-entry.js';
import { proposalErrors, proposalWarnings } from './proposed-capacity.js';

const known = persistentVolumeEntry.parse({ name: 'a', pvc: { name: 'data', requested: '100Mi' } });
const field = 'spec.persistentVolumes[0].proposedCapacity';

describe('the capacity a user proposes', () => {
  it.each([
    ['larger', { proposedCapacity: '300Mi', capacityConfirmed: true }, undefined],
    ['a number', { proposedCapacity: 2 ** 30, capacityConfirmed: true }, undefined],
    ['zero, as MTC writes it', { proposedCapacity: '0' }, undefined],
    ['smaller than the claim', { proposedCapacity: '50Mi', capacityConfirmed: true }, 'smaller than the 100Mi'],
    ['smaller, not confirmed', { proposedCapacity: '50Mi' }, undefined],
    ['no quantity', { proposedCapacity: 'plenty' }, 'write a quantity such as 20Gi'],
    ['negative', { proposedCapacity: '-5Gi' }, 'write a quantity such as 20Gi'],
  ])('is refused when it cannot be used: %s', (_, fields, message) => {
    const errors = proposalErrors([{ ...known, ...fields }], [known]);
    expect(errors).toEqual(
      message ? [{ field, reason: 'FieldValueInvalid', message: expect.stringContaining(message) }] : [],
    );
    // What is stored already is not judged again by writes about something else.
    expect(proposalErrors([{ ...known, ...fields }], [{ ...known, ...fields }])).toEqual([]);
  });

  it.each([
    ['both', { proposedCapacity: '300Mi', capacityConfirmed: true }, []],
    ['none', {}, []],
    ['not confirmed', { proposedCapacity: '300Mi' }, ['has an effect once capacityConfirmed']],
    ['only confirmed', { capacityConfirmed: true }, ['is not set']],
    ['confirmed zero', { capacityConfirmed: true, proposedCapacity: '0' }, ['is not set']],
  ])('is warned of when it has no effect: %s', (_, fields, expected) => {
    expect(proposalWarnings([{ ...known, ...fields }], [known])).toEqual(
      expected.map((text) => expect.stringContaining(text)),
    );
  });
});
