import { Command } from 'commander';
import { type PublicTexts, publicTexts } from '../../cables/public-sources.ts';
import { type Output, printList } from './output.ts';
import { inMegabytes } from './progress.ts';

export function sourcesCommand(output: Output): Command {
  return new Command('sources')
    .description('list where public cable texts are, how large they are, and how to import them; downloads nothing')
    .option('--json', 'one JSON object per collection and line')
    .addHelpText('after', '\nAddresses and sizes are those that users of the texts name; they may have changed.')
    .action((options: { json?: true }) => {
      printList(output, publicTexts, {
        json: options.json,
        fields: (texts) => ({ ...texts, readable: texts.format !== null }),
        line: (texts) => shownTexts(texts, output),
        none: '',
      });
    });
}

function shownTexts({ name, address, holds, cables, bytes, format, how }: PublicTexts, { paint }: Output): string {
  const size = [
    cables === null ? 'number of cables not known' : `${cables.toLocaleString('en')} cables`,
    bytes === null ? 'size not known' : `${inMegabytes(bytes)} MB`,
    format === null ? paint.yellow('cannot be imported') : `format ${format}`,
  ];
  return [paint.bold(name), address, holds, size.join(', '), how].join('\n  ') + '\n';
}
