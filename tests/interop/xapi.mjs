// See xapi.sh. Every check prints one line; the first that does not hold ends the test with exit 1.
// ATTEMPTS and KILLS make it long: ATTEMPTS=1200 KILLS=200 are more than 10,000 results, and program and sender killed at 200 random moments.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { rng, startProxy } from './fault_proxy.mjs';
import { writeJournal } from './journals.mjs';
import { freePort, sleep, startLrs } from './lrs.mjs';
import { problems } from './validate.mjs';

const [bin, modules] = process.argv.slice(2);
const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const seed = Number(process.env.SEED || Date.now() % 1e6);
const random = rng(seed);
const attempts = Number(process.env.ATTEMPTS || 100), kills = Number(process.env.KILLS || 12);
console.log('seed', seed);

const work = fs.mkdtempSync(path.join(os.tmpdir(), 'shixun-xapi-'));
const home = path.join(work, 'home');
const data = path.join(home, 'data');
const env = { ...process.env, SHIXUN_HOME: home };
const kHomePage = 'https://id.school.example';
let output = '';  // all that the program said, for the search for secrets
let last = '';    // what its last run said, for whoever reads of a failure

function must(condition, what) {
  if (!condition) throw new Error(`${what}; ${last}`);
  console.log('ok  ', what);
}
// Not spawnSync: proxy and registry live in this process and must go on.
function run(program, ...args) {
  return new Promise((done) => {
    const child = spawn(path.join(bin, program), args, { env });
    let out = '', err = '';
    child.stdout.on('data', (d) => (out += d));
    child.stderr.on('data', (d) => (err += d));
    child.on('close', (code) => {
      output += out + err;
      last = `${program} ${args[0]}: exit ${code} ${out.slice(0, 400)} ${err.slice(-400)}`;
      done({ code, out, err });
    });
  });
}
function configure(url, credentials = 'school-key:school-secret-7f3a', more = '') {
  fs.mkdirSync(path.join(home, 'config'), { recursive: true });
  const [user, password] = credentials.split(':');
  fs.writeFileSync(path.join(home, 'config/config.yaml'),
    `endpoints:\n  - name: school\n    type: xapi\n    url: ${url}\n    user: ${user}\n    password_file: school.password\n    actor_home_page: ${kHomePage}\n${more}`);
  fs.rmSync(path.join(home, 'config/school.password'), { force: true });
  fs.writeFileSync(path.join(home, 'config/school.password'), password + '\n', { mode: 0o600 });
}
const journals = (n) => Array.from({ length: n }, (_, i) => writeJournal(path.join(data, 'journals'), random, { startedMs: Date.UTC(2026, 2, 1, 8) + i * 60000, trainee: 's-' + (i % 37) }));
async function exported() {
  const r = await run('shixunctl', 'results', 'export', '--format', 'xapi', '--home-page', kHomePage, '--out', path.join(work, 'statements.ndjson'));
  must(r.code === 0, 'statements can be exported');
  return fs.readFileSync(path.join(work, 'statements.ndjson'), 'utf8').split('\n').filter(Boolean).map((l) => JSON.parse(l));
}
const quick = ['--retry-base-ms', '5', '--retry-max-ms', '40'];
const upload = (...more) => run('shixunctl', 'upload', '--to', 'school', '--json', ...quick, ...more);
const summary = (r) => JSON.parse(r.out).endpoints[0];

// What a store may not change, in one spelling.
const essence = (s) => JSON.stringify([s.id.toLowerCase(), s.actor.account, s.verb.id, s.object.id, s.result || null, s.context.registration, s.context.extensions, Date.parse(s.timestamp)],
  (k, v) => (v && typeof v === 'object' && !Array.isArray(v) ? Object.fromEntries(Object.entries(v).sort()) : v));

