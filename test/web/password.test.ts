import { describe, expect, test } from 'vitest';
import { openAttempts } from '../../src/web/attempts.ts';
import { hashPassword, isPassword, isPasswordHash } from '../../src/web/password.ts';

test('a password fits its own hash only, and two hashes of it differ', async () => {
  const [one, two] = await Promise.all([hashPassword('pässword'), hashPassword('pässword')]);
  expect(one).not.toBe(two);
  expect(await isPassword('pässword', one)).toBe(true);
  expect(await isPassword('pa\u0308ssword'.normalize('NFD'), two)).toBe(true);
  expect(await isPassword('password', one)).toBe(false);
  expect(await isPassword('', undefined)).toBe(false);
  expect(await isPassword('pässword', `${one}x`)).toBe(false);
});

test('a line that is no hash, or costs too much, is none', () => {
  const key = 'k'.repeat(43);
  for (const line of [
    '',
    'scrypt',
    `scrypt:1000:8:1:${'s'.repeat(22)}:${key}`,
    `scrypt:4194304:32:1:${'s'.repeat(22)}:${key}`,
    `scrypt:32768:0:1:${'s'.repeat(22)}:${key}`,
  ])
    expect([line, isPasswordHash(line)]).toEqual([line, false]);
});

describe('attempts', () => {
  test('wait longer and longer, are forgotten when one was right, and hold in number', () => {
    let now = 0;
    const attempts = openAttempts(() => now);
    const key = 'address 192.0.2.1';
    for (let i = 0; i < 4; i += 1) attempts.begin(key);
    expect(attempts.waitMs(key)).toBe(0);
    const waits = Array.from({ length: 9 }, () => {
      attempts.begin(key);
      const wait = attempts.waitMs(key);
      now += wait;
      return wait / 1000;
    });
    expect(waits).toEqual([15, 30, 60, 120, 240, 480, 900, 900, 900]);
    expect(attempts.waitMs('address 192.0.2.2', key)).toBe(0);
    attempts.clear(key);
    attempts.begin(key);
    expect(attempts.waitMs(key)).toBe(0);
  });

  test('on one name are many from all addresses before its owner has to wait', () => {
    const attempts = openAttempts(() => 0);
    for (let i = 0; i < 19; i += 1) attempts.begin('name ada', `address 192.0.2.${i}`);
    expect(attempts.waitMs('name ada')).toBe(0);
    attempts.begin('name ada');
    expect(attempts.waitMs('name ada')).toBe(15_000);
  });
});
