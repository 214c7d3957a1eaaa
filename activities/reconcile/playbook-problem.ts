import { isAlias, isMap, isSeq, parseAllDocuments, type YAMLParseError } from 'yaml';

/** YAML as Ansible reads it: version 1.1, a repeated key is its own warning, tags such as `!vault` are its own. */
const OPTIONS = { version: '1.1', uniqueKeys: false, strict: false, logLevel: 'silent' } as const;

/** Without the parser's own words: they quote the text, which may be a password. */
function placeOf({ code, linePos }: YAMLParseError): string {
  const [start] = linePos ?? [];
  const where = start ? ` at line ${start.line}, column ${start.col}` : '';
  return `${code.toLowerCase().replaceAll('_', ' ')}${where}`;
}

/** Why Ansible could not begin to read a playbook; undefined when it can. */
export function playbookProblem(text: string): string | undefined {
  const documents = parseAllDocuments(text, OPTIONS);
  const [document, ...more] = Array.isArray(documents) ? documents : [];
  if (!document) return 'it holds no play';
  const [error] = document.errors;
  if (error) return `it is not valid YAML: ${placeOf(error)}`;
  if (more.length > 0) return 'it holds several YAML documents; put all plays into one list';
  const plays = document.contents;
  return isSeq(plays) && plays.items.every((play) => isMap(play) || isAlias(play))
    ? undefined
    : 'it is not a list of plays (`- hosts: localhost` …)';
}
