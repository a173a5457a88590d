// The schemas of scenarios/schema/ against the loader (build/release/schema_probe).   schema.mjs BIN NODE_MODULES
//
// What the schemas refuse, the loader refuses; what the loader refuses for the shape of a file (an unknown key, a missing one, a word it does
// not know, a value of the wrong kind), the schemas refuse. Tried with every pack of the repository, every broken pack and mapping, and those in which
// one value was dropped, misspelt, emptied or replaced. Where a key or word is refused, the loader names those it knows: the schemas must
// know the same.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const [bin, modules] = process.argv.slice(2);
const require = createRequire(join(modules, 'x.js'));
const Ajv = require('ajv/dist/2020').default;
const YAML = require('yaml');
const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const packs = join(root, 'tests/packs'), mappings = join(root, 'tests/mappings');

let failed = 0;
const fail = (what) => {
  failed++;
  if (failed <= 40) console.log('FAIL: ' + what);
};

// ------------------------------------------------------------- the schemas
const ajv = new Ajv({ allErrors: true, strict: true, strictTypes: false, strictRequired: false, strictTuples: false, allowUnionTypes: true, multipleOfPrecision: 6 });
const schemas = {};
for (const file of readdirSync(join(root, 'scenarios/schema'))) {
  schemas[file] = JSON.parse(readFileSync(join(root, 'scenarios/schema', file), 'utf8'));
  ajv.addSchema(schemas[file], file);
}
const validators = {};
const validator = (name) => (validators[name] ??= ajv.compile({ $ref: name }));

// Which schema a file of a pack has; none: it has no text to check.
function schema_of(file) {
  const parts = file.split('/');
  if (/^(pack|scene|sounds|mapping)\.yaml$/.test(file)) return basename(file, '.yaml') + '.json';
  if (parts[0] === 'data' && parts.length === 2 && file.endsWith('.yaml')) return 'data.json';
  if (file === 'strings/zh-CN.yaml' || file === 'strings/en.yaml') return 'strings.json';
  if (parts[0] === 'exercises' && parts.length === 3 && /^(scenario|rubric|unnoticed)\.yaml$/.test(parts[2])) return basename(file, '.yaml') + '.json';
  return null;
}
const is_trace = (file) => /^exercises\/[^/]+\/traces\/[^/]+\.jsonl$/.test(file);

const files_of = (dir, at = '') => readdirSync(join(dir, at), { withFileTypes: true }).flatMap((e) => {
  const path = at ? `${at}/${e.name}` : e.name;
  return e.isDirectory() ? files_of(dir, path) : [path];
});

// A file as an editor reads it: {doc} or {error}; a trace is a list of its lines.
function parse(file, text) {
  if (is_trace(file)) {
    try {
      return { doc: text.split('\n').filter((l) => l).map((l) => JSON.parse(l)) };
    } catch (e) {
      return { error: e.message };
    }
  }
  const parsed = YAML.parseAllDocuments(text, { version: '1.2', uniqueKeys: true });
  if (parsed.length !== 1) return { error: `${parsed.length} documents` };
  if (parsed[0].errors.length) return { error: parsed[0].errors[0].message };
  try {
    return { doc: parsed[0].toJS({ maxAliasCount: 0 }) };
  } catch (e) {
    return { error: e.message };
  }
}

function errors_in(file, doc) {
  const run = (name, value, at) => (validator(name)(value) ? [] : validator(name).errors.map((e) => ({ ...e, file, instancePath: at + e.instancePath })));
  if (is_trace(file)) return doc.flatMap((line, i) => run(i ? 'trace.json#/$defs/action' : 'trace.json#/$defs/header', line, `/${i}`));
  return run(schema_of(file), doc, '');
}

function read_pack(dir) {
  const docs = {};
  for (const file of files_of(dir)) if (schema_of(file) || is_trace(file)) docs[file] = parse(file, readFileSync(join(dir, file), 'utf8'));
  return docs;
}
const errors_of = (docs) => Object.entries(docs).flatMap(([file, p]) => (p.error ? [{ file, instancePath: '', keyword: 'yaml', message: p.error }] : errors_in(file, p.doc)));
const told = (e) => `${e.file}${e.instancePath} ${e.message}${e.params?.additionalProperty ? ` (${e.params.additionalProperty})` : ''}`;

