import { z } from 'zod';
import { conditionsOn } from './catalogue/index.js';
import { listMap, timestamp } from './fields.js';

/** The types of condition a kind shows, each with what it means and what to do. */
function typesOf(kind: string): string {
  const known = conditionsOn(kind).filter(({ entry }) => entry.within === undefined);
  if (known.length === 0) return 'What the condition is about. This kind shows none so far.';
  const lines = known.map(({ type, categories, entry }) => `${type} (${categories.join(' or ')}): ${entry.meaning}`);
  return ['What the condition is about:', ...lines].join('\n');
}

const condition = (kind: string) =>
  z
    .looseObject({
      type: z.string().describe(typesOf(kind)),
      status: z.string().describe('True or False.'),
      category: z
        .string()
        .describe('Critical and Error keep the object from being ready; Warn, Required and Advisory inform.'),
      reason: z.string().optional().describe('One word for the cause.'),
      message: z.string().optional().describe('What was found, where, and what to do about it.'),
      lastTransitionTime: timestamp().optional().describe('When the condition last changed.'),
      durable: z.boolean().optional().describe('True for a condition that later checks keep.'),
      items: z.array(z.string()).optional().describe('The objects that the message is about.'),
    })
    .describe('One finding about the object.');

/** The fields the status of every kind begins with. */
export const commonStatus = (kind: string) => ({
  conditions: listMap(condition(kind), ['type']).optional().describe('What was found out about this object.'),
  observedDigest: z.string().optional().describe('Digest of the spec that was last looked at.'),
});
