/** Says of a disk that is full what it means for the corpus. */
export async function explained<T>(target: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isDiskFull(error)) throw error;
    throw new Error(
      `the disk is full: ${target} is as it was, and ${target}.part keeps what is done. Make room, then run the same command again: it goes on from there`,
      { cause: error },
    );
  }
}

const sqliteFull = 13;

function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    ('errcode' in error && Number(error.errcode) % 256 === sqliteFull) || ('code' in error && error.code === 'ENOSPC')
  );
}
