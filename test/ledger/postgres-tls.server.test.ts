import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPostgresLedger } from '../../src/ledger/db/postgres.ts';
import { openPool, usualLimits } from '../../src/ledger/db/postgres-pool.ts';
import { postgresIsHere, type PostgresServer, serverUser, startPostgres } from '../servers/postgres.ts';
import { need } from '../servers/need.ts';

const openssl = need('OpenSSL', hasOpenssl(), 'apt install openssl');

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A CA, and a certificate of it for `localhost` alone; and another CA. */
function makeCertificates(dir: string): { ca: string; other: string; cert: string; key: string } {
  const run = (...args: string[]) => execFileSync('openssl', args, { cwd: dir, stdio: 'ignore' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  for (const name of ['ca', 'other'])
    run(
      'req',
      '-x509',
      ...newKey,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.pem`,
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
    );
  run(
    'req',
    ...newKey,
    '-keyout',
    'server.key',
    '-out',
    'server.csr',
    '-subj',
    '/CN=localhost',
    '-addext',
    'subjectAltName=DNS:localhost',
  );
  run(
    'x509',
    '-req',
    '-in',
    'server.csr',
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-copy_extensions',
    'copy',
    '-days',
    '2',
    '-out',
    'server.pem',
  );
  const at = (name: string) => join(dir, name);
  chmodSync(dir, 0o755);
  chmodSync(at('server.key'), 0o600);
  const owner = serverUser();
  if (owner !== undefined) chownSync(at('server.key'), owner.uid, owner.gid);
  return { ca: at('ca.pem'), other: at('other.pem'), cert: at('server.pem'), key: at('server.key') };
}

describe.skipIf(!postgresIsHere || !openssl)('TLS to a PostgreSQL server', () => {
  let dir: string;
  let plain: PostgresServer;
  let encrypted: PostgresServer;
  let files: ReturnType<typeof makeCertificates>;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'pilcrow-tls-'));
    files = makeCertificates(dir);
    plain = await startPostgres();
    encrypted = await startPostgres({ ssl: 'on', ssl_cert_file: files.cert, ssl_key_file: files.key });
  });
  afterAll(async () => {
    await plain[Symbol.asyncDispose]();
    await encrypted[Symbol.asyncDispose]();
    await rm(dir, { recursive: true });
  });

  const urlOf = (server: PostgresServer, host: string, query: string) =>
    `postgres://pilcrow@${host}:${server.port}/postgres?${query.replace('CA', files.ca).replace('OTHER', files.other)}`;

  async function isEncrypted(url: string): Promise<boolean | undefined> {
    await using pool = openPool(url, 1, usualLimits);
    const client = await pool.connect();
    const { rows } = await client.query<{ ssl: boolean }>('select ssl from pg_stat_ssl where pid = pg_backend_pid()');
    client.release();
    return rows[0]?.ssl;
  }

  test.each([
    ['sslmode=disable', '127.0.0.1', false],
    ['sslmode=prefer', '127.0.0.1', true],
    ['sslmode=require', '127.0.0.1', true],
    ['sslmode=verify-ca&sslrootcert=CA', '127.0.0.1', true],
    ['sslmode=verify-full&sslrootcert=CA', 'localhost', true],
    ['sslrootcert=CA', 'localhost', true],
  ])('%s at %s connects', async (query, host, ssl) => {
    expect(await isEncrypted(urlOf(encrypted, host, query))).toBe(ssl);
  });

  test('sslmode=prefer goes on without, where the server offers none', async () => {
    expect(await isEncrypted(urlOf(plain, '127.0.0.1', 'sslmode=prefer'))).toBe(false);
  });

  test.each([
    ['sslmode=require&sslrootcert=OTHER', '127.0.0.1', 'TLS: this host does not trust the certificate'],
    ['sslmode=verify-ca&sslrootcert=OTHER', '127.0.0.1', 'TLS: this host does not trust the certificate'],
    ['sslmode=verify-full', 'localhost', 'TLS: this host does not trust the certificate'],
    ['sslmode=verify-full&sslrootcert=CA', '127.0.0.1', 'TLS: the certificate is for another name'],
  ])('%s at %s is refused: %s', async (query, host, words) => {
    await expect(openPostgresLedger({ url: urlOf(encrypted, host, query) })).rejects.toThrow(words);
  });

  test('sslmode=require is refused where the server offers none', async () => {
    const url = urlOf(plain, '127.0.0.1', 'sslmode=require');
    await expect(openPostgresLedger({ url })).rejects.toThrow('TLS: the server offers none');
  });
});
