import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** Search attributes of every migration workflow; registered at start-up. Stored in clear: names only. */
export const SEARCH_ATTRIBUTES = {
  plan: defineSearchAttributeKey('MigrationPlan', SearchAttributeType.KEYWORD),
  itinerary: defineSearchAttributeKey('MigrationItinerary', SearchAttributeType.KEYWORD),
  phase: defineSearchAttributeKey('MigrationPhase', SearchAttributeType.KEYWORD),
  source: defineSearchAttributeKey('SourceCluster', SearchAttributeType.KEYWORD),
  target: defineSearchAttributeKey('TargetCluster', SearchAttributeType.KEYWORD),
  needsAttention: defineSearchAttributeKey('NeedsAttention', SearchAttributeType.BOOL),
} as const;

/** Temporal's own, on what a Schedule starts: the time the action was meant for. */
export const SCHEDULED_START = defineSearchAttributeKey('TemporalScheduledStartTime', SearchAttributeType.DATETIME);
