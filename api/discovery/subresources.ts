/** Subresources beside status, by kind, each with the verbs it is served with. */
export const SUBRESOURCES: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  DirectVolumeMigration: { log: ['get'], report: ['get'], retry: ['create'] },
  MigMigration: { log: ['get'], report: ['get'], retry: ['create'], tree: ['get'] },
  MigPlan: { rollback: ['get'], sweep: ['create'] },
  MigSchedule: { run: ['create'] },
};
