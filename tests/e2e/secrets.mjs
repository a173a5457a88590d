// See secrets.sh. Every check prints one line; the first that does not hold ends the test with exit 1.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const [bin] = process.argv.slice(2);
const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'shixun-secrets-'));
const home = path.join(work, 'home'), out = path.join(work, 'out');
const env = { ...process.env, SHIXUN_HOME: home, SHIXUN_LOG: 'trace' };
const expert = path.join(root, 'scenarios/auto-repair/exercises/wheel-change/traces/expert.jsonl');
const seeded = {
  name: '张三种子', 'name in Latin letters': 'Zhang-Seeded-San', number: '2026SEED0042', 'password of the store': 'store-pw-5eed', 'pseudonym key': 'pseudonym-key-5eed-0123456789abcdef',
  passphrase: 'passphrase-5eed', 'exam secret': 'exam-secret-5eed-0123456789abcdef', 'wrong passphrase': 'wrong-phrase-5eed',
};
const spellings = (s) => [s, encodeURIComponent(s), JSON.stringify(s).slice(1, -1), Buffer.from(s).toString('base64').replace(/=+$/, ''), Buffer.from(s).toString('hex')];
let said = '', last = '';

function must(condition, what) {
  if (!condition) throw new Error(`${what}; ${last}`);
  console.log('ok  ', what);
}
function run(program, ...args) {
  return new Promise((done) => {
    const child = spawn(path.join(bin, program), args, { env, cwd: work, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '', stderr = '';
    child.stdout.on('data', (d) => (stdout += d));
    child.stderr.on('data', (d) => (stderr += d));
    child.on('close', (code) => {
      said += stdout + stderr;
      last = `${program} ${args.slice(0, 2).join(' ')}: exit ${code} ${stderr.slice(-300)}`;
      done({ code, out: stdout, err: stderr });
    });
  });
}
const ctl = (...args) => run('shixunctl', ...args);
const secret = (name, text) => {
  fs.writeFileSync(path.join(work, name), text + '\n', { mode: 0o600 });
  return path.join(work, name);
};
const files = (dir) => fs.readdirSync(dir, { recursive: true }).map((f) => path.join(dir, f)).filter((f) => fs.statSync(f).isFile());

const asked = [];  // what the store was asked: method, address, headers but Authorization, body
const server = http.createServer((req, res) => {
  let body = '';
  req.on('data', (d) => (body += d));
  req.on('end', () => {
    const { authorization, ...headers } = req.headers;
    asked.push(JSON.stringify([req.method, req.url, headers, body]));
    if (req.url.endsWith('/about')) return res.writeHead(200).end('{"version":["1.0.3"]}');
    // A store that echoes what it got where logs like to quote: in the reason.
    if (asked.length % 3 === 0) return res.writeHead(500, 'for ' + seeded['name in Latin letters'] + ' ' + seeded.number).end(seeded.name);
    res.writeHead(200).end(JSON.stringify([].concat(JSON.parse(body)).map((s) => s.id)));
  });
});

async function main() {
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const config = path.join(home, 'config');
  fs.mkdirSync(config, { recursive: true });
  fs.mkdirSync(out);
  fs.writeFileSync(path.join(config, 'config.yaml'), `endpoints:\n  - name: school\n    type: xapi\n    url: http://127.0.0.1:${server.address().port}/xapi\n    user: writer\n    password_file: ${secret('store.password', seeded['password of the store'])}\n` +
    `    actor_home_page: https://id.school.example\n    pseudonym_key_file: ${secret('pseudonym.key', seeded['pseudonym key'])}\n`);
  fs.writeFileSync(path.join(config, 'school.yaml'), 'format: 1\nid: https://school.example/issuer\nname: {zh-CN: 示例职业学校, en: Example Vocational School}\nrevocations: https://school.example/revocations\nvalid_years: 5\n');
  fs.copyFileSync(path.join(root, 'tests/mappings/base/mapping.yaml'), path.join(config, 'mapping.yaml'));
  const numbers = path.join(work, 'numbers.csv'), gradebook = path.join(work, 'gradebook.yaml');
  fs.writeFileSync(numbers, `trainee,number\ns-1,${seeded.number}\nc-1,${seeded.number}-2\n`);
  fs.writeFileSync(gradebook, 'format: 1\nline_items:\n  auto-repair/wheel-change: {line_item: li-1}\n');
  const pass = ['--passphrase-file', secret('pass', seeded.passphrase)];

  must((await ctl('keys', 'create', 'school', '--name', 'example-school', ...pass)).code === 0, 'a school key with a passphrase');
  let r = await run('shixun', 'play', 'auto-repair/wheel-change', '--headless', '--trace', expert, '--mode', 'assessment', '--trainee', 's-1', '--json');
  must(r.code === 0, 'an assessment');
  const attempt = JSON.parse(r.out).attempt;
  await ctl('keys', 'show', 'example-school', '--out', path.join(out, 'school.json'));
  const station = JSON.parse((await ctl('keys', 'list', '--json')).out).keys.find((k) => k.shixun_role === 'station' || k.role === 'station');
  const token = path.join(work, 'c-1.token');
  r = await ctl('token', 'issue', 'auto-repair/wheel-change', '--exam', 'spring', '--candidate', 'c-1', '--station', station.kid ?? station.id, '--from', '2020-01-01T00:00:00Z', '--until', '2099-01-01T00:00:00Z',
    '--secret-file', secret('exam', seeded['exam secret']), ...pass, '--out', token);
  must(r.code === 0, 'a token of the school');
  r = await run('shixun', 'play', 'auto-repair/wheel-change', '--headless', '--trace', expert, '--token', token, '--json');
  must(r.code === 0, 'an assessment by the token');
  must((await ctl('credential', 'issue', attempt, '--out', out, '--holder', seeded.name, ...pass)).code === 0, 'a credential and its certificate');
  must((await ctl('credential', 'issue', attempt, '--out', out, '--holder', seeded['name in Latin letters'], '--passphrase-file', secret('wrong', seeded['wrong passphrase']))).code !== 0, 'none with a wrong passphrase');
  for (const [format, ...more] of [['csv', '--out', path.join(out, 'r.csv')], ['xlsx', '--out', path.join(out, 'r.xlsx')], ['oneroster', '--gradebook', gradebook, '--out', path.join(out, 'o.zip')], ['credit-bank', '--out', path.join(out, 'b.zip')]])
    must((await ctl('results', 'export', '--format', format, '--numbers', numbers, ...more)).code === 0, 'exported with numbers: ' + format);
  fs.writeFileSync(numbers, `trainee,number\ns-1,${seeded.number}\ns-1,${seeded.number}\n"${seeded.name}\n`);
  must((await ctl('results', 'export', '--format', 'csv', '--numbers', numbers, '--out', path.join(out, 'bad.csv'))).code !== 0, 'not with a spoilt list of numbers');
  r = await ctl('upload', '--wait', '--retry-base-ms', '5', '--retry-max-ms', '20');
  must(r.code === 0 && asked.length > 3, `sent in ${asked.length} requests`);
  must((await ctl('results', 'check', '--json')).code === 0 && (await ctl('results', 'list', '--json')).code === 0 && (await ctl('verify', path.join(home, 'data/journals', attempt + '.jsonl'))).code === 0, 'checked, listed, verified');
  fs.chmodSync(path.join(work, 'store.password'), 0o644);
  must((await ctl('upload', '--once')).code !== 0, 'not with a password that others can read');
  fs.chmodSync(path.join(work, 'store.password'), 0o600);

  const all = { 'what the programs said, at the level trace': said, 'what the store was asked': asked.join('\n') };
  for (const f of files(home)) all[path.relative(home, f)] = fs.readFileSync(f, 'latin1');
  for (const [what, value] of Object.entries(seeded)) {
    const found = Object.entries(all).filter(([, text]) => spellings(value).some((s) => text.includes(s) || text.includes(Buffer.from(s).toString('latin1')))).map(([where]) => where);
    must(found.length === 0, `the ${what} is in none of ${Object.keys(all).length} places (${found})`);
  }
  must(fs.readFileSync(path.join(out, attempt + '.zh-CN.html'), 'utf8').includes(seeded.name) && fs.readFileSync(path.join(out, 'r.csv'), 'utf8').includes(seeded.number), 'they are where they were asked for: on the certificate, in the table');
  const holders = files(out).filter((f) => fs.readFileSync(f).includes(seeded.name)).map((f) => path.extname(f));
  must(holders.every((e) => e === '.html') && holders.length === 2, 'the name is on the certificates and in no credential');

  // ---- a crash
  const crash = (command) => {
    const dir = fs.mkdtempSync(path.join(work, 'crash-'));
    spawnSync('bash', ['-c', `ulimit -c unlimited; ${command}`], { cwd: dir, env });
    return files(dir).length;
  };
  if (fs.readFileSync('/proc/sys/kernel/core_pattern', 'utf8').startsWith('core') && crash('sleep 9 & p=$!; sleep 0.2; kill -SEGV $p; wait') > 0) {
    must(crash(`"${bin}/shixun" play auto-repair/wheel-change --headless --trace "${expert}" --pace 10 & p=$!; sleep 1; kill -SEGV $p; wait`) === 0, 'a program that crashes leaves no core file, where others do');
    must(crash(`"${bin}/shixunctl" upload --watch --to school & p=$!; sleep 1; kill -SEGV $p; wait`) === 0, 'nor does a sender');
  } else {
    console.log('     this machine writes no core files into the folder at all: not tried');
  }
}

let code = 0;
try {
  await main();
  console.log('names, numbers and secrets are where they belong');
} catch (e) {
  console.log('FAIL: ' + e.message + ` (${work})`);
  code = 1;
}
server.close();
server.closeAllConnections();
if (code === 0) fs.rmSync(work, { recursive: true });
process.exit(code);
