/** A long proof: what it looked at, and whether it holds. */
export interface Proof {
  readonly name: string;
  run(report: (line: string) => void): Promise<ProofResult>;
}

export type ProofResult = {
  readonly holds: boolean;
  /** Counts that a reader can check. */
  readonly counts: Readonly<Record<string, unknown>>;
};
