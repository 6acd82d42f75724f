/** Where a bot keeps its ledger and how its bells ring. */
export interface Store {
  readonly name: string;
  /** An empty one for one run. Errors: whatever keeps it from being there. */
  prepare(): Promise<PreparedStore>;
}

export interface PreparedStore extends AsyncDisposable {
  /** Lines of the configuration file. */
  readonly config: string;
  /** Variables that these lines name. */
  readonly env: Readonly<Record<string, string>>;
}

const embedded: Store = {
  name: 'SQLite + in-process',
  prepare: () => Promise.resolve({ config: '', env: {}, [Symbol.asyncDispose]: () => Promise.resolve() }),
};

/** Every store that the promise holds for, a line each. */
export const stores: readonly Store[] = [
  embedded, //
];
