import { hasCondition } from './conditions.js';
import type { PrintedColumn } from './kind-definition.js';
import type { KubeObject } from './kube-object.js';

type Value = PrintedColumn['value'];

export const column = (name: string, description: string, value: Value, options: Partial<PrintedColumn> = {}) => ({
  name,
  type: 'string' as const,
  priority: 0 as const,
  description,
  value,
  ...options,
});

const isReady = (object: KubeObject): string | undefined =>
  object.status?.conditions ? (hasCondition(object.status.conditions, 'Ready') ? 'True' : 'False') : undefined;

export const readyColumn = column('Ready', 'Whether everything needed was found and works.', isReady);

export const ageColumn = column('Age', 'Time since the object was created.', (o) => o.metadata.creationTimestamp, {
  type: 'date',
});

const OUTCOMES = ['Failed', 'Canceled', 'SucceededWithWarnings', 'Succeeded', 'Canceling', 'Paused'] as const;

/** How a run ended or stands or, while it runs, its phase. */
export const outcomeOrPhase = (object: KubeObject): string | undefined =>
  OUTCOMES.find((type) => hasCondition(object.status?.conditions, type)) ?? object.status?.phase;

/** Shown with `-o wide`: the messages of conditions that keep an object from being ready. */
export const problemColumn = column(
  'Problem',
  'What keeps the object from being ready.',
  (object) =>
    (object.status?.conditions ?? [])
      .filter(
        (c: { category: string; status: string }) => ['Critical', 'Error'].includes(c.category) && c.status === 'True',
      )
      .map((c: { message?: string; type: string }) => c.message ?? c.type)
      .join(' '),
  { priority: 1 },
);
