const NOT_SERVED = /Error listing (?:items|resources) error: \/the server could not find the requested resource\s*$/;
// `shop:  resource: /widgets message: /Error listing items error: /…`; another message without a type comes along with it.
const TYPE = /\bresource: \/([a-z0-9-]+)/;

/**
 * Errors of a Backup that are about what may be missing from it. Velero asks only now and then which types there are: of one whose definition
 * was deleted since, it says that it cannot be listed, and there is nothing of it to list.
 *
 * @param served plural names of the types that the cluster serves now
 */
export function aboutWhatIsThere(errors: readonly string[], served: ReadonlySet<string>): string[] {
  const isGone = (message: string): boolean => {
    const plural = NOT_SERVED.test(message) ? TYPE.exec(message)?.[1] : undefined;
    return plural !== undefined && !served.has(plural);
  };
  if (!errors.some(isGone)) return [...errors];
  return errors.filter((message) => !isGone(message) && (TYPE.test(message) || !NOT_SERVED.test(message)));
}