// ------------------------------------------------------------- the loader
const probe = spawn(join(bin, 'schema_probe'), { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, SHIXUN_DATA: root } });
const answers = createInterface({ input: probe.stdout })[Symbol.asyncIterator]();
async function load(dir) {
  probe.stdin.write(dir + '\n');
  const { value, done } = await answers.next();
  if (done) throw new Error('schema_probe died at ' + dir);
  return JSON.parse(value);
}

// What a schema can say, in the loader's words; and what looks like it but hangs on another file or on a kind.
const kShape = /^unknown (key|word|verb|mode)|lacks '|must be a map|^expected |is not a name|has no value|exactly one of|cannot name a device|is not a (model|sound)|^the text of .* is empty|is not a quantity|^t must be|must be text$|^an action needs|^the first line (has|must)/;
const kElsewhere = /lacks 'tol'|unknown key 'tol'|lacks 'name' \(a string key\)|^expected a pass rate|too many digits|finer than the step|larger than anything|neither here nor in/;
const of_shape = (e) => kShape.test(e.what) && !kElsewhere.test(e.what) && !(e.where.includes('rubric.yaml') && /is not a quantity/.test(e.what));

function compare(name, schema, loader, shape_of = of_shape) {
  if (schema.length && !loader.length) fail(`${name}: the schema refuses what the loader takes: ${told(schema[0])}`);
  const shape = loader.filter(shape_of);
  if (shape.length && !schema.length) fail(`${name}: the loader refuses what the schema takes: ${shape[0].where} ${shape[0].what}`);
}

// Whether a signal in a `where` takes a window or a word, only the scene knows.
const of_signal = (path) => path.at(-2) === 'where' && !(path.at(-1) in schemas['common.json'].$defs.where.properties);
const shape_beside_signals = (e) => of_shape(e) && !/is not a quantity/.test(e.what);

