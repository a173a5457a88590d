// An LMS for tests: the launching side of cmi5 (Quartz) around a real record store. It holds every statement against the specification before the
// store sees it, and refuses as an LMS must: with the section's number. What it refused stands in `refusals`.
//   const lms = await startLms(lrs);   const s = lms.launch({ moveOn: 'Passed', masteryScore: 0.8 });   ... s.link ... lms.satisfied(s)
import { randomUUID } from 'node:crypto';
import http from 'node:http';

const kVerbs = 'http://adlnet.gov/expapi/verbs/';
const kContext = 'https://w3id.org/xapi/cmi5/context/';
const kDefined = ['initialized', 'completed', 'passed', 'failed', 'terminated'];

const contains = (whole, part) => (part && typeof part === 'object'
  ? Array.isArray(part) ? Array.isArray(whole) && part.every((p) => whole.some((w) => contains(w, p)))
    : whole && Object.entries(part).every(([k, v]) => contains(whole[k], v))
  : whole === part);

// The first rule a statement breaks, or nothing.
function fault(s, session, before) {
  const verb = s.verb.id.startsWith(kVerbs) ? s.verb.id.slice(kVerbs.length) : s.verb.id;
  const defined = kDefined.includes(verb);
  const said = session.verbs, result = s.result || {}, context = s.context || {};
  const categories = ((context.contextActivities || {}).category || []).map((a) => a.id);
  const has = (name) => categories.includes(kContext + 'categories/' + name);
  const mastery = session.data.masteryScore;
  if (!session.read.launchData || !session.read.preferences) return '10.0, 11.0: launch data and preferences are read first';
  if (!s.id) return '9.1: no id';
  if (JSON.stringify(s.actor.account) !== JSON.stringify(session.actor.account)) return '9.2: another actor';
  if (context.registration !== session.registration) return '9.6.1: another registration';
  if (!contains(context, session.data.contextTemplate)) return '9.6: the context template is not whole';
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(s.timestamp || '')) return '9.7: no UTC timestamp';
  if (said.includes('terminated')) return '9.3.8: after terminated';
  if (said.length === 0 && verb !== 'initialized') return '9.3.2: initialized comes first';
  if (defined !== has('cmi5')) return '9.6.2.1: the category cmi5 stands where it must not, or is missing';
  if (!defined) return '';
  if (s.object.id !== session.activity) return '9.4: another object';
  if (said.includes(verb)) return `9.3: ${verb} twice in a session`;
  if (session.data.launchMode !== 'Normal' && !['initialized', 'terminated'].includes(verb)) return `10.2.2: ${verb} when nothing counts`;
  if (('success' in result || 'completion' in result) !== has('moveon')) return '9.6.2.2: the category moveon stands where it must not, or is missing';
  if ('score' in result && !['passed', 'failed'].includes(verb)) return '9.5.1: a score does not belong there';
  if (result.score && 'raw' in result.score && !('min' in result.score && 'max' in result.score)) return '9.5.1: raw without min and max';
  if (('completion' in result) !== (verb === 'completed') || (verb === 'completed' && result.completion !== true)) return '9.5.3: completion';
  if ((verb === 'passed' && result.success !== true) || (verb === 'failed' && result.success !== false) || (!['passed', 'failed'].includes(verb) && 'success' in result)) return '9.5.2: success';
  if (verb !== 'initialized' && !/^PT(\d+H)?(\d+M)?(\d+(\.\d+)?S)?$/.test(result.duration || '')) return '9.5.4: no duration';
  if ((verb === 'passed' && said.includes('failed')) || (verb === 'failed' && said.includes('passed'))) return '9.3: passed and failed in one session';
  if (['completed', 'passed'].includes(verb) && before.includes(verb)) return `9.3.3: ${verb} twice in a registration`;
  if (['passed', 'failed'].includes(verb) && mastery !== undefined) {
    if ((context.extensions || {})[kContext + 'extensions/masteryscore'] !== mastery) return '9.6.3.2: the mastery score is not named';
    if (verb === 'passed' && result.score && result.score.scaled < mastery) return '9.3.4: passed below the mastery score';
    if (verb === 'failed' && result.score && result.score.scaled >= mastery) return '9.3.5: failed at the mastery score';
  }
  return '';
}

