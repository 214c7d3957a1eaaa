/** RFC 3339 in whole seconds and UTC, as Kubernetes writes times. */
export const wholeSeconds = (at: Date): string => `${at.toISOString().slice(0, 19)}Z`;
