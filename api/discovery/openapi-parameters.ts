const queryParameter = (name: string, description: string, type = 'string') => ({
  name,
  in: 'query',
  description,
  schema: { type },
});

export const pathParameter = (name: string) => ({ name, in: 'path', required: true, schema: { type: 'string' } });

// kubectl refuses strict validation and dry runs unless these are listed.
export const WRITE_PARAMETERS = [
  queryParameter('dryRun', 'All to check a change without storing it.'),
  queryParameter('fieldManager', 'Name of the writer.'),
  queryParameter('fieldValidation', 'What happens to unknown fields: Ignore, Warn or Strict.'),
];

export const FORCE = queryParameter(
  'force',
  'True to take fields over that others own, in server-side apply.',
  'boolean',
);

export const DELETE_PARAMETERS = [
  queryParameter('dryRun', 'All to check a change without storing it.'),
  queryParameter('propagationPolicy', 'What becomes of dependents: Orphan, Background or Foreground.'),
  queryParameter('orphanDependents', 'True to leave dependents; older word for propagationPolicy.', 'boolean'),
];

export const LIST_PARAMETERS = [
  queryParameter('labelSelector', 'Labels the objects must carry.'),
  queryParameter('fieldSelector', 'Values that fields of the objects must have.'),
  queryParameter('limit', 'Most objects in one answer.', 'integer'),
  queryParameter('continue', 'Token of the previous page.'),
  queryParameter('resourceVersion', 'Revision a watch begins after.'),
  queryParameter('resourceVersionMatch', 'How resourceVersion is meant: Exact or NotOlderThan.'),
  queryParameter('watch', 'True to be told of changes.', 'boolean'),
  queryParameter('allowWatchBookmarks', 'True to be told how far a quiet watch has come.', 'boolean'),
  queryParameter('sendInitialEvents', 'True for a watch that begins with what there is.', 'boolean'),
  queryParameter('timeoutSeconds', 'When a watch ends.', 'integer'),
];
