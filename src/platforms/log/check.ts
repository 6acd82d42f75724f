import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isNoSuchFile, messageOf } from '../../core/errors.ts';
import { openPresent } from './whole-file.ts';

/** Undefined, or why no reply could be written to this log, in words. Creates and changes nothing. */
export async function checkLog(path: string): Promise<string | undefined> {
  try {
    const found = await openPresent(path);
    if (found === undefined) return await checkFolder(dirname(path));
    await found.handle.close();
    return undefined;
  } catch (error) {
    return `${path} cannot be written: ${messageOf(error)}`;
  }
}

/** The folder that is there already: those below it are made with the first reply. */
async function checkFolder(folder: string): Promise<string | undefined> {
  try {
    if (!(await stat(folder)).isDirectory()) return `${folder} is not a folder`;
    await access(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    if (isNoSuchFile(error) && dirname(folder) !== folder) return await checkFolder(dirname(folder));
    return `${folder} cannot be written: ${messageOf(error)}`;
  }
}
