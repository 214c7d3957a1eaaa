/** `code` of these errors, as Node's errors have one. */
export const BEYOND_BOUNDS = ['ANSWER_TOO_LARGE', 'ANSWER_TOO_SLOW'] as const;

/** An answer of a server that was left, because it was more or took longer than it has reason to. */
export class AnswerBeyondBounds extends Error {
  override readonly name = 'AnswerBeyondBounds';

  constructor(
    readonly code: (typeof BEYOND_BOUNDS)[number],
    message: string = code,
  ) {
    super(message);
  }
}
