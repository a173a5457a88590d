// credential.mjs NODE_MODULES SCHOOL_KEY JWT...   accepted as they are, refused when changed, signed by another key, expired or of another suite.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [modules, keyFile, ...files] = process.argv.slice(2);
const manifest = JSON.parse(fs.readFileSync(path.join(modules, 'jose/package.json'), 'utf8'));
const jose = await import(pathToFileURL(path.join(modules, 'jose', manifest.exports['.'].default ?? manifest.exports['.'].import ?? manifest.main)).href);
const school = JSON.parse(fs.readFileSync(keyFile, 'utf8'));
const key = await jose.importJWK({ kty: school.kty, n: school.n, e: school.e, alg: 'RS256' }, 'RS256');
const ok = (condition, what) => {
  if (!condition) { console.log('FAIL: ' + what); process.exit(1); }
};
const accepts = (jwt, options = {}) => jose.jwtVerify(jwt, key, { algorithms: ['RS256'], issuer: 'https://school.example/issuer', ...options }).then(() => true, () => false);
ok((await jose.calculateJwkThumbprint({ kty: school.kty, n: school.n, e: school.e })) === school.kid, 'the fingerprint is the RFC 7638 thumbprint');

const stranger = await jose.generateKeyPair('RS256', { modulusLength: 2048 });
for (const file of files) {
  const jwt = fs.readFileSync(file, 'utf8').trim(), name = path.basename(file), [head, body, sig] = jwt.split('.');
  ok(await accepts(jwt), name + ' is accepted');
  const claims = jose.decodeJwt(jwt), header = jose.decodeProtectedHeader(jwt);
  ok(header.alg === 'RS256' && header.typ === 'JWT' && !('d' in header.jwk), name + ': header');
  ok((await jose.calculateJwkThumbprint(header.jwk)) === school.kid, name + ': the embedded key is the school\'s');
  ok(claims.iss === claims.issuer.id && claims.jti === claims.id && claims.sub === claims.credentialSubject.id, name + ': claims agree with the body');
  ok(Date.parse(claims.validFrom) === claims.nbf * 1000 && Date.parse(claims.validUntil) === claims.exp * 1000, name + ': times agree');
  for (let i = 0; i < body.length; i += 97) {
    const bad = body.slice(0, i) + (body[i] === 'A' ? 'B' : 'A') + body.slice(i + 1);
    ok(!(await accepts([head, bad, sig].join('.'))), `${name} with character ${i} changed is refused`);
  }
  ok(!(await accepts(jwt, { currentDate: new Date('2099-01-01') })), name + ' is refused when expired');
  ok(!(await accepts(await new jose.SignJWT(claims).setProtectedHeader({ alg: 'RS256' }).sign(stranger.privateKey))), name + ' signed by a stranger is refused');
  for (const inner of claims.credentialSubject.verifiableCredential ?? []) ok(await accepts(inner), name + ': what is bundled is accepted');
}
console.log(`${files.length} accepted as they are`);
