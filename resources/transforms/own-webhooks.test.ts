import { expect, it } from 'vitest';
import { isRefusedByWebhookOf } from './own-webhooks.js';

const CALL = 'Post "https://guard.shop.svc:443/?timeout=5s"';

it.each([
  [
    `Internal error occurred: failed calling webhook "w": failed to call webhook: ${CALL}: no endpoints available`,
    true,
  ],
  [`conversion webhook for shop.example/v1, Kind=Widget failed: ${CALL}: connect: connection refused`, true],
  [`failed calling webhook "w": failed to call webhook: ${CALL.replace('shop', 'policy')}: EOF`, false],
  ['admission webhook "w" denied the request: no', false],
  [`Get "https://guard.shop.svc:443/": EOF`, false],
])('%s: %s', (message, expected) => {
  expect(isRefusedByWebhookOf(message, ['shop'])).toBe(expected);
});
