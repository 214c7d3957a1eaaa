import { refusal } from '../../../clusters/api-failures.js';
import type { KubernetesApiError } from '../../../clusters/kubernetes-api-error.js';

/** What a call fails with while a server is under maintenance and asks for a pause of so many seconds. */
export const serverUnavailable = (retryAfter: string): KubernetesApiError =>
  refusal(
    { verb: 'patch', object: 'Deployment shop/web', path: '/x' },
    { name: 'source', server: 'https://api' },
    { code: 503, body: 'maintenance', retryAfter },
  );
