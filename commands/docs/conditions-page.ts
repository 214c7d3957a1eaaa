import { KINDS } from '../../resources/kinds/index.js';
import { type CataloguedCondition, conditionsOn } from '../../resources/meta/catalogue/index.js';
import type { Itinerary } from '../../resources/run/run-record.js';
import { longestPipeline, STEP_NAMES } from '../../resources/run/step-texts.js';
import { PIPELINES, STEPS } from '../../resources/run/steps.js';

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] => [
  `| ${head.join(' | ')} |`,
  `| ${head.map(() => '---').join(' | ')} |`,
  ...rows.map((row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`),
];

const conditionRow = ({ type, categories, entry }: CataloguedCondition): string[] => [
  `\`${type}\``,
  categories.join(' or '),
  entry.mtc ? 'yes' : 'no',
  entry.within ? `Named in the message of \`${entry.within}\`. ${entry.meaning}` : entry.meaning,
];

const kindSections = (): string[] =>
  KINDS.flatMap(({ kind }) => {
    const found = conditionsOn(kind);
    if (found.length === 0) return [];
    const rows = table(['type', 'category', 'of MTC', 'what it means, what to do'], found.map(conditionRow));
    return [`### ${kind}`, '', ...rows, ''];
  });

const pipelineRow = (itinerary: Itinerary): string[] => [
  itinerary,
  longestPipeline(itinerary)
    .map(({ name, optional }) => (optional ? `[${name}]` : name))
    .join(' → '),
];

/** docs/conditions.md: every condition and every step, from the catalogues. */
export const conditionsPage = (): string =>
  [
    '# Conditions and steps',
    '',
    '<!-- Made from the catalogues in resources/ by `npm run docs`. Edit these. -->',
    '',
    'Each object says in `status.conditions` what was found out about it; the message of a condition names what, where, why and what to do next.',
    '`kubectl describe` shows them, and each new one is an Event of the object too.',
    '',
    '## Conditions',
    '',
    'Conditions of category Critical and Error keep an object from being Ready; Warn, Required and Advisory inform. A condition "of MTC" has the',
    'name that the Migration Toolkit for Containers gives it.',
    '',
    ...kindSections(),
    '## Steps of a migration',
    '',
    '`status.pipeline` of a MigMigration lists its steps in order. Steps in brackets are there when the plan has a hook of that phase, or the',
    'migration asks for verification. When a migration fails or is canceled, the steps of Failed or Cancel follow those it came to.',
    '',
    ...table(['itinerary', 'steps'], (Object.keys(PIPELINES) as Itinerary[]).map(pipelineRow)),
    '',
    ...table(
      ['step', 'phase while it runs', 'what it does'],
      STEP_NAMES.map((name) => [name, STEPS[name].phase, STEPS[name].message]),
    ),
    '',
  ].join('\n');
