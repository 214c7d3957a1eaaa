import type { Request } from 'express';
import { invalidParameter } from '../http/api-error.js';
import { readSelection, type Selection } from '../http/list-query.js';
import { flag, parameter, wholeNumber } from '../http/query.js';
import type { ResourceTarget } from '../http/resource-target.js';
import { revisionParameter } from '../http/revision-wish.js';

export interface WatchQuery {
  selection: Selection;
  /** Revision after which changes are told; undefined begins with the objects as they are now. */
  after?: string;
  bookmarks: boolean;
  /** Revision the initial objects must not be older than. */
  notOlderThan?: string;
  /** Ends the initial objects with a marked bookmark. */
  markInitial: boolean;
  seconds: number;
}

/** A day; timers of Node cannot hold more than 24 of them. */
const LONGEST_SECONDS = 86_400;

/** Half an hour to an hour, like the API server: so that not all watches end together. */
const defaultSeconds = (): number => 1800 + Math.floor(Math.random() * 1800);

/** A single object named in the path is watched by its name. */
const selectionOf = (request: Request, target: ResourceTarget): Selection => {
  const selection = readSelection(request, target);
  const byName = target.name ? `metadata.name=${target.name}` : undefined;
  return { ...selection, fieldSelector: [byName, selection.fieldSelector].filter(Boolean).join(',') || undefined };
};

export function readWatchQuery(request: Request, target: ResourceTarget): WatchQuery {
  const resourceVersion = revisionParameter(request);
  const sendInitialEvents = flag(request, 'sendInitialEvents');
  const match = parameter(request, 'resourceVersionMatch');
  if (sendInitialEvents && match !== 'NotOlderThan') {
    throw invalidParameter('resourceVersionMatch', 'must be NotOlderThan when sendInitialEvents is given');
  }
  if (!sendInitialEvents && match !== undefined) {
    throw invalidParameter('resourceVersionMatch', 'belongs to a watch with sendInitialEvents only');
  }
  const fromNow = sendInitialEvents || resourceVersion === undefined || resourceVersion === '0';
  return {
    selection: selectionOf(request, target),
    after: fromNow ? undefined : resourceVersion,
    notOlderThan: sendInitialEvents ? resourceVersion : undefined,
    bookmarks: flag(request, 'allowWatchBookmarks'),
    markInitial: sendInitialEvents,
    seconds: Math.min(wholeNumber(request, 'timeoutSeconds') || defaultSeconds(), LONGEST_SECONDS),
  };
}
