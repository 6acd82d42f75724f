import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** What scrypt costs: 32 MB and some 60 ms, which OWASP holds to be enough in 2026. */
const usual = { N: 2 ** 15, r: 8, p: 1 } as const;
const keyLength = 32;
/** More than this no hash of ours asks for: a line from elsewhere must not take all memory. */
const mostMemory = 256 * 2 ** 20;

interface Hash {
  readonly N: number;
  readonly r: number;
  readonly p: number;
  readonly salt: Buffer;
  readonly key: Buffer;
}

/** The line for `passwordHash`: `scrypt:N:r:p:SALT:KEY`, in letters that no shell and no .env file takes for its own. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, { ...usual, salt });
  return ['scrypt', usual.N, usual.r, usual.p, salt.toString('base64url'), key.toString('base64url')].join(':');
}

/** Whether it looks like such a line. */
export function isPasswordHash(line: string): boolean {
  return parsed(line) !== undefined;
}

/** Whether it is the password. Without a hash, as for a name that nobody has, the same work is done for nothing. */
export async function isPassword(password: string, line: string | undefined): Promise<boolean> {
  const hash = line === undefined ? undefined : parsed(line);
  const against = hash ?? { ...usual, salt: Buffer.alloc(16), key: Buffer.alloc(keyLength) };
  const key = await derive(password, against);
  return timingSafeEqual(key, against.key) && hash !== undefined;
}

const LINE = /^scrypt:(\d{4,7}):(\d{1,2}):(\d):([\w-]{16,64}):([\w-]{43})$/;

function parsed(line: string): Hash | undefined {
  const [, N, r, p, salt = '', key = ''] = LINE.exec(line) ?? [];
  const costs = { N: Number(N), r: Number(r), p: Number(p) };
  const isPower = Number.isInteger(Math.log2(costs.N));
  if (!isPower || costs.r < 1 || costs.p < 1 || memoryOf(costs) > mostMemory) return undefined;
  return { ...costs, salt: Buffer.from(salt, 'base64url'), key: Buffer.from(key, 'base64url') };
}

function memoryOf({ N, r, p }: Pick<Hash, 'N' | 'r' | 'p'>): number {
  return 128 * r * (N + p + 2);
}

function derive(password: string, { salt, ...costs }: Omit<Hash, 'key'>): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, keyLength, { ...costs, maxmem: 2 * mostMemory }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}
