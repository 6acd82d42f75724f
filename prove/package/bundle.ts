import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { type Plugin, type PluginContext, rolldown } from 'rolldown';

/** Writes `src/cli.ts` with all that it loads to a flat folder. Returns the folders of the packages whose code is in it. */
export async function bundle(root: string, folder: string): Promise<string[]> {
  const layers = new Map<string, Layer>();
  await using build = await rolldown({
    input: join(root, 'src/cli.ts'),
    platform: 'node',
    plugins: [places(root), lightCommander, lazyLiquid(root), layering(root, layers)],
    // Packages of CommonJS ask for them.
    transform: { define: { __dirname: 'import.meta.dirname', __filename: 'import.meta.filename' } },
    // bull-board has one, which finds its pages where nobody says where they are.
    checks: { eval: false },
  });
  const { output } = await build.write({
    dir: folder,
    chunkFileNames: '[name]-[hash].js',
    codeSplitting: {
      groups: layerNames.map((name, at) => ({
        name,
        test: (id) => layers.get(id) === name,
        priority: layerNames.length - at,
      })),
    },
    sourcemap: true,
    sourcemapExcludeSources: true,
  });
  const modules = output.flatMap((part) => (part.type === 'chunk' ? part.moduleIds : []));
  const inPackage = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/;
  const folders = new Set(modules.flatMap((id) => inPackage.exec(id)?.[0] ?? []));
  // A package may itself hold the code of another.
  return [...folders].filter((one) => existsSync(join(one, 'package.json'))).toSorted();
}

/** Files that the code finds by its own place: it moves, they stay. */
function places(root: string): Plugin {
  const isOurs = (id: string) => id.startsWith(root) && !id.includes('node_modules');
  return {
    name: 'places',
    transform(code, id) {
      if (!isOurs(id) || !code.includes('import.meta')) return undefined;
      const moved = code
        .replaceAll(/new URL\('\.\/([\w-]+)\.ts', import\.meta\.url\)/g, (_thread, name: string) => {
          const reference = this.emitFile({ type: 'chunk', id: join(dirname(id), `${name}.ts`), name });
          return `new URL(import.meta.ROLLUP_FILE_URL_${reference})`;
        })
        .replaceAll('import.meta.url', `new URL('./${relative(join(root, 'src'), dirname(id))}/', import.meta.url)`)
        .replaceAll(
          "import.meta.resolve('@bull-board/ui/package.json')",
          "new URL('../board/package.json', import.meta.url)",
        );
      // Each line stays where it was.
      return { code: moved, map: null };
    },
  };
}

/** commander could start programs, and names its `process`: Node takes some milliseconds to load what both lead to. */
const lightCommander: Plugin = {
  name: 'light-commander',
  resolveId: (id, importer) => (id in stubs && importer?.includes('/commander/') ? `\0${id}` : undefined),
  load: (id) => stubs[id.slice(1)],
};

const stubs: Readonly<Record<string, string>> = {
  'node:child_process': 'export default {}',
  'node:process': 'export default process',
};

/** Every command that reads the whole configuration loads the template of webhooks, and few have one: the engine waits until it is asked for. */
function lazyLiquid(root: string): Plugin {
  const template = join(root, 'src/platforms/webhook/template.ts');
  const [imported, made] = ["import { Liquid } from 'liquidjs';", 'new Liquid('];
  return {
    name: 'lazy-liquid',
    transform(code, id) {
      if (id !== template) return undefined;
      if (!code.includes(imported) || !code.includes(made)) this.error('it makes its engine in another way');
      return { code: code.replace(imported, '').replace(made, "new (require('liquidjs').Liquid)("), map: null };
    },
  };
}

/**
 * Node needs about a millisecond for each file, so that what the commands share is in four. Each imports only from those before it, and from
 * files that import only from those: no imports go round in a circle.
 */
function layering(root: string, layers: Map<string, Layer>): Plugin {
  return {
    name: 'layers',
    buildEnd() {
      const under = (folder: string) => (id: string) => id.startsWith(join(root, folder));
      const core = [...this.getModuleIds()].filter(under('src/core/'));
      const reached = (file: string) => reachOf(this, [join(root, file)]);
      const add = (name: Layer, ids: readonly string[]) => {
        for (const id of ids) if (!layers.has(id)) layers.set(id, name);
      };
      add('program', reached('src/cli.ts'));
      add('core', [...core, ...reachOf(this, core)]);
      add('light', reached('src/cli/commands/pause.ts'));
      const status = reached('src/cli/commands/status.ts');
      add(
        'config',
        status.filter((id) => !under('src/cables/')(id)),
      );
    },
  };
}

const layerNames = ['program', 'core', 'light', 'config'] as const;

type Layer = (typeof layerNames)[number];

/** What modules load at once, directly or through others; without themselves. */
function reachOf(context: PluginContext, starts: readonly string[]): string[] {
  const open = [...starts];
  // The array grows while it is read.
  for (const id of open)
    open.push(...(context.getModuleInfo(id)?.importedIds ?? []).filter((one) => !open.includes(one)));
  return open.slice(starts.length);
}
