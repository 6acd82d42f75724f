import { createServer } from 'node:net';
import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { messageOf, networkFault, RetryLater } from '../../src/core/errors.ts';
import { fetchConfigured } from '../../src/net/configured-fetch.ts';
import { neverSent } from '../../src/net/never-sent.ts';

const bounds = { maxBytes: 1000, timeoutMs: 200 };

describe('a server that cannot be reached', () => {
  test.each([
    'ECONNREFUSED',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'UND_ERR_CONNECT_TIMEOUT',
    'CERT_HAS_EXPIRED',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  ])('gets a cause and what to do for %s, however deep it is, and nothing was sent', (code) => {
    const error = new Error('fetch failed', { cause: Object.assign(new Error('odd words'), { code }) });
    expect(networkFault(error)).toMatch(new RegExp(`^[^:]+: .{10,} \\(${code}\\)$`));
    expect(neverSent(code)).toBe(true);
  });

  test('is told from one that answers late or closes', async () => {
    const server = createServer((socket) => void socket.on('error', () => {})).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const address = server.address();
    const url = new URL(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
    const late = await fetchConfigured(url, {}, bounds).catch((error: unknown) => error);
    expect(late).not.toBeInstanceOf(RetryLater);
    expect(messageOf(late)).toBe(`${url.host} gave no answer: it took longer than 0.2 s`);
  });

  test('and a host that is not there by its name', async () => {
    const url = new URL('http://nowhere.invalid');
    const fault = await fetchConfigured(url, {}, { ...bounds, timeoutMs: 60_000 }).catch((error: unknown) => error);
    expect(messageOf(fault)).toMatch(/^nowhere\.invalid cannot be reached: .+: check .+ \((?:ENOTFOUND|EAI_AGAIN)\)$/);
  });
});
