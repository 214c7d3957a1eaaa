import { isImageReference } from '../meta/image-reference.js';
import type { FieldError } from '../meta/kind-definition.js';
import { decodePlaybook, LARGEST_PLAYBOOK } from './playbook.js';

/** A mistake in a hook, with the condition that MTC has for it. */
export interface HookProblem extends FieldError {
  condition:
    | 'InvalidImage'
    | 'InvalidTargetCluster'
    | 'InvalidCustomHook'
    | 'InvalidAnsibleHook'
    | 'InvalidPlaybookData';
}

/** The fields of a MigHook that are looked at. */
interface HookSpec {
  custom?: boolean;
  image?: string;
  targetCluster?: string;
  playbook?: string;
}

/** What keeps a hook from being run, as far as it can be seen without looking at a cluster. An empty field counts as absent. */
export const hookProblems = (spec: HookSpec): HookProblem[] => [
  ...imageProblems(spec),
  ...targetProblems(spec),
  ...playbookProblems(spec),
];

function imageProblems({ custom, image }: HookSpec): HookProblem[] {
  const field = { condition: 'InvalidImage', field: 'spec.image' } as const;
  if (!image) {
    const message = 'a custom hook needs the image it runs; name it, or set spec.custom to false to run a playbook';
    return custom ? [{ ...field, reason: 'FieldValueRequired', message }] : [];
  }
  if (isImageReference(image)) return [];
  const message = `"${image}" is not a valid image reference; write it like quay.io/team/hook:1.0`;
  return [{ ...field, reason: 'FieldValueInvalid', message }];
}

function targetProblems({ targetCluster }: HookSpec): HookProblem[] {
  if (targetCluster && ['source', 'destination'].includes(targetCluster)) return [];
  return [
    {
      condition: 'InvalidTargetCluster',
      field: 'spec.targetCluster',
      reason: targetCluster ? 'FieldValueNotSupported' : 'FieldValueRequired',
      message: `${targetCluster ? `"${targetCluster}" is not a valid value` : 'it is not set'}; write source or destination, for the cluster the hook runs in`,
    },
  ];
}

function playbookProblems({ custom, playbook }: HookSpec): HookProblem[] {
  const field = 'spec.playbook';
  if (custom) {
    const message = 'a custom hook runs its image and no playbook; remove the playbook, or set spec.custom to false';
    return playbook ? [{ condition: 'InvalidCustomHook', field, reason: 'FieldValueForbidden', message }] : [];
  }
  if (!playbook) {
    const message = 'a hook that is not custom needs its playbook, in base64 (`base64 -w0 playbook.yml`)';
    return [{ condition: 'InvalidAnsibleHook', field, reason: 'FieldValueRequired', message }];
  }
  const message = playbookDataProblem(decodePlaybook(playbook));
  return message ? [{ condition: 'InvalidPlaybookData', field, reason: 'FieldValueInvalid', message }] : [];
}

function playbookDataProblem(text: string | undefined): string | undefined {
  if (text === undefined) return 'it must be base64 of a UTF-8 text, as `base64 -w0 playbook.yml` prints it';
  if (text.trim() === '') return 'it is base64 of nothing; encode the playbook (`base64 -w0 playbook.yml`)';
  if (new TextEncoder().encode(text).length <= LARGEST_PLAYBOOK) return undefined;
  return `the playbook is larger than the ${LARGEST_PLAYBOOK} bytes a ConfigMap can hold; put its files into an image of your own and set spec.custom`;
}
