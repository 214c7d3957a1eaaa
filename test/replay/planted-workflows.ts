import { executeChild, workflowInfo } from '@temporalio/workflow';

/*
 * Workflows that decide by something that is another at each replay, and their likes that do not. Temporal's sandbox replaces Date and
 * Math.random; these reach past it, as a library in a workflow might. Not part of the product.
 */

/** What the sandbox lends to workflows is made outside of it: so is what its constructor makes. */
const ofNode = (expression: string): unknown => new (URL.constructor as FunctionConstructor)(`return ${expression}`)();

/** Its id tells what was decided. */
export async function decided(): Promise<void> {}

const decide = async (by: string): Promise<void> => {
  await executeChild(decided, { workflowId: `${workflowInfo().workflowId}/${by}` });
};

export const readsClockOfNode = (): Promise<void> => decide(String(ofNode('process.hrtime.bigint()')));
export const readsClock = (): Promise<void> => decide(String(Date.now()));

export const readsRandomOfNode = (): Promise<void> => decide(String(ofNode('Math.random()')));
export const readsRandom = (): Promise<void> => decide(String(Math.random()));

/** Formats the time of Node where no time is given to it: no import, no global that the sandbox replaces. */
export const formatsClockOfNode = (): Promise<void> =>
  decide(new Intl.DateTimeFormat('en', { second: 'numeric', fractionalSecondDigits: 3 }).format());
export const formatsClock = (): Promise<void> =>
  decide(new Intl.DateTimeFormat('en', { second: 'numeric', fractionalSecondDigits: 3 }).format(Date.now()));
