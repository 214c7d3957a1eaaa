/**
 * Whether the suite of faults is played in its short form, which is part of `npm test`: the files that vitest.config.ts lists, and in them
 * the cases that show most. `npm run test:faults` plays all.
 */
export const isShortForm = process.env.FAULTS === 'short';
