import { fileURLToPath } from 'node:url';

/** Environment of a process that runs our TypeScript: what the first one that ends has compiled serves those after it. */
export const childEnv: NodeJS.ProcessEnv = {
  ...process.env,
  NODE_COMPILE_CACHE: fileURLToPath(new URL('../../node_modules/.cache/pilcrow-tests', import.meta.url)),
};
