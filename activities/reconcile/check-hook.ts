import type { MigrationStore } from '../../migrations-db/migration-store.js';
import { hookProblems } from '../../resources/kinds/hook-problems.js';
import type { MigHook } from '../../resources/kinds/mig-hook.js';
import { decodePlaybook } from '../../resources/kinds/playbook.js';
import type { ConditionFinding } from '../../resources/meta/conditions.js';
import { critical } from '../../resources/meta/findings.js';
import type { CheckOutcome, ObjectInput } from '../../temporal/contract/inputs.js';
import { checkObject } from '../records/check-object.js';
import { playbookProblem } from './playbook-problem.js';

/** A hook is checked by itself; where it runs is checked with the plan. */
export const checkHook = (store: MigrationStore, input: ObjectInput): Promise<CheckOutcome> =>
  checkObject<MigHook>(store, 'MigHook', input, async (hook) => ({ findings: inspectHook(hook) }));

function inspectHook({ metadata, spec }: MigHook): ConditionFinding[] {
  const problems = hookProblems(spec);
  const findings = problems.map(({ condition, field, message }) =>
    critical(condition, 'NotSet', `${field} of MigHook ${metadata.name}: ${message}.`),
  );
  if (findings.length > 0 || spec.custom) return findings;
  const problem = playbookProblem(decodePlaybook(spec.playbook ?? '') ?? '');
  if (!problem) return [];
  const message = `spec.playbook of MigHook ${metadata.name} cannot be run: ${problem}. Correct the playbook and encode it again (\`base64 -w0 playbook.yml\`).`;
  return [critical('InvalidPlaybookData', 'Malformed', message)];
}
