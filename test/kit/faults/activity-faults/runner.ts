/**
 * A process that performs activities, one after the other, as a worker does, and can be killed in the middle of one. Started by
 * activity-runner.ts with DATABASE_URL and MTC_ENCRYPTION_KEY; plain Node runs it on the built service.
 */
import { enableCompileCache } from 'node:module';

interface Order {
  activity: string;
  input: unknown;
}

// These processes start by the dozen.
enableCompileCache();

const built = (file: string): string => new URL(`../../../../dist/${file}`, import.meta.url).href;

const [{ MockActivityEnvironment }, { DefaultLogger }, { pino }] = await Promise.all([
  import('@temporalio/testing'),
  import('@temporalio/worker'),
  import('pino'),
]);
const { createMigrationStore }: typeof import('../../../../migrations-db/create-migration-store.js') = await import(
  built('migrations-db/create-migration-store.js')
);
const { parseEncryptionKeys }: typeof import('../../../../migrations-db/encryption.js') = await import(
  built('migrations-db/encryption.js')
);
const { createClusterConnections }: typeof import('../../../../activities/kit/cluster-connections.js') = await import(
  built('activities/kit/cluster-connections.js')
);
const { createActivities }: typeof import('../../../../worker/create-activities.js') = await import(
  built('worker/create-activities.js')
);
const { activityInterceptor }: typeof import('../../../../worker/activity-interceptor.js') = await import(
  built('worker/activity-interceptor.js')
);

const logger = pino({ level: 'silent' });
const store = await createMigrationStore({
  databaseUrl: process.env.DATABASE_URL ?? '',
  encryptionKeys: parseEncryptionKeys(process.env.MTC_ENCRYPTION_KEY ?? ''),
});
const clusters = createClusterConnections(store, logger);
const activities = createActivities({ store, clusters, logger }) as unknown as Record<
  string,
  (input: unknown) => Promise<unknown>
>;

process.on('message', async ({ activity, input }: Order) => {
  const environment = new MockActivityEnvironment(
    { activityType: activity },
    { logger: new DefaultLogger('ERROR'), interceptors: [activityInterceptor(store, logger)] },
  );
  try {
    const perform = activities[activity];
    if (!perform) throw new Error(`There is no activity ${activity}.`);
    const result: unknown = await environment.run(perform, input);
    process.send?.({ result: result ?? null });
  } catch (error) {
    process.send?.({ failure: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
process.on('disconnect', () => process.exit());
process.send?.({ ready: true });
