import { Agent, fetch } from 'undici';

/** Whether a server answers a GET with a status below 300. `ca`: the authority to trust, or `any` to trust everyone. */
export async function answersWell(url: string, options: { ca?: string; token?: string } = {}): Promise<boolean> {
  const trust = options.ca === 'any' ? { rejectUnauthorized: false } : { ca: options.ca };
  const dispatcher = new Agent({ connect: trust });
  const headers: Record<string, string> = options.token ? { authorization: `Bearer ${options.token}` } : {};
  try {
    const response = await fetch(url, { dispatcher, headers, signal: AbortSignal.timeout(3000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  } finally {
    await dispatcher.destroy();
  }
}
