/**
 * The models that a person has: the starter model of the app, files in Moewe's own folder, and
 * files that were added where they lie. What a header says is kept, so that a start reads no file
 * that has not changed.
 */
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { errorFactsOf, MoeweError } from '../../contract/errors.ts';
import type { Inspection } from '../../contract/inspection.ts';
import { modelFacts, type Model, type ModelFacts } from '../../contract/models.ts';
import type { Database, Row } from '../database/database.ts';
import { diskError } from '../disk-error.ts';
import { inspectModelFile, readModelFile } from '../gguf/model-file.ts';
import { modelIdentifier } from './model-identifier.ts';

/** The id of the model that the app brings. */
export const starterModelId = 'starter';

/** Where the library finds its files. */
export interface LibraryPlaces {
  readonly starterModel: string;
  /** Moewe's own folder for models; every GGUF file in it belongs to the library. */
  readonly folder: string;
}

interface KeptModel {
  readonly id: string;
  readonly path: string;
  readonly bytes: number;
  readonly modifiedMs: number;
  readonly sha256: string | null;
  readonly facts: ModelFacts | null;
}

export class ModelLibrary {
  readonly #database: Database;
  readonly #places: LibraryPlaces;
  #starter: Model | undefined;

  constructor(database: Database, places: LibraryPlaces) {
    this.#database = database;
    this.#places = places;
  }

