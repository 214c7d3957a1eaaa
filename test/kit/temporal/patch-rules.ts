import ts from 'typescript';

const CALLS = ['patched', 'deprecatePatch'];

/** A place where workflow code still does for a released history what it did then. */
export interface Patch {
  /** `<release whose histories need it>-<what>`, e.g. `1.2-checks-quota-first`. */
  id: string;
  /** The minor release that calls `deprecatePatch`: no history of before it is open any more. */
  deprecatedIn: string;
  /** The minor release in which nothing of it is left. */
  goneIn: string;
}

interface Call {
  file: string;
  name: string;
  /** Undefined when it is not written out. */
  id?: string;
}

/** What is against the rules of docs/releasing.md, in the sources of workflow code of a version and in its table of patches. */
export function patchProblems(
  sources: ReadonlyMap<string, string>,
  patches: readonly Patch[],
  version: string,
): string[] {
  const calls = [...sources].flatMap(([file, text]) => callsIn(file, text));
  return [
    ...calls.flatMap((call) => problemsOfCall(call, patches, version)),
    ...patches.flatMap((patch) => problemsOfPatch(patch, calls, version)),
  ];
}

function problemsOfCall({ file, name, id }: Call, patches: readonly Patch[], version: string): string[] {
  if (id === undefined) return [`${file}: the id of ${name}() is not written out as a text.`];
  const patch = patches.find((candidate) => candidate.id === id);
  if (patch === undefined) return [`${file}: ${id} is not in the table of patches.`];
  if (!isBefore(version, patch.goneIn)) return [`${file}: ${id} goes in ${patch.goneIn}; this is ${version}.`];
  const due = isBefore(version, patch.deprecatedIn) ? 'patched' : 'deprecatePatch';
  return name === due ? [] : [`${file}: ${id} is to be ${due}() in ${version}, not ${name}().`];
}

function problemsOfPatch({ id, deprecatedIn, goneIn }: Patch, calls: readonly Call[], version: string): string[] {
  const [, release] = /^(\d+\.\d+)-[a-z0-9-]+$/.exec(id) ?? [];
  if (release === undefined) return [`The id ${id} is not <release>-<what>, e.g. 1.2-checks-quota-first.`];
  const inOrder = isBefore(release, deprecatedIn) && isBefore(deprecatedIn, goneIn);
  return [
    ...(inOrder ? [] : [`${id}: ${release}, ${deprecatedIn} and ${goneIn} do not follow each other.`]),
    ...(isBefore(version, goneIn) || calls.some((call) => call.id === id)
      ? []
      : [`${id} is gone from the code: take it out of the table of patches.`]),
    ...(isBefore(version, goneIn) && !calls.some((call) => call.id === id)
      ? [`${id} is in the table of patches and not in the code.`]
      : []),
  ];
}

function callsIn(file: string, text: string): Call[] {
  const calls: Call[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const name = ts.isPropertyAccessExpression(node.expression) ? node.expression.name : node.expression;
      const [id] = node.arguments;
      if (ts.isIdentifier(name) && CALLS.includes(name.text)) {
        calls.push({ file, name: name.text, id: id && ts.isStringLiteralLike(id) ? id.text : undefined });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest));
  return calls;
}

/** By major and minor. */
function isBefore(one: string, other: string): boolean {
  const [[major = 0, minor = 0], [otherMajor = 0, otherMinor = 0]] = [one, other].map((text) =>
    text.split('.').map(Number),
  ) as [number[], number[]];
  return major === otherMajor ? minor < otherMinor : major < otherMajor;
}
