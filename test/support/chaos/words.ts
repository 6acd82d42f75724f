/** What a bot process says on its standard output. */
export const words = { ready: 'ready', shifted: 'the clock was shifted' } as const;
