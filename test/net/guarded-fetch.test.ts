import type { LookupAddress } from 'node:dns';
import { once } from 'node:events';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PermanentError, messageOf } from '../../src/core/errors.ts';
import { notPublic } from '../../src/net/addresses.ts';
import { openGuardedFetch, withoutSecrets } from '../../src/net/guarded-fetch.ts';
import { serve } from '../support/serve.ts';

const userAgent = 'pilcrow-test';
const signal = new AbortController().signal;

const textOf = (body: Uint8Array) => new TextDecoder().decode(body);

describe('addresses', () => {
  test.each([
    ['127.0.0.1', 'loopback'],
    ['127.8.9.10', 'loopback'],
    ['0.0.0.0', 'unspecified'],
    ['10.1.2.3', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.0.1', 'private'],
    ['169.254.169.254', 'link-local'],
    ['100.64.0.1', 'carrier-grade NAT'],
    ['224.0.0.1', 'multicast'],
    ['255.255.255.255', 'broadcast'],
    ['192.0.2.1', 'reserved'],
    ['198.18.0.1', 'reserved'],
    ['240.0.0.1', 'reserved'],
    ['::', 'unspecified'],
    ['::1', 'loopback'],
    ['fe80::1', 'link-local'],
    ['fe80::1%eth0', 'not a plain address'],
    ['fc00::1', 'unique-local'],
    ['fd12:3456::1', 'unique-local'],
    ['fec0::1', 'site-local'],
    ['ff02::1', 'multicast'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['::ffff:a9fe:a9fe', 'link-local'],
    ['64:ff9b::10.0.0.1', 'private'],
    ['64:ff9b:1::a00:1', 'NAT64'],
    ['2002:7f00:1::', '6to4'],
    ['2001:0:1234::1', 'Teredo'],
    ['2001:db8::1', 'reserved'],
    ['::127.0.0.1', 'loopback'],
    ['::808:808', 'outside global unicast'],
    ['4000::1', 'outside global unicast'],
    ['nonsense', 'not a plain address'],
  ])('%s is %s', (address, range) => {
    expect(notPublic(address)).toBe(range);
  });

  test.each(['93.184.216.34', '8.8.8.8', '2606:4700:4700::1111', '::ffff:8.8.8.8', '64:ff9b::808:808'])(
    '%s is public',
    (address) => {
      expect(notPublic(address)).toBeNull();
    },
  );

  test('no address in a private range is public, in whatever form it is embedded', () => {
    const v4 = fc
      .tuple(fc.constantFrom(10, 127), fc.nat(255), fc.nat(255), fc.nat(255))
      .map((parts) => parts.join('.'));
    fc.assert(
      fc.property(v4, fc.constantFrom('', '::ffff:', '64:ff9b::', '::'), (address, prefix) => {
        expect(notPublic(prefix + address)).not.toBeNull();
      }),
    );
  });
});

describe('what is refused before a connection is made', () => {
  test.each([
    ['http://169.254.169.254/latest/meta-data', '169.254.169.254 is link-local'],
    ['http://2130706433/', '127.0.0.1 is loopback'],
    ['http://0x7f.1/', '127.0.0.1 is loopback'],
    ['http://[::1]/', '::1 is loopback'],
    ['http://[::ffff:10.0.0.1]/', 'private'],
    ['http://localhost/', 'localhost ('],
    ['file:///etc/passwd', 'file: URLs are not fetched'],
    ['ftp://example.org/', 'ftp: URLs are not fetched'],
    ['http://ada:hunter2@example.org/', 'user name or password'],
    ['not a url', 'malformed'],
  ])('%s', async (url, message) => {
    await using fetch = openGuardedFetch({ userAgent });
    const failure = await fetch(url, { signal }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PermanentError);
    expect(messageOf(failure)).toContain(message);
    expect(messageOf(failure)).not.toContain('hunter2');
  });

  test('a name with one public and one private address', async () => {
    const addresses = ['93.184.216.34', '10.0.0.7'].map((address) => ({ address, family: 4 }));
    await using fetch = openGuardedFetch({ userAgent, lookup: async () => addresses });
    await expect(fetch('http://two.example/', { signal })).rejects.toThrow('two.example (10.0.0.7) is private');
  });

  test('an exception holds for its own port and host only', async () => {
    await using server = await serve((_request, response) => response.end('here'));
    await using other = await serve((_request, response) => response.end('there'));
    await using fetch = openGuardedFetch({ userAgent, allowPrivate: [server.allow] });
    expect(textOf((await fetch(server.url, { signal })).body)).toBe('here');
    await expect(fetch(other.url, { signal })).rejects.toThrow(PermanentError);
    await expect(fetch(`http://localhost:${server.port}/`, { signal })).rejects.toThrow('loopback');
  });
});

test('an exception for an IPv6 address is written as in a URL', async () => {
  await using fetch = openGuardedFetch({ userAgent, allowPrivate: ['[::1]:9'] });
  await expect(fetch('http://[::1]:9/', { signal })).rejects.toThrow(/ECONNREFUSED|EADDRNOTAVAIL|EAFNOSUPPORT/);
  await expect(fetch('http://[::1]:10/', { signal })).rejects.toThrow('::1 is loopback');
});

test('the connection goes to the address that was checked: the name is looked up once', async () => {
  await using server = await serve((request, response) => response.end(request.headers.host));
  let lookups = 0;
  const lookup = async (): Promise<LookupAddress[]> => {
    lookups++;
    return [{ address: lookups === 1 ? '127.0.0.1' : '127.0.0.2', family: 4 }];
  };
  const name = `rebind.example:${server.port}`;
  await using fetch = openGuardedFetch({ userAgent, lookup, allowPrivate: [name] });
  expect(textOf((await fetch(`http://${name}/`, { signal })).body)).toBe(name);
  expect(lookups).toBe(1);
});

describe('redirects', () => {
  test('are followed five times, each checked again', async () => {
    await using server = await serve((request, response) => {
      const left = Number(request.url?.slice(1));
      if (left === 0) response.end('arrived');
      else response.writeHead(302, { location: `/${left - 1}` }).end('moved');
    });
    await using fetch = openGuardedFetch({ userAgent, allowPrivate: [server.allow] });
    const fetched = await fetch(`${server.url}5`, { signal });
    expect([fetched.status, fetched.url, textOf(fetched.body)]).toEqual([200, `${server.url}0`, 'arrived']);
    await expect(fetch(`${server.url}6`, { signal })).rejects.toThrow('more than 5 redirects');
  });

  test.each([
    ['http://169.254.169.254/latest', '169.254.169.254 is link-local'],
    ['http://[::1]:9/', 'loopback'],
    ['file:///etc/passwd', 'file: URLs'],
    ['http://a:b@93.184.216.34/', 'user name or password'],
  ])('to %s are refused', async (location, message) => {
    await using server = await serve((_request, response) => response.writeHead(301, { location }).end());
    await using fetch = openGuardedFetch({ userAgent, allowPrivate: [server.allow] });
    const failure = await fetch(server.url, { signal }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PermanentError);
    expect(messageOf(failure)).toContain(message);
  });

  test('to another origin drop credentials', async () => {
    await using last = await serve((request, response) => response.end(JSON.stringify(request.headers)));
    await using first = await serve((_request, response) => response.writeHead(307, { location: last.url }).end());
    await using fetch = openGuardedFetch({ userAgent, allowPrivate: [first.allow, last.allow] });
    const headers = { Authorization: 'Bearer s3cret', 'if-none-match': '"1"' };
    const seen = textOf((await fetch(first.url, { signal, headers })).body);
    expect(seen).not.toContain('s3cret');
    expect(seen).toContain('if-none-match');
    expect(seen).toContain(userAgent);
  });

  test('carry the cookies of the exchange back to their host alone, and no further exchange does', async () => {
    await using other = await serve((request, response) => response.end(`other: ${request.headers.cookie ?? 'none'}`));
    await using wall = await serve(({ headers: { cookie = '' }, url = '' }, response) => {
      const away = url === '/away' && cookie !== '';
      if (!away && cookie.includes('seen=yes')) return response.end(cookie);
      const location = away ? other.url.replace('127.0.0.1', 'localhost') : url;
      const cookies = [
        'seen=no; Path=/',
        'seen=yes; Path=/; HttpOnly',
        'taste=; Max-Age=0',
        'evil=1; Domain=example.org',
      ];
      return response.writeHead(302, { location, 'set-cookie': cookies }).end();
    });
    const allowPrivate = [wall.allow, `localhost:${other.port}`];
    await using fetch = openGuardedFetch({ userAgent, allowPrivate });
    const textAt = async (path: string) => textOf((await fetch(`${wall.url}${path}`, { signal })).body);
    expect(await textAt('feed')).toBe('seen=yes');
    expect(await textAt('away')).toBe('other: none');
    expect(await textAt('feed')).toBe('seen=yes');
  });
});

describe('what changes something', () => {
  test('is sent with its body, and its redirect is not followed', async () => {
    const seen: string[] = [];
    await using server = await serve((request, response) => {
      request.setEncoding('utf8').on('data', (text: string) => seen.push(`${request.method} ${request.url} ${text}`));
      request.on('end', () => response.writeHead(307, { location: '/elsewhere' }).end());
    });
    await using fetch = openGuardedFetch({ userAgent, allowPrivate: [server.allow] });
    const { status } = await fetch(`${server.url}a`, { method: 'POST', body: 'once', signal });
    expect(status).toBe(307);
    expect(seen).toEqual(['POST /a once']);
  });
});

describe('bodies', () => {
  const text = 'wikileaks '.repeat(1000);
  test.each([
    ['gzip', gzipSync(text)],
    ['br', brotliCompressSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['identity', Buffer.from(text)],
  ])('%s is decoded', async (encoding, packed) => {
    await using server = await serve((_request, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(packed),
    );
    await using fetch = openGuardedFetch({ userAgent, allowPrivate: [server.allow] });
    expect(textOf((await fetch(server.url, { signal })).body)).toBe(text);
  });

  test.each(['gzip', 'br', 'deflate'] as const)('a %s bomb stops at the limit', async (encoding) => {
    const pack = { gzip: gzipSync, br: brotliCompressSync, deflate: deflateSync }[encoding];
    const bomb = pack(Buffer.alloc(100_000_000));
    await using server = await serve((_request, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(bomb),
    );
    await using fetch = openGuardedFetch({ userAgent, allowPrivate: [server.allow] });
    await expect(fetch(server.url, { signal, maxBytes: 1_000_000 })).rejects.toThrow('larger than 1000000 bytes');
  });

  test.each(['aws-chunked', 'utf-8', 'none', 'gzip', 'aws-chunked, gzip'])(
    'plain bytes that are called %s are read as they are, as browsers do',
    async (encoding) => {
      await using server = await serve((_request, response) =>
        response.writeHead(200, { 'content-encoding': encoding }).end('plain'),
      );
      await using fetch = openGuardedFetch({ userAgent, allowPrivate: [server.allow] });
      expect(textOf((await fetch(server.url, { signal })).body)).toBe('plain');
    },
  );

  test('a bomb in a bomb is refused', async () => {
    await using server = await serve((_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip, gzip' }).end(gzipSync(gzipSync('x'))),
    );
    await using fetch = openGuardedFetch({ userAgent, allowPrivate: [server.allow] });
    await expect(fetch(server.url, { signal })).rejects.toThrow('packed 2 times');
  });

  test('an endless body stops at the limit, and the server sees the connection close', async () => {
    let closed: Promise<unknown> | undefined;
    await using server = await serve((_request, response) => {
      closed = once(response, 'close');
      const more = () => {
        while (response.write('x'.repeat(65_536)));
        response.once('drain', more);
      };
      more();
    });
    await using fetch = openGuardedFetch({ userAgent, allowPrivate: [server.allow] });
    await expect(fetch(server.url, { signal, maxBytes: 2_000_000 })).rejects.toThrow('larger than 2000000 bytes');
    await closed;
  });

  test('a trickling body stops at the total time-out', async () => {
    await using server = await serve((_request, response) => {
      const timer = setInterval(() => response.write('x'), 20);
      response.once('close', () => clearInterval(timer));
    });
    await using fetch = openGuardedFetch({ userAgent, allowPrivate: [server.allow] });
    await expect(fetch(`${server.url}a?token=s3cret`, { signal, timeoutMs: 300 })).rejects.toThrow(
      /^http:\/\/127\.0\.0\.1:\d+\/a: took longer than 0\.3 s$/,
    );
  });

  test('redirects share the one time-out', async () => {
    await using server = await serve((_request, response) => {
      setTimeout(() => response.writeHead(302, { location: '/' }).end(), 120);
    });
    await using fetch = openGuardedFetch({ userAgent, allowPrivate: [server.allow] });
    await expect(fetch(server.url, { signal, timeoutMs: 300 })).rejects.toThrow('took longer than 0.3 s');
  });

  test('a body that is cut off is an error, not a short text', async () => {
    await using server = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(text).subarray(0, 40));
    });
    await using fetch = openGuardedFetch({ userAgent, allowPrivate: [server.allow] });
    await expect(fetch(server.url, { signal })).rejects.toThrow('unexpected end of file');
  });

  test('304 has no body, whatever its headers say', async () => {
    await using server = await serve((_request, response) =>
      response.writeHead(304, { 'content-encoding': 'gzip', etag: '"1"' }).end(),
    );
    await using fetch = openGuardedFetch({ userAgent, allowPrivate: [server.allow] });
    const fetched = await fetch(server.url, { signal });
    expect([fetched.status, fetched.body.length, fetched.headers.get('etag')]).toEqual([304, 0, '"1"']);
  });
});

describe('abort', () => {
  test('while waiting for an answer rejects with the reason', async () => {
    const stop = new AbortController();
    await using server = await serve(() => stop.abort(new Error('stopping')));
    await using fetch = openGuardedFetch({ userAgent, allowPrivate: [server.allow] });
    await expect(fetch(server.url, { signal: stop.signal })).rejects.toThrow('stopping');
  });

  test('while a name is looked up rejects at once', async () => {
    const stop = new AbortController();
    const lookup = () => {
      stop.abort(new Error('stopping'));
      return new Promise<LookupAddress[]>(() => {});
    };
    await using fetch = openGuardedFetch({ userAgent, lookup });
    await expect(fetch('http://slow.example/', { signal: stop.signal })).rejects.toThrow('stopping');
  });
});

test('a name that does not resolve and a port where nobody listens are ordinary errors that name the URL', async () => {
  const server = await serve((_request, response) => response.end());
  await server[Symbol.asyncDispose]();
  await using fetch = openGuardedFetch({
    userAgent,
    lookup: () => Promise.reject(new Error('getaddrinfo ENOTFOUND gone.example')),
    allowPrivate: [server.allow],
  });
  for (const url of ['http://gone.example/feed', server.url]) {
    const failure = await fetch(url, { signal }).catch((error: unknown) => error);
    expect(failure).not.toBeInstanceOf(PermanentError);
    expect(messageOf(failure)).toMatch(/^http:.*(ENOTFOUND|ECONNREFUSED)/);
  }
});

test('messages carry neither user name nor query', () => {
  expect(withoutSecrets('https://ada:pw@example.org/feed?token=1#x')).toBe('https://example.org/feed');
});
