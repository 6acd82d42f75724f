/** Waits are for a state, and end with it: only what never comes takes this long, on a busy machine too. */
export const wait = { timeout: 60_000, interval: 20 };
