// A line to the record store as bad as a school's on exam day. Stands between uploader and store and, seeded, does one of these to
// every other POST:
//   lost      the store keeps it, the answer never comes        after500  the store keeps it, the answer is 500
//   cut       the store keeps it, the answer breaks off         503       busy, nothing kept
//   reset     the connection is reset before anything is sent   429       slow down, Retry-After: 1
//   refused   nobody listens for a while                        slow      everything works, late
// `strict`: ids that were kept before are answered 409 for the whole batch, as some stores do.
// It also remembers the bytes of every statement, to see that a resend is the same.
import http from 'node:http';

export function rng(seed) {  // mulberry32
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export const kFaults = ['lost', 'after500', 'cut', '503', 'reset', '429', 'refused', 'slow'];

export async function startProxy({ target, seed, faulty = 0.5, strict = 0 }) {
  const random = rng(seed);
  const state = { faulty, strict, plan: [], counts: {}, posts: 0, changed: [], seen: new Map(), kept: new Set(), refusals: 0 };
  const upstream = new URL(target);

  const forward = (req, body) => new Promise((done, fail) => {
    const headers = { ...req.headers, host: upstream.host, connection: 'close' };
    const r = http.request({ host: upstream.hostname, port: upstream.port, path: req.url, method: req.method, headers }, (res) => {
      const parts = [];
      res.on('data', (d) => parts.push(d));
      res.on('end', () => done({ status: res.statusCode, headers: res.headers, body: Buffer.concat(parts) }));
      res.on('error', fail);
    });
    r.on('error', fail);
    r.end(body);
  });
  const answer = (res, a) => {
    const headers = { ...a.headers, 'content-length': a.body.length, connection: 'close' };
    delete headers['transfer-encoding'];
    res.writeHead(a.status, headers).end(a.body);
  };

  let port = 0;
  const server = http.createServer((req, res) => {
    const parts = [];
    req.on('error', () => {});
    res.on('error', () => {});
    req.on('data', (d) => parts.push(d));
    req.on('end', () => handle(req, res, Buffer.concat(parts)).catch(() => res.destroy()));
  });
  const listen = () => new Promise((done) => server.listen(port, '127.0.0.1', done));

  async function handle(req, res, body) {
    if (req.method !== 'POST') return answer(res, await forward(req, body));
    ++state.posts;
    // A statement with its attachment: multipart, the statement first.
    const statements = JSON.parse(/^multipart\//.test(req.headers['content-type']) ? body.toString('latin1').split('\r\n\r\n')[1].split('\r\n--')[0] : body);
    for (const s of statements) {
      const bytes = JSON.stringify(s);
      if (state.seen.has(s.id) && state.seen.get(s.id) !== bytes) state.changed.push(s.id);
      state.seen.set(s.id, bytes);
    }
    const fault = state.plan.length ? state.plan.shift() : random() < state.faulty ? kFaults[Math.floor(random() * kFaults.length)] : 'none';
    state.counts[fault] = (state.counts[fault] || 0) + 1;
    switch (fault) {
      case '503': return res.writeHead(503, { connection: 'close' }).end('busy');
      case '429': return res.writeHead(429, { 'Retry-After': '1', connection: 'close' }).end();
      case 'reset': return req.socket.resetAndDestroy();
      case 'refused':
        req.socket.resetAndDestroy();
        server.close();
        server.closeAllConnections();
        return setTimeout(() => listen(), 150);
      case 'slow': await new Promise((done) => setTimeout(done, 400)); break;
      default: break;
    }
    if (statements.some((s) => state.kept.has(s.id)) && random() < state.strict) {
      ++state.refusals;
      return res.writeHead(409, { connection: 'close' }).end('{}');
    }
    const a = await forward(req, body);
    if (a.status === 200) for (const s of statements) state.kept.add(s.id);
    switch (fault) {
      case 'lost': return res.destroy();
      case 'after500': return res.writeHead(500, { connection: 'close' }).end('internal error');
      case 'cut': {
        res.writeHead(a.status, { 'content-type': 'application/json', 'content-length': a.body.length, connection: 'close' });
        return res.write(a.body.subarray(0, a.body.length >> 1), () => res.destroy());
      }
      default: return answer(res, a);
    }
  }

  await listen();
  port = server.address().port;
  return {
    state, url: `http://127.0.0.1:${port}${upstream.pathname}`,
    async stop() {
      await new Promise((done) => {
        server.close(done);
        server.closeAllConnections();
      });
    },
  };
}
