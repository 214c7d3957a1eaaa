import type { RunRef, RunSummary } from '../../resources/run/run-record.js';

export interface DirectVolumeActivities {
  /**
   * Prepare of a DirectVolumeMigration that a user created: checks what it names until nothing blocks it, telling the root
   * workflow what does, then freezes what is copied. Idempotent.
   */
  freezeVolumes(input: { run: RunRef; workflowId: string }): Promise<RunSummary>;
}
