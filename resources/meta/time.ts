/** RFC 3339 in whole seconds and UTC, as Kubernetes writes times. */
export const wholeSeconds = (at: Date): string => `${at.toISOString().slice(0, 19)}Z`;

const RFC_3339 =
  /^(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** Whether it is a time that Go reads as RFC 3339. */
export function isTime(text: string): boolean {
  const [, year, month, day] = RFC_3339.exec(text) ?? [];
  if (day === undefined) return false;
  // Date takes the 31st of a shorter month for the 1st of the next one.
  return new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() === Number(day);
}
