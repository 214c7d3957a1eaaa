import type { Response } from 'express';

/** Kubernetes' own bounds, in characters. */
const LONGEST = 256;
const LONGEST_TOGETHER = 4 * 1024;
/** Python and others refuse answers with more than a hundred headers. */
const MOST = 64;

interface Sent {
  texts: Set<string>;
  length: number;
}

const sent = new WeakMap<Response, Sent>();

/** Adds a message that kubectl prints as `Warning: …`. What goes beyond the bounds, or was said before, is left out. */
export function warnClient(response: Response, message: string): void {
  const said = sent.get(response) ?? { texts: new Set(), length: 0 };
  sent.set(response, said);
  // Cut first: what follows costs as much as the text is long.
  const text = cut(message).replaceAll(/[\r\n]+/g, ' ');
  if (said.texts.has(text) || said.texts.size >= MOST || said.length + text.length > LONGEST_TOGETHER) return;
  said.texts.add(text);
  said.length += text.length;
  // Header values are Latin-1; what is not goes as a question mark.
  const quoted = text.replaceAll(/["\\]/g, '\\$&').replaceAll(/[^\x20-\x7e]/g, '?');
  response.append('Warning', `299 - "${quoted}"`);
}

const cut = (message: string): string => (message.length > LONGEST ? `${message.slice(0, LONGEST - 3)}...` : message);
