/** A long proof: what it looked at, and whether it holds. */
export interface Proof {
  readonly name: string;
  run(report: (line: string) => void, part?: Part): Promise<ProofResult>;
}

/** Some of the cases of a proof: those of these names, and of those a random sample. */
export interface Part {
  readonly only?: readonly string[] | undefined;
  readonly sample?: number | undefined;
  readonly seed?: number | undefined;
}

export type ProofResult = {
  readonly holds: boolean;
  /** Counts that a reader can check. */
  readonly counts: Readonly<Record<string, unknown>>;
};