  /** All models, newest first, the starter model last. */
  async list(): Promise<Model[]> {
    await this.#takeInFolder();
    const kept = this.#database.rows('SELECT * FROM models ORDER BY added_at DESC, rowid DESC');
    const own = await Promise.all(kept.map((row) => this.#present(keptModelOf(row))));
    return [...own, await this.#starterModel()];
  }

  /**
   * Takes a file into the library where it lies; a file that is there already is read again.
   * Errors: `modelFileMissing`, `modelNotGguf`, `modelTruncated`, `modelDamaged`.
   */
  async add(path: string): Promise<Model> {
    const file = resolve(path);
    if (file === this.#places.starterModel) return this.#starterModel();
    const { facts, bytes } = await readModelFile(file);
    const known = this.#database.row('SELECT id FROM models WHERE path = ?', file);
    const id = known ? String(known['id']) : modelIdentifier(basename(file), this.#takenIds());
    const modifiedMs = Math.trunc(statSync(file).mtimeMs);
    this.#keep({ id, path: file, bytes, modifiedMs, sha256: null, facts });
    return this.get(id);
  }

  /** Throws `modelUnknown`. */
  async get(id: string): Promise<Model> {
    if (id === starterModelId) return this.#starterModel();
    const row = this.#database.row('SELECT * FROM models WHERE id = ?', id);
    if (!row) throw new MoeweError('modelUnknown', { model: id });
    return this.#present(keptModelOf(row));
  }

  /**
   * The model that an id, a name (in any case) or a path stands for. A path needs not belong to the
   * library; such a model has an id of its own that `resolve` understands again.
   */
  async resolve(reference: string): Promise<Model> {
    const models = await this.list();
    const wanted = reference.toLowerCase();
    const found =
      models.find(({ id }) => id === reference) ??
      models.find(({ name }) => name.toLowerCase() === wanted);
    if (found) return found;
    const path = reference.startsWith('file:') ? reference.slice('file:'.length) : reference;
    if (existsSync(path) && statSync(path).isFile()) return this.#passingModel(resolve(path));
    if (/\.gguf$/i.test(path) || path.includes('/') || path.includes(sep)) {
      throw new MoeweError('modelFileMissing', { path });
    }
    throw new MoeweError('modelUnknown', { model: reference });
  }

  /** Everything that a model's files tell without their weights. Errors as for `add` and `get`. */
  async inspect(id: string): Promise<Inspection> {
    return inspectModelFile((await this.get(id)).path);
  }

  /** Forgets a model; deletes the file only if it lies in Moewe's own folder. */
  async remove(id: string): Promise<void> {
    const { builtIn, name, path } = await this.get(id);
    if (builtIn) throw new MoeweError('modelBuiltIn', { name });
    try {
      if (dirname(path) === this.#places.folder) rmSync(path, { force: true });
    } catch (thrown) {
      throw diskError(thrown, path);
    }
    this.#database.run('DELETE FROM models WHERE id = ?', id);
  }

  /** Read once: the app's own file does not change while it runs. */
  async #starterModel(): Promise<Model> {
    this.#starter ??= {
      ...(await read(starterModelId, this.#places.starterModel, null)),
      builtIn: true,
    };
    return this.#starter;
  }

  async #passingModel(path: string): Promise<Model> {
    const { facts, bytes } = await readModelFile(path);
    return modelOf({ id: `file:${path}`, path, bytes, modifiedMs: 0, sha256: null, facts });
  }

  /** The kept model as it is on the disk now. */
  async #present(kept: KeptModel): Promise<Model> {
    const state = statSync(kept.path, { throwIfNoEntry: false });
    if (!state) return { ...modelOf(kept), state: 'missing' };
    const modifiedMs = Math.trunc(state.mtimeMs);
    if (kept.facts !== null && modifiedMs === kept.modifiedMs) return modelOf(kept);
    const model = await read(kept.id, kept.path, kept.sha256);
    if (model.state === 'ready') this.#keep({ ...kept, ...model, modifiedMs });
    return model;
  }

  async #takeInFolder(): Promise<void> {
    const { folder } = this.#places;
    const names = existsSync(folder) ? readdirSync(folder) : [];
    const taken = this.#takenIds();
    for (const name of names.filter(isFirstPart)) {
      const path = join(folder, name);
      if (this.#database.row('SELECT id FROM models WHERE path = ?', path)) continue;
      const model = await read(modelIdentifier(name, taken), path, null);
      const modifiedMs = Math.trunc(statSync(path).mtimeMs);
      taken.add(model.id);
      this.#keep({ ...model, modifiedMs });
    }
  }

  #takenIds(): Set<string> {
    const rows = this.#database.rows('SELECT id FROM models');
    return new Set([starterModelId, ...rows.map((row) => String(row['id']))]);
  }

  #keep({ id, path, bytes, modifiedMs, sha256, facts }: KeptModel): void {
    this.#database.run(
      `INSERT INTO models (id, path, added_at, bytes, modified_ms, sha256, facts)
       VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET path = excluded.path, bytes = excluded.bytes,
         modified_ms = excluded.modified_ms, sha256 = excluded.sha256, facts = excluded.facts`,
      id,
      path,
      Date.now(),
      bytes,
      modifiedMs,
      sha256,
      JSON.stringify(facts),
    );
  }
}

/** A model as its file says; a file that can't be read gives a `damaged` or `missing` one. */
async function read(id: string, path: string, sha256: string | null): Promise<Model> {
  try {
    const { facts, bytes } = await readModelFile(path);
    return modelOf({ id, path, bytes, modifiedMs: 0, sha256, facts });
  } catch (thrown) {
    const error = errorFactsOf(thrown);
    const bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    const state = error.code === 'modelFileMissing' ? 'missing' : 'damaged';
    return { ...modelOf({ id, path, bytes, modifiedMs: 0, sha256, facts: null }), state, error };
  }
}

function modelOf({ id, path, bytes, sha256, facts }: KeptModel): Model {
  const name = facts?.name ?? basename(path).replace(/\.gguf$/i, '');
  return { id, name, path, bytes, sha256, state: 'ready', builtIn: false, facts, error: null };
}

function keptModelOf(row: Row): KeptModel {
  return {
    id: String(row['id']),
    path: String(row['path']),
    bytes: Number(row['bytes']),
    modifiedMs: Number(row['modified_ms']),
    sha256: row['sha256'] === null ? null : String(row['sha256']),
    facts: keptFactsOf(String(row['facts'])),
  };
}

/** Facts that an earlier version kept in another form are read from the file again. */
function keptFactsOf(text: string): ModelFacts | null {
  try {
    return modelFacts.nullable().safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** A whole model, or the first file of a split one. */
function isFirstPart(name: string): boolean {
  if (!/\.gguf$/i.test(name)) return false;
  const part = /-(\d{5})-of-\d{5}\.gguf$/i.exec(name);
  return part === null || part[1] === '00001';
}
