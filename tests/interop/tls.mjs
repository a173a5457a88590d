// See tls.sh. One good front and six bad ones: expired, another host's name, an authority nobody imported, self-signed, TLS 1.1, and
// one that proves itself but sends the client on to plain http.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';

import { rng } from './fault_proxy.mjs';
import { writeJournal } from './journals.mjs';

const bin = process.argv[2];
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'shixun-tls-'));
const home = path.join(work, 'home');
const env = { ...process.env, SHIXUN_HOME: home };
const file = (name) => path.join(work, name);
const openssl = (...args) => execFileSync('openssl', args, { cwd: work, stdio: ['ignore', 'pipe', 'pipe'] });
function must(condition, what) {
  if (!condition) throw new Error(what);
  console.log('ok  ', what);
}

// ---- certificates
const request = (name, cn) => openssl('req', '-new', '-newkey', 'rsa:2048', '-nodes', '-keyout', name + '.key', '-out', name + '.csr', '-subj', '/CN=' + cn);
function authority(name) {
  openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', name + '.key', '-out', name + '.pem', '-days', '30', '-subj', '/CN=' + name, '-addext', 'basicConstraints=critical,CA:TRUE');
}
function certificate(name, by, host, dates = ['-days', '10']) {
  request(name, host);
  fs.writeFileSync(file(name + '.ext'), `subjectAltName=DNS:${host}\n`);
  openssl('x509', '-req', '-in', name + '.csr', '-CA', by + '.pem', '-CAkey', by + '.key', '-CAcreateserial', '-out', name + '.pem', '-extfile', name + '.ext', ...dates);
}
authority('school-ca');
authority('stranger-ca');
certificate('good', 'school-ca', 'localhost');
certificate('other-host', 'school-ca', 'lrs.elsewhere.example');
certificate('stranger', 'stranger-ca', 'localhost');
openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'self.key', '-out', 'self.pem', '-days', '10', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost');
try {
  certificate('expired', 'school-ca', 'localhost', ['-not_before', '20200101000000Z', '-not_after', '20200102000000Z']);
} catch {  // OpenSSL before 3.4 has no such options, and later ones no negative days
  certificate('expired', 'school-ca', 'localhost', ['-days', '-1']);
}

// ---- fronts
const received = [];  // who got a request at all, and whether it carried credentials
function serve(create, name, options, redirect) {
  return new Promise((done) => {
    const server = create(options, (req, res) => {
      received.push(name);
      const parts = [];
      req.on('data', (d) => parts.push(d));
      req.on('end', () => {
        if (redirect) return res.writeHead(307, { Location: redirect + req.url }).end();
        const body = req.method === 'POST' ? JSON.stringify(JSON.parse(Buffer.concat(parts)).map((s) => s.id)) : '{"version":["1.0.3"]}';
        res.writeHead(200, { 'Content-Type': 'application/json' }).end(body);
      });
    });
    server.on('tlsClientError', () => {});
    server.listen(0, 'localhost', () => done(server));
  });
}
const tls = (name) => ({ key: fs.readFileSync(file(name + '.key')), cert: fs.readFileSync(file(name + '.pem')) });
const plain = await serve(http.createServer, 'plain', {});
const fronts = {
  expired: await serve(https.createServer, 'expired', tls('expired')),
  'other-host': await serve(https.createServer, 'other-host', tls('other-host')),
  stranger: await serve(https.createServer, 'stranger', tls('stranger')),
  'self-signed': await serve(https.createServer, 'self-signed', tls('self')),
  'tls-1.1': await serve(https.createServer, 'tls-1.1', { ...tls('good'), minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
  redirect: await serve(https.createServer, 'redirect', tls('good'), `http://localhost:${plain.address().port}`),
  good: await serve(https.createServer, 'good', tls('good')),
};

function upload(name) {
  fs.mkdirSync(path.join(home, 'config'), { recursive: true });
  fs.writeFileSync(path.join(home, 'config/config.yaml'),
    `endpoints:\n  - {name: school, type: xapi, url: "https://localhost:${fronts[name].address().port}/xapi", key_file: key, ca_file: ${file('school-ca.pem')}, actor_home_page: "https://id.school.example"}\n`);
  fs.writeFileSync(path.join(home, 'config/key'), 'user:secret\n', { mode: 0o600 });
  return new Promise((done) => {
    const child = spawn(path.join(bin, 'shixunctl'), ['upload', '--to', 'school', '--once', '--json'], { env });
    let out = '', err = '';
    child.stdout.on('data', (d) => (out += d));
    child.stderr.on('data', (d) => (err += d));
    child.on('close', (code) => done({ code, err, report: out.startsWith('{') ? JSON.parse(out).endpoints[0] : null }));
  });
}

let code = 0;
try {
  writeJournal(path.join(home, 'data/journals'), rng(1), { startedMs: Date.UTC(2026, 2, 1), trainee: 's-1' });
  for (const name of Object.keys(fronts).filter((n) => n !== 'good')) {
    const r = await upload(name);
    console.log('     ' + (r.report?.paused || r.err).trim());
    must(r.code === 3 && r.report.delivered === 0 && r.report.left > 0 && r.report.paused, `${name}: nothing is sent, exit 3, and the reason is told`);
    if (name !== 'redirect') must(/prove who it is/.test(r.report.paused) && !received.includes(name), `${name}: the server never saw a request`);
  }
  must(!received.includes('plain'), 'no redirect is followed');
  const r = await upload('good');
  must(r.code === 0 && r.report.left === 0 && r.report.delivered > 0, 'the server that proves who it is gets the results');
  console.log('one accepted, six refused');
} catch (e) {
  console.log(`FAIL: ${e.message} (${work})`);
  code = 1;
}
for (const s of [plain, ...Object.values(fronts)]) {
  s.close();
  s.closeAllConnections();
}
if (code === 0) fs.rmSync(work, { recursive: true });
process.exit(code);
