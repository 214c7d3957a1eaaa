/** Phrases that plain English has other words for, as regular expressions, with what to write. */
export type Phrases = Record<string, string>;

/** Each place in a text as `line: phrase: write "better"`. A phrase may be broken over two lines, with a comment's star between. */
export function findPhrases(text: string, phrases: Phrases): string[] {
  return Object.entries(phrases)
    .flatMap(([pattern, better]) => {
      const broken = pattern.replaceAll(' ', '(?: |\\n\\s*(?:\\*|//|#)? ?)');
      return [...text.matchAll(new RegExp(broken, 'gi'))].map((match) => ({
        index: match.index,
        found: match[0],
        better,
      }));
    })
    .sort((a, b) => a.index - b.index)
    .map(({ index, found, better }) => {
      const line = text.slice(0, index).split('\n').length;
      return `${line}: "${found.replace(/\s*\n\s*(?:\*|\/\/|#)?\s*/g, ' ').trim()}": write "${better}"`;
    });
}
