import { z } from 'zod';
import { timestamp } from './fields.js';

const condition = z
  .looseObject({
    type: z.string().describe('What the condition is about, e.g. Ready.'),
    status: z.string().describe('True or False.'),
    category: z
      .string()
      .describe('Critical and Error keep the object from being ready; Warn, Required and Advisory inform.'),
    reason: z.string().optional().describe('One word for the cause.'),
    message: z.string().optional().describe('What was found, where, and what to do about it.'),
    lastTransitionTime: timestamp().optional().describe('When the condition last changed.'),
    durable: z.boolean().optional().describe('True for a condition that later checks leave standing.'),
    items: z.array(z.string()).optional().describe('The objects the message speaks of.'),
  })
  .describe('One finding about the object.');

/** The fields every status begins with. */
export const commonStatus = {
  conditions: z.array(condition).optional().describe('What was found out about this object.'),
  observedDigest: z.string().optional().describe('Digest of the spec that was last looked at.'),
};