const work = mkdtempSync(join(tmpdir(), 'shixun-schema-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));

// ------------------------------------------------------------- words
function compare_units() {
  const units = JSON.parse(spawnSync(join(bin, 'schema_probe'), ['units'], { encoding: 'utf8' }).stdout);
  const defs = schemas['common.json'].$defs;
  const kinds = defs.unit.enum.filter((k) => k !== 'count').sort();
  if (kinds.join() !== Object.keys(units).sort().join()) fail(`kinds of units: schema ${kinds}, loader ${Object.keys(units).sort()}`);
  const names_in = (pattern) => (pattern.match(/ \*\(([^()]*)\)/)?.[1] ?? '').split('|').sort().join(' ');
  for (const [kind, names] of Object.entries(units))
    if (names_in(defs[kind].pattern) !== [...names].sort().join(' ')) fail(`units of ${kind}: schema ${names_in(defs[kind].pattern)}, loader ${names}`);
  const all = Object.values(units).flat().sort().join(' ');
  for (const name of ['literal', 'quantity', 'fixed', 'window'])
    if (names_in(defs[name].pattern) !== all) fail(`units of '${name}': schema ${names_in(defs[name].pattern)}, loader ${all}`);
}

const all_keys = {};  // of a schema's maps, wherever they are
function keys_in(node, out = new Set()) {
  if (node && typeof node === 'object') {
    if (node.properties && !Array.isArray(node.properties)) Object.keys(node.properties).forEach((k) => out.add(k));
    Object.values(node).forEach((v) => keys_in(v, out));
  }
  return out;
}
for (const [file, schema] of Object.entries(schemas)) all_keys[file] = [...keys_in(schema), ...keys_in(schemas['common.json'])];

const at_path = (doc, path) => path.reduce((n, k) => n[k], doc);
const pointer = (path) => path.map((k) => '/' + String(k).replaceAll('~', '~0').replaceAll('/', '~1')).join('');
let key_lists = 0, word_lists = 0;

// A map in which one key was misspelt: the loader has named the keys it knows there.
const compared = new Set();
function compare_keys(name, file, doc, path, known) {
  // Once for each kind of map: the same keys known, the same there.
  const kind = [schema_of(file), ...known, '|', ...Object.keys(at_path(doc, path)).sort()].join(' ');
  if (compared.has(kind)) return;
  compared.add(kind);
  key_lists++;
  const here_ = pointer(path);
  const map = at_path(doc, path);
  const verdict = (key) => {
    map[key] = null;
    const errors = errors_in(file, doc);
    delete map[key];
    return errors;
  };
  const before = new Set(errors_in(file, doc).map((e) => e.schemaPath + e.instancePath + JSON.stringify(e.params)));
  const unknown = (errors, key) => errors.some((e) => e.instancePath === here_ && e.keyword === 'additionalProperties' && e.params.additionalProperty === key);
  for (const key of known) if (!(key in map) && key !== 'tol' && unknown(verdict(key), key)) fail(`${name}: the loader knows '${key}' at ${here_}, the schema does not`);
  for (const key of all_keys[schema_of(file)] ?? []) {
    if (key in map || known.includes(key) || key === 'tol') continue;
    const errors = verdict(key);
    const refused = unknown(errors, key) || errors.some((e) => e.keyword === 'false schema' && e.instancePath === `${here_}/${key}`) ||
      errors.some((e) => e.instancePath === here_ && ['oneOf', 'not', 'dependentRequired', 'maxProperties'].includes(e.keyword) && !before.has(e.schemaPath + e.instancePath + JSON.stringify(e.params)));
    if (!refused) fail(`${name}: the schema knows '${key}' at ${here_}, the loader does not`);
  }
}

// What events tell: the words of the format, and those of this scene, which the schema takes as they come.
function compare_arguments(name, known, scene) {
  key_lists++;
  const own = Object.keys(schemas['common.json'].$defs.where.properties);
  const told = new Set(Object.values({ ...scene.kinds, ...scene.objects }).flatMap((o) => [o, ...Object.values(o?.parts ?? {})]).flatMap((o) => o?.tells ?? []));
  for (const key of own) if (!known.includes(key)) fail(`${name}: the schema knows '${key}' of events, the loader does not`);
  for (const key of known) if (!own.includes(key) && !told.has(key) && !key.startsWith('flag_')) fail(`${name}: the loader knows '${key}' of events, the schema does not`);
}

// ------------------------------------------------------------- mutations
const kOdd = 'zzz_odd';
function* mutations(doc, path = []) {
  const node = at_path(doc, path);
  if (Array.isArray(node)) {
    yield { what: 'a word for the list', path, value: kOdd };
    yield { what: 'a map for the list', path, value: { [kOdd]: kOdd } };
    for (let i = 0; i < node.length; i++) yield* mutations(doc, [...path, i]);
  } else if (node && typeof node === 'object') {
    if (path.length) {
      yield { what: 'a word for the map', path, value: kOdd };
      yield { what: 'a list for the map', path, value: [] };
    }
    for (const key of Object.keys(node)) {
      yield { what: 'without', path, drop: key };
      yield { what: 'misspelt', path, drop: key, add: key + '_odd' };
      yield { what: 'empty', path: [...path, key], value: null };
      yield* mutations(doc, [...path, key]);
    }
  } else {
    yield { what: 'another word', path, value: kOdd };
    yield { what: 'a list', path, value: [kOdd] };
    yield { what: 'a map', path, value: { [kOdd]: kOdd } };
    yield { what: 'a number', path, value: -7 };
    yield { what: 'true', path, value: true };
  }
}

function mutated(doc, m) {
  const copy = structuredClone(doc);
  if (m.drop !== undefined) {
    const map = at_path(copy, m.path);
    const value = map[m.drop];
    delete map[m.drop];
    if (m.add) map[m.add] = value;
    return copy;
  }
  if (!m.path.length) return m.value;
  at_path(copy, m.path.slice(0, -1))[m.path.at(-1)] = m.value;
  return copy;
}

const text_of = (file, doc) => (is_trace(file) ? doc.map((l) => JSON.stringify(l)).join('\n') + '\n' : JSON.stringify(doc, null, 1) + '\n');

// Every mutation, or as many as `most`, spread evenly by a fixed generator.
async function mutate(name, dir, most = Infinity) {
  const copy = join(work, name);
  cpSync(dir, copy, { recursive: true });
  const docs = read_pack(dir);
  let list = Object.entries(docs).flatMap(([file, p]) => [...mutations(p.doc)].map((m) => ({ file, ...m })));
  // A trace is a list of lines: losing its listness is no mistake one can make in it.
  list = list.filter((m) => !(is_trace(m.file) && m.path.length === 0));
  let random = 12345;
  const next = () => (random = (random * 1103515245 + 12345) % 2147483648) / 2147483648;
  if (list.length > most) list = list.filter(() => next() < most / list.length);
  for (const m of list) {
    const original = readFileSync(join(copy, m.file), 'utf8');
    const doc = mutated(docs[m.file].doc, m);
    writeFileSync(join(copy, m.file), text_of(m.file, doc));
    const loader = await load(copy);
    writeFileSync(join(copy, m.file), original);
    const schema = errors_in(m.file, doc);
    const label = `${name}/${m.file}${pointer(m.path)} ${m.what}${m.drop !== undefined ? ' ' + m.drop : ''}`;
    compare(label, schema, loader, of_signal(m.path) ? shape_beside_signals : of_shape);
    if (m.add && m.drop !== 'rule') {
      const e = loader.find((l) => l.what.includes(`'${m.add}'`) && /^(unknown key|an event has no)/.test(l.what) && /: /.test(l.hint));
      const known = e?.hint.slice(e.hint.indexOf(': ') + 2).split(', ');
      if (e?.what.startsWith('an event has no')) compare_arguments(label, known, docs['scene.yaml'].doc);
      else if (e && !is_trace(m.file)) compare_keys(label, m.file, doc, m.path, known);
    }
    if (m.value === kOdd && m.what === 'another word') {
      const e = loader.find((l) => l.what.includes(`'${kOdd}'`) && /^unknown (word|verb|mode)/.test(l.what) && l.hint.startsWith('Use one of: '));
      if (e) {
        word_lists++;
        const words = e.hint.slice('Use one of: '.length).split(', ').sort().join(' ');
        const enums = schema.filter((s) => s.keyword === 'enum' && s.instancePath === pointer(m.path)).map((s) => [...s.params.allowedValues].sort().join(' '));
        if (!enums.includes(words)) fail(`${label}: the loader knows the words ${words}; the schema ${enums[0] ?? 'any'}`);
      }
    }
  }
  return list.length;
}

// ------------------------------------------------------------- run
compare_units();

// Sound packs: nothing to say for either.
const sound = { 'tests/packs/base': join(packs, 'base'), 'tests/mappings/base': join(mappings, 'base'), 'tests/trainer': join(root, 'tests/trainer'), everything: join(here, 'everything') };
for (const e of readdirSync(join(root, 'scenarios'))) if (existsSync(join(root, 'scenarios', e, 'pack.yaml'))) sound['scenarios/' + e] = join(root, 'scenarios', e);
for (const [name, dir] of Object.entries(sound)) {
  errors_of(read_pack(dir)).forEach((e) => fail(`${name}: the schema refuses it: ${told(e)}`));
  (await load(dir)).forEach((e) => fail(`${name}: the loader refuses it: ${e.where} ${e.what}`));
}

// Broken packs, each the base with one mistake laid over it, and broken mappings: broken.txt says of each who sees it.
const listed = Object.fromEntries(readFileSync(join(here, 'broken.txt'), 'utf8').split('\n').filter((l) => l && !l.startsWith('#')).map((l) => l.split(/\s+/)));
let broken = 0;
const mistakes = (dir) => readdirSync(dir).filter((name) => name !== 'base').sort();
for (const name of [...mistakes(packs), ...mistakes(mappings).map((m) => `mapping/${m}`)]) {
  broken++;
  const dir = join(work, name), of_pack = !name.startsWith('mapping/');
  if (of_pack) cpSync(join(packs, 'base'), dir, { recursive: true });
  cpSync(of_pack ? join(packs, name) : join(mappings, basename(name)), dir, { recursive: true });
  rmSync(join(dir, 'EXPECT'));
  const schema = errors_of(read_pack(dir));
  compare(name, schema, await load(dir));
  const sees = schema.length ? 'schema' : 'loader';
  if (listed[name] !== sees) fail(`${name}: ${sees === 'schema' ? 'the schema sees it' : 'only the loader sees it'}, but tests/schema/broken.txt says ${listed[name] ?? 'nothing'}: write "${name} ${sees}"${schema[0] ? ` (${told(schema[0])})` : ''}`);
  delete listed[name];
}
Object.keys(listed).forEach((name) => fail(`tests/schema/broken.txt lists '${name}', which is not in tests/packs or tests/mappings`));

let tried = await mutate('base', join(packs, 'base'));
tried += await mutate('mapping', join(mappings, 'base'));
tried += await mutate('everything', join(here, 'everything'));
tried += await mutate('trainer', join(root, 'tests/trainer'), 600);
tried += await mutate('auto-repair', join(root, 'scenarios/auto-repair'), 600);

probe.stdin.end();
console.log(`${Object.keys(sound).length} sound packs and mappings, ${broken} broken ones, ${tried} mutations, ${key_lists} lists of keys, ${word_lists} lists of words: ${failed} disagreements`);
process.exit(failed ? 1 : 0);