export async function startLms(lrs, name) {
  const sessions = [], refusals = [];
  const lms = { sessions, refusals, requests: 0, plan: [], port: 0 };
  const answer = (res, status, body, type = 'application/json') => res.writeHead(status, { 'Content-Type': type }).end(typeof body === 'string' ? body : JSON.stringify(body));

  async function statements(session, req, res, query, body) {
    if (req.method === 'GET') {
      if (session.verbs.includes('terminated') && !session.readableAfterwards) return answer(res, 403, 'the session is over');
      const a = await lrs.request('GET', 'statements?' + query);
      return answer(res, a.status, a.json);
    }
    let list = JSON.parse(body);
    if (!Array.isArray(list)) list = [list];
    for (const s of list) {
      const before = sessions.filter((o) => o !== session && o.registration === session.registration).flatMap((o) => o.verbs);
      const why = fault(s, session, before);
      if (why) {
        session.expectsRefusal ? session.expectsRefusal-- : refusals.push(why);
        return answer(res, 403, why);
      }
      const a = await lrs.request('POST', 'statements', [s]);
      if (a.status !== 200) return answer(res, a.status, a.json);
      session.statements.push(s);
      session.verbs.push(s.verb.id.slice(kVerbs.length));
    }
    if (lms.plan.shift() === 'after500') {
      session.expectsRefusal = 1;
      return answer(res, 500, 'stored, and yet');
    }
    return answer(res, 200, list.map((s) => s.id));
  }

  const server = http.createServer((req, res) => {
    ++lms.requests;
    const chunks = [];
    req.on('data', (d) => chunks.push(d));
    req.on('end', () => {
      const url = new URL(req.url, 'http://lms'), body = Buffer.concat(chunks).toString(), query = url.searchParams;
      if (url.pathname.startsWith('/fetch/')) {
        const session = sessions.find((s) => s.key === url.pathname.slice(7));
        if (req.method !== 'POST' || body.length) return answer(res, 400, 'fetch is a POST without a body (8.2)');
        if (!session || session.fetched++) return answer(res, 200, { 'error-code': session ? '1' : '2', 'error-text': 'The authorization token has been fetched already.' });
        return answer(res, 200, { 'auth-token': session.token });
      }
      const session = sessions.find((s) => 'Basic ' + s.token === req.headers.authorization);
      if (!session || session.over) return answer(res, 401, 'no session');
      if (req.headers['x-experience-api-version'] !== '1.0.3') return answer(res, 400, 'no version');
      const agent = () => JSON.parse(query.get('agent')).account.name === session.actor.account.name;
      if (url.pathname === '/xapi/activities/state') {
        const right = query.get('stateId') === 'LMS.LaunchData' && query.get('activityId') === session.activity && query.get('registration') === session.registration && agent();
        if (!right || session.noLaunchData) return answer(res, 404, 'none');
        session.read.launchData = true;
        return answer(res, 200, session.data);
      }
      if (url.pathname === '/xapi/agents/profile') {
        session.read.preferences = query.get('profileId') === 'cmi5LearnerPreferences' && agent();
        return session.preferences ? answer(res, 200, session.preferences) : answer(res, 404, 'none');
      }
      if (url.pathname === '/xapi/statements') return statements(session, req, res, query, body).catch((e) => answer(res, 500, String(e)));
      answer(res, 404, 'nothing there');
    });
  });
  lms.up = () => new Promise((done) => server.listen(lms.port, '127.0.0.1', () => done((lms.port = server.address().port))));
  lms.down = () => new Promise((done) => {
    server.close(done);
    server.closeAllConnections();
  });
  await lms.up();

  lms.launch = ({ parameters = 'auto-repair/wheel-change', launchMode = 'Normal', registration = randomUUID(), ...more }) => {
    const { moveOn, masteryScore, ...rest } = more;
    const session = {
      key: 'fetch-key-' + randomUUID(), token: Buffer.from('cmi5:token-' + randomUUID()).toString('base64'), registration, activity: 'https://lms.school.example/au/7',
      actor: { objectType: 'Agent', name: name.person, account: { homePage: 'https://lms.school.example', name: name.account } },
      fetched: 0, read: {}, verbs: [], statements: [], ...rest,
    };
    session.data = {
      contextTemplate: { contextActivities: { grouping: [{ id: 'https://publisher.example/course/au-7' }] }, extensions: { [kContext + 'extensions/sessionid']: randomUUID() } },
      launchMode, launchParameters: parameters, moveOn, masteryScore, returnURL: 'https://lms.school.example/back',
    };
    const at = `http://127.0.0.1:${lms.port}`;
    session.link = 'shixun://launch?' + new URLSearchParams({ endpoint: at + '/xapi/', fetch: `${at}/fetch/${session.key}`, actor: JSON.stringify(session.actor), registration, activityId: session.activity });
    sessions.push(session);
    return session;
  };
  // Whether the unit is done, by its moveOn (10.2.4), over all sessions of the registration.
  lms.satisfied = (session) => {
    const said = sessions.filter((s) => s.registration === session.registration).flatMap((s) => s.verbs);
    const completed = said.includes('completed'), passed = said.includes('passed');
    return { Passed: passed, Completed: completed, CompletedAndPassed: completed && passed, CompletedOrPassed: completed || passed, NotApplicable: true }[session.data.moveOn];
  };
  return lms;
}
