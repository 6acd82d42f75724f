import { describe, expect, test } from 'vitest';
import { targetOf } from '../../src/ledger/db/postgres-url.ts';

const base = 'postgres://me:hunter2@db.example/x';

describe('the URL of a PostgreSQL ledger', () => {
  test('without TLS parameters stays as it is', () => {
    const url = `${base}?application_name=a%20b`;
    expect(targetOf(url)).toEqual({ connectionString: url, ssl: false, fallsBack: false });
  });

  test('loses its TLS parameters, which the driver would read in another way', () => {
    const { connectionString, ssl } = targetOf(`${base}?sslmode=require&options=-c%20x`);
    expect(new URL(connectionString).searchParams.has('sslmode')).toBe(false);
    expect(new URL(connectionString).searchParams.get('options')).toBe('-c x');
    expect(ssl).toEqual({ rejectUnauthorized: false });
  });

  test.each([
    ['sslmode=no-verify', 'disable, prefer, require, verify-ca, verify-full'],
    ['sslmode=allow', 'disable, prefer, require, verify-ca, verify-full'],
    ['ssl=true', 'write sslmode='],
    ['uselibpqcompat=true&sslmode=require', 'write sslmode='],
    ['sslmode=verify-ca', 'needs the file of the CA'],
    ['sslrootcert=/nowhere/ca.pem', 'sslrootcert: ENOENT'],
    ['sslmode=require&sslkey=/nowhere/key.pem', 'sslkey: ENOENT'],
  ])('is refused with the mend, and without the password: %s', (query, words) => {
    const target = () => targetOf(`${base}?${query}`);
    expect(target).toThrow(words);
    expect(target).not.toThrow('hunter2');
  });
});