let lrs, proxy;
async function main() {
  // ---- attempts: made by a second hand, and played for real where the pack has its traces
  configure(`http://127.0.0.1:${await freePort()}/xAPI`);
  journals(attempts);
  const traces = path.join(root, 'scenarios/auto-repair/exercises/wheel-change/traces');
  const played = fs.existsSync(traces) ? fs.readdirSync(traces).filter((f) => f.endsWith('.jsonl')) : [];
  for (const t of played) {
    const r = await run('shixun', 'play', 'auto-repair/wheel-change', '--headless', '--trace', path.join(traces, t), '--json');
    must(r.code === 0, 'plays ' + t);
  }
  let sent = await exported();
  must(sent.length >= attempts * 8, `${sent.length} statements of ${attempts + played.length} attempts (${played.length} played)`);
  must(new Set(sent.map((s) => s.id)).size === sent.length, 'every statement has an id of its own');
  const bad = problems(modules, sent);
  bad.slice(0, 5).forEach((b) => console.log(b));
  must(bad.length === 0, `all ${sent.length} pass the validator`);

  // ---- nobody there
  let r = await upload('--once');
  must(r.code === 3 && summary(r).left === sent.length && summary(r).delivered === 0, 'with no store in reach everything waits, exit 3');

  // ---- a bad line, killed senders, a frozen store
  lrs = await startLrs(modules, work);
  proxy = await startProxy({ target: lrs.url, seed, faulty: 0.5, strict: 0.5 });
  configure(proxy.url);
  let killed = 0, killedPlays = 0;
  const saved = [];  // attempts of which the program had said that they are recorded
  const playing = ['play', 'auto-repair/wheel-change', '--headless', '--trace', path.join(traces, 'expert.jsonl'), '--mode', 'assessment', '--trainee', 's-killed', '--json'];
  for (let i = 0; killed + killedPlays < kills && i < kills * 3; ++i) {  // some are done before they are killed
    const play = i % 4 === 0;
    const child = spawn(path.join(bin, play ? 'shixun' : 'shixunctl'), play ? playing : ['upload', '--to', 'school', '--wait', ...quick], { env, stdio: ['ignore', 'pipe', 'ignore'] });
    let out = '';
    child.stdout.on('data', (d) => (out += d));
    const end = new Promise((done) => child.on('close', (code, signal) => done(signal)));
    await sleep(20 + random() * (play ? 500 : 250));
    child.kill('SIGKILL');
    if ((await end) === 'SIGKILL') play ? ++killedPlays : ++killed;
    if (play && out.endsWith('}\n')) saved.push(JSON.parse(out).attempt);
  }
  console.log(`     killed ${killed} senders and ${killedPlays} programs; ${saved.length} attempts were recorded meanwhile`);
  const list = async (...more) => JSON.parse((await run('shixunctl', 'results', 'list', '--json', ...more)).out).attempts.map((a) => a.attempt);
  const closed = new Set(await list('--closed'));
  must(saved.every((id) => closed.has(id)), 'no attempt is lost that the program had said to be recorded');
  for (const id of await list('--open')) must((await run('shixunctl', 'results', 'close', id)).code === 0, 'what a killed program left open is graded as it stands');
  must(JSON.parse((await run('shixunctl', 'results', 'check', '--json')).out).ok, 'every journal is whole');
  sent = await exported();
  lrs.freeze();
  setTimeout(() => lrs.thaw(), 1500);
  r = await upload('--wait');
  must(r.code === 0 && summary(r).left === 0 && summary(r).left_parked === 0, 'in the end nothing waits and nothing is parked');
  const stored = await lrs.all();
  must(stored.length === sent.length && new Set(stored.map((s) => s.id)).size === sent.length, `stored ${stored.length}, distinct ${new Set(stored.map((s) => s.id)).size}, recorded ${sent.length}`);
  const theirs = new Map(stored.map((s) => [s.id, essence(s)]));
  must(sent.every((s) => theirs.get(s.id) === essence(s)), 'what is stored says what was recorded');
  must(proxy.state.changed.length === 0, 'no statement changed a byte between tries');
  const p = proxy.state;
  console.log(`     ${p.posts} posts, faults ${JSON.stringify(p.counts)}, ${p.refusals} batches refused as known`);
  // Whatever the dice left out, once each.
  journals(12);
  const before = (await lrs.all()).length;
  p.plan = ['lost', 'after500', 'cut', '503', 'reset', '429', 'refused', 'slow'];
  p.strict = 1;
  r = await upload('--wait');
  must(r.code === 0 && summary(r).left === 0, 'all is delivered over each fault once, to a store that answers 409 to what it knows');
  must(p.plan.length === 0, `every fault was met (left ${p.plan})`);
  const all = await exported();
  const now = (await lrs.all()).length;
  must(now === all.length && now > before, `stored ${now}, recorded ${all.length}`);

  // ---- wrong credentials: paused, nothing dropped, and it goes on when they are mended
  journals(2);
  configure(lrs.url, 'school-key:wrong-secret-1d4e');
  r = await upload('--once');
  must(r.code === 3 && /credentials/.test(summary(r).paused) && summary(r).left > 0, 'wrong credentials pause the endpoint');
  configure(lrs.url);
  r = await upload('--once');
  must(r.code === 0, 'right ones send what waited');

  // ---- credentials that may write but not read: a conflict cannot be settled, and is said to be so
  journals(1);
  p.plan = ['after500'];
  p.faulty = 0;
  configure(proxy.url, 'write-key:write-secret-9b2c');
  r = await upload('--wait');
  must(r.code === 0 && summary(r).unverified > 0 && summary(r).left === 0, 'write-only credentials: delivered, unverified');

  // ---- somebody else's statement under our id: parked, never overwritten
  journals(1);
  configure(lrs.url);
  const known = new Set((await lrs.all()).map((s) => s.id));
  const ours = (await exported()).filter((s) => !known.has(s.id))[2];
  const other = { id: ours.id, actor: { account: { homePage: kHomePage, name: 'someone-else' } }, verb: { id: 'http://adlnet.gov/expapi/verbs/passed' }, object: { id: 'https://other.example/x' } };
  must((await lrs.request('POST', 'statements', other)).status === 200, 'a foreign statement stands under our id');
  r = await upload('--once');
  must(r.code === 1 && summary(r).parked === 1 && summary(r).left === 0, 'the conflict is parked, the rest is delivered, exit 1');
  must((await lrs.request('GET', 'statements?statementId=' + ours.id)).json.actor.account.name === 'someone-else', 'and the foreign one is untouched');

  // ---- journals go along, each once and whole, whatever the line does
  const withEvidence = journals(5);
  p.plan = ['after500', 'lost', 'cut', '503', 'reset'];
  p.strict = 1;
  configure(proxy.url, undefined, '    evidence: attached\n');
  r = await upload('--wait');
  must(r.code === 0 || (r.code === 1 && summary(r).left_parked === 1), 'statements with journals are delivered');
  const there = await lrs.multipart('statements?attachments=true&limit=1000000');
  for (const id of withEvidence) {
    const journal = fs.readFileSync(path.join(data, 'journals', id + '.jsonl'));
    const hash = createHash('sha256').update(journal).digest('hex');
    const own = there.statements.filter((s) => s.context?.registration === id && s.attachments);
    must(own.length === 1 && own[0].attachments[0].sha2 === hash && own[0].attachments[0].length === journal.length, `one statement of ${id} names its journal`);
    must(there.text.includes(journal.toString('latin1')), 'and the store gives it back byte for byte');
  }
  must(problems(modules, there.statements.filter((s) => withEvidence.includes(s.context?.registration)).map(({ stored, authority, version, ...s }) => s)).length === 0, 'they pass the validator');

  // ---- pseudonyms of this target's own
  fs.writeFileSync(path.join(home, 'config/pseudonyms'), 'a-secret-of-the-school-42\n', { mode: 0o600 });
  const [unlinked] = journals(1);
  configure(lrs.url, undefined, '    pseudonym_key_file: pseudonyms\n');
  await upload('--once');
  const named = (await lrs.all()).filter((s) => s.context?.registration === unlinked).map((s) => s.actor.account.name);
  const pseudonyms = await run('shixunctl', 'results', 'pseudonyms', '--to', 'school');
  must(named.length > 0 && new Set(named).size === 1 && /^p-[0-9a-f]{32}$/.test(named[0]) && pseudonyms.out.includes(`s-0,${named[0]}\r\n`), `there the trainee is ${named[0]}`);

  // ---- secrets stay where they belong
  const secrets = ['a-secret-of-the-school-42', 'school-secret-7f3a', 'wrong-secret-1d4e', 'write-secret-9b2c', Buffer.from('school-key:school-secret-7f3a').toString('base64')];
  const files = [];
  (function walk(d) {
    for (const f of fs.readdirSync(d, { withFileTypes: true })) (f.isDirectory() ? walk : (x) => files.push(x))(path.join(d, f.name));
  })(data);
  const places = [output, ...files.map((f) => fs.readFileSync(f, 'latin1'))];
  must(secrets.every((s) => places.every((t) => !t.includes(s))), `no secret in ${files.length} files of the data folder or in ${output.length} bytes of output`);
}

let code = 0;
try {
  await main();
  console.log('results arrive exactly once');
} catch (e) {
  console.log('FAIL: ' + e.message + ` (seed ${seed}; ${work})`);
  code = 1;
}
await proxy?.stop();
await lrs?.stop();
if (code === 0) fs.rmSync(work, { recursive: true });
process.exit(code);
