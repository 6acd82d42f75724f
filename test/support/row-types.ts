import type { Kysely } from 'kysely';
import type { TSInterfaceDeclaration, TSType } from 'oxc-parser';
import type { Schema } from '../../src/ledger/db/schema.ts';
import { type Source, sourcesUnder } from './source.ts';

/** The columns of all tables: `posts.due_at: number | null`. */
export type Columns = readonly string[];

/** The columns as the row types in src/ledger/db declare them. */
export function declaredColumns(root: string): Columns {
  const interfaces = new Map(sourcesUnder(root, ['src/ledger/db']).flatMap(interfacesOf));
  const declared = ['OperationTables', 'WorkTables'].flatMap((name) => propertiesOf(interfaces.get(name)));
  const tables = declared.map(({ name, type }) => ({ table: name, row: nameOf(type) }));
  const columns = tables.flatMap(({ table, row }) =>
    propertiesOf(interfaces.get(row)).map(({ name, type }) => `${table}.${name}: ${storedType(type)}`),
  );
  return columns.toSorted();
}

/** The columns that a ledger has, by the catalogue of its database. */
export async function columnsIn(db: Kysely<Schema>): Promise<Columns> {
  const columns = (await db.introspection.getTables()).flatMap(({ name, columns: inside }) =>
    inside.map((column) => {
      const type = /int/i.test(column.dataType) ? 'number' : 'string';
      return `${name}.${column.name}: ${type}${column.isNullable ? ' | null' : ''}`;
    }),
  );
  return columns.toSorted();
}

function interfacesOf({ program }: Source): [string, TSInterfaceDeclaration][] {
  return program.body.flatMap((node): [string, TSInterfaceDeclaration][] => {
    const declaration = node.type === 'ExportNamedDeclaration' ? node.declaration : node;
    return declaration?.type === 'TSInterfaceDeclaration' ? [[declaration.id.name, declaration]] : [];
  });
}

function propertiesOf(declaration: TSInterfaceDeclaration | undefined) {
  return (declaration?.body.body ?? []).flatMap((member) =>
    member.type === 'TSPropertySignature' && member.key.type === 'Identifier' && member.typeAnnotation
      ? [{ name: member.key.name, type: member.typeAnnotation.typeAnnotation }]
      : [],
  );
}

function nameOf(type: TSType): string {
  return type.type === 'TSTypeReference' && type.typeName.type === 'Identifier' ? type.typeName.name : '';
}

/** `number`, or `string` for texts, names of states and JSON. */
function storedType(type: TSType): string {
  const parts = type.type === 'TSUnionType' ? type.types : [type];
  const stored = parts.some((part) => part.type === 'TSNumberKeyword') ? 'number' : 'string';
  return parts.some((part) => part.type === 'TSNullKeyword') ? `${stored} | null` : stored;
}
