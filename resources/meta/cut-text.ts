/** Characters of a text from outside (a server's message, the reason of a pod) that go into conditions, Events and failures. */
export const LONGEST_MESSAGE = 2_048;

/** A text from outside, cut to what an operator reads; says how much is missing. */
export function cutText(text: string, longest: number = LONGEST_MESSAGE): string {
  if (text.length <= longest) return text;
  const note = ` … (${text.length - longest} more characters)`;
  return `${text.slice(0, Math.max(0, longest - note.length)).toWellFormed()}${note}`;
}
