/** Something that keeps a process from starting. */
export interface Problem {
  /** The variable, or several: `A and B`. */
  variable: string;
  /** Sentence without the variable's name, as in `"x" is not a port number.` */
  what: string;
  /** What to do about it: a whole sentence. */
  remedy: string;
}

export const problemLine = ({ variable, what, remedy }: Problem): string =>
  `${variable}: ${what} ${remedy}`.replace(/\s+/g, ' ').trim();

/** A process cannot start; names all that is known to be wrong. */
export class StartError extends Error {
  override readonly name = 'StartError';
  constructor(
    readonly problems: readonly Problem[],
    options?: ErrorOptions,
  ) {
    super(problems.map(problemLine).join('\n'), options);
  }
}
