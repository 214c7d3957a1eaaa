/** A type of objects as its manifests name it and as Velero does (`plural.group`). */
export interface ObjectKind {
  apiVersion: string;
  kind: string;
  groupResource: string;
}
