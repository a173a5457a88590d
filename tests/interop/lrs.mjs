// A real record store for tests: npm's xapi-statements (xAPI 1.0.3, in memory) on loopback, with a registry of credentials.
//   import { startLrs } from './lrs.mjs';   const lrs = await startLrs(modulesFolder, workFolder);  ...  await lrs.stop();
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));

export const kCredentials = {
  'school-key:school-secret-7f3a': ['all'],
  'write-key:write-secret-9b2c': ['statements/write'],
};

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

export function freePort() {
  return new Promise((done) => {
    const s = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = s.address();
      s.close(() => done(port));
    });
  });
}

// The store asks here who a credential belongs to. Unknown: 404, which it turns into 401.
function startRegistry(port) {
  const id = (n) => '5988f0f0000000000000' + String(n).padStart(4, '0');
  const names = Object.keys(kCredentials);
  const server = http.createServer((req, res) => {
    const basic = /^Basic (.+)$/.exec(req.headers.authorization || '');
    const i = basic ? names.indexOf(Buffer.from(basic[1], 'base64').toString()) : -1;
    if (i < 0) return res.writeHead(404).end('{}');
    res.writeHead(200, { 'Content-Type': 'application/json' });
    res.end(JSON.stringify({
      _id: id(100 + i), title: 'client ' + i, organisation: id(0), lrs_id: id(1), isTrusted: true, scopes: kCredentials[names[i]],
      authority: { objectType: 'Agent', account: { homePage: 'http://127.0.0.1/lrs', name: 'client-' + i } },
    }));
  });
  return new Promise((done) => server.listen(port, '127.0.0.1', () => done(server)));
}

export async function startLrs(modules, work) {
  const authPort = await freePort();
  const port = await freePort();
  const registry = await startRegistry(authPort);
  const log = fs.openSync(path.join(work, 'lrs.log'), 'a');
  const storage = path.join(work, 'lrs-storage');
  fs.mkdirSync(storage, { recursive: true });
  const child = spawn(process.execPath, ['-r', path.join(here, 'loopback.cjs'), path.join(modules, 'xapi-statements/dist/index.js')], {
    cwd: path.dirname(modules), stdio: ['ignore', log, log],
    env: { ...process.env, EXPRESS_PORT: String(port), MODELS_REPO: 'memory', STORAGE_REPO: 'local', AUTH_REPO: 'fetch', EVENTS_REPO: 'test', SERVICE_AWAIT_UPDATES: 'true',
           LL_CLIENT_INFO_ENDPOINT: `http://127.0.0.1:${authPort}/auth`, FS_LOCAL_STORAGE_DIR: storage },
  });
  const gone = new Promise((done) => child.on('exit', done));
  const url = `http://127.0.0.1:${port}/xAPI`;
  for (let i = 0; ; ++i) {
    if (child.exitCode !== null || i === 150) throw new Error('the record store did not start; see ' + path.join(work, 'lrs.log'));
    if (await fetch(url + '/about').then((r) => r.ok, () => false)) break;
    await sleep(200);
  }
  return {
    port, url,
    freeze: () => child.kill('SIGSTOP'),
    thaw: () => child.kill('SIGCONT'),
    async stop() {
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      await gone;
      registry.close();
      registry.closeAllConnections();
    },
    async request(method, pathAndQuery, body, credentials = Object.keys(kCredentials)[0]) {
      const answer = await fetch(new URL(pathAndQuery, url + '/'), {
        method, body: body && JSON.stringify(body),
        headers: { 'X-Experience-API-Version': '1.0.3', 'Content-Type': 'application/json', Authorization: 'Basic ' + Buffer.from(credentials).toString('base64') },
      });
      const text = await answer.text();
      return { status: answer.status, json: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text };
    },
    async multipart(pathAndQuery) {  // { statements, text }: those of the first part, and everything, a character a byte
      const answer = await fetch(new URL(pathAndQuery, url + '/'), {
        headers: { 'X-Experience-API-Version': '1.0.3', Authorization: 'Basic ' + Buffer.from(Object.keys(kCredentials)[0]).toString('base64') },
      });
      const text = Buffer.from(await answer.arrayBuffer()).toString('latin1');
      const first = text.split('\r\n\r\n')[1];
      return { text, statements: JSON.parse(Buffer.from(first.slice(0, first.lastIndexOf('\r\n--')), 'latin1').toString()).statements };
    },
    async all() {  // every statement in the store, in one page: its memory orders ids by time and chance, and its cursor skips some
      const page = await this.request('GET', 'statements?limit=1000000');
      if (page.status !== 200 || page.json.more) throw new Error('cannot list statements: ' + page.status);
      return page.json.statements;
    },
  };
}
