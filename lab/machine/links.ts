import { run } from './run.js';

interface Link {
  ifname: string;
  ifalias?: string;
}

export async function findLink(name: string): Promise<Link | undefined> {
  const text = await run('ip', ['-json', 'link', 'show', 'dev', name], { reject: false });
  return text === '' ? undefined : (JSON.parse(text) as Link[])[0];
}

/** The checkout whose lab made a bridge (kept as the link's alias); undefined when there is no such link. */
export async function bridgeOwner(bridge: string): Promise<string | undefined> {
  const link = await findLink(bridge);
  return link && (link.ifalias ?? 'someone else');
}
