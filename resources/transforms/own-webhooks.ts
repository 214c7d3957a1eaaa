const CALL = /https:\/\/[a-z0-9-]+\.([a-z0-9-]+)\.svc[:/]/g;

/** Namespaces of webhooks that could not be called, by the words of the API server; empty when none is to blame. */
const webhookNamespaces = (message: string): string[] =>
  /webhook/i.test(message) ? [...message.matchAll(CALL)].flatMap(([, namespace]) => namespace ?? []) : [];

/** Whether something was refused since a webhook that is served from one of these namespaces did not answer: that passes when it runs. */
export const isRefusedByWebhookOf = (message: string, namespaces: readonly string[]): boolean =>
  webhookNamespaces(message).some((namespace) => namespaces.includes(namespace));
