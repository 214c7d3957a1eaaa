import { actionsOf } from './actions.js';
import { HOOK_PHASES, type Itinerary } from './run-record.js';
import { PIPELINES, pipelineOf, STEPS, type StepName } from './steps.js';

/** Names of every step, in the order of the catalogue. */
export const STEP_NAMES = Object.keys(STEPS) as StepName[];

/** The steps of an itinerary as it can be at most; those that not every run of it has are `optional`. */
export function longestPipeline(itinerary: Itinerary): { name: StepName; optional: boolean }[] {
  const always: readonly StepName[] = PIPELINES[itinerary];
  if (itinerary === 'Cancel' || itinerary === 'Failed') return always.map((name) => ({ name, optional: false }));
  const hooks = HOOK_PHASES.map((phase) => ({
    phase,
    name: '',
    cluster: 'source' as const,
    onFailure: 'Fail' as const,
  }));
  // Prepare freezes hooks and verification into runs that bring objects only.
  const verify = actionsOf(itinerary, { quiesce: true }).brings === 'objects';
  return pipelineOf({ itinerary, hooks: verify ? hooks : [], verify }).map((name) => ({
    name,
    optional: !always.includes(name),
  }));
}

/** What OpenAPI says of a step's name. */
export const STEPS_TEXT = ['Which step it is:', ...STEP_NAMES.map((name) => `${name}: ${STEPS[name].message}`)].join(
  '\n',
);

const pipelineText = (itinerary: Itinerary): string => {
  const steps = longestPipeline(itinerary).map(({ name, optional }) => (optional ? `[${name}]` : name));
  return `${itinerary}: ${steps.join(', ')}`;
};

/** What OpenAPI says of the pipeline. */
export const PIPELINES_TEXT = [
  'The steps in order, by itinerary; those in brackets where the plan has such a hook or spec.verify is true:',
  ...(Object.keys(PIPELINES) as Itinerary[]).map(pipelineText),
].join('\n');
