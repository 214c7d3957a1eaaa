/** `host.example:5000/team/hook:1.0@sha256:…`; of host, tag and digest none is needed. */
const HOST = String.raw`(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9A-Fa-f:]+\])(?::\d+)?`;
const COMPONENT = String.raw`[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*`;
const TAG = String.raw`\w[\w.-]{0,127}`;
const DIGEST = '[A-Za-z][A-Za-z0-9]*(?:[+._-][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';
const REFERENCE = new RegExp(`^(?:${HOST}/)?(${COMPONENT}(?:/${COMPONENT})*)(?::${TAG})?(?:@${DIGEST})?$`);

/** Longest name of a repository, its host included, that registries take. */
const LONGEST = 255;

/** Whether a container runtime can read it: repository with host, tag and digest as far as they are given. */
export const isImageReference = (text: string): boolean =>
  REFERENCE.test(text) && text.replace(/(:[\w.-]+)?(@.*)?$/, '').length <= LONGEST;
