import { randomBytes, scrypt, type ScryptOptions, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** The scrypt parameters that OWASP recommends in 2026: 32 MB and some 60 ms. */
const defaults = { N: 2 ** 15, r: 8, p: 1 } as const;
const keyLength = 32;
/** Rejects hashes whose parameters would exhaust the memory. */
const maxMemory = 256 * 2 ** 20;

interface Hash {
  readonly N: number;
  readonly r: number;
  readonly p: number;
  readonly salt: Buffer;
  readonly key: Buffer;
}

/** The value of `passwordHash`: `scrypt:N:r:p:SALT:KEY`, without characters that are special in a shell or an .env file. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, { ...defaults, salt });
  return ['scrypt', defaults.N, defaults.r, defaults.p, salt.toString('base64url'), key.toString('base64url')].join(
    ':',
  );
}

/** True if the line has the format that `hashPassword` writes. */
export function isPasswordHash(line: string): boolean {
  return parsed(line) !== undefined;
}

/** Verifies a password. Without a hash (unknown user) it takes the same time. */
export async function isPassword(password: string, line: string | undefined): Promise<boolean> {
  const hash = line === undefined ? undefined : parsed(line);
  const against = hash ?? { ...defaults, salt: Buffer.alloc(16), key: Buffer.alloc(keyLength) };
  const key = await derive(password, against);
  return timingSafeEqual(key, against.key) && hash !== undefined;
}

const hashPattern = /^scrypt:(\d{4,7}):(\d{1,2}):(\d):([\w-]{16,64}):([\w-]{43})$/;

function parsed(line: string): Hash | undefined {
  const [, N, r, p, salt = '', key = ''] = hashPattern.exec(line) ?? [];
  const costs = { N: Number(N), r: Number(r), p: Number(p) };
  const isPower = Number.isInteger(Math.log2(costs.N));
  if (!isPower || costs.r < 1 || costs.p < 1 || memoryOf(costs) > maxMemory) return undefined;
  return { ...costs, salt: Buffer.from(salt, 'base64url'), key: Buffer.from(key, 'base64url') };
}

function memoryOf({ N, r, p }: Pick<Hash, 'N' | 'r' | 'p'>): number {
  return 128 * r * (N + p + 2);
}

const scryptAsync = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

async function derive(password: string, { salt, ...costs }: Omit<Hash, 'key'>): Promise<Buffer> {
  return await scryptAsync(password.normalize('NFC'), salt, keyLength, { ...costs, maxmem: 2 * maxMemory });
}
