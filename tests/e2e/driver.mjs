// Plays the program as a person would: real key presses and mouse motion (xdotool) in a virtual display (Xvfb), eyes on the status file
// and the screen. Nothing here reaches into the program: what it cannot see or press, it cannot do.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readFileSync, readSync, fstatSync, existsSync, writeFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { deflateSync } from 'node:zlib';
import { join } from 'node:path';

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
export class Failed extends Error {}

const RADIANS_PER_PIXEL = 0.0022;  // engine/desktop/walker.h

export class Driver {
  constructor(bin, out, display) {
    this.bin = bin;
    this.out = out;
    this.display = display;
    this.status = join(out, 'status.jsonl');
    this.children = [];
    mkdirSync(out, { recursive: true });
  }

  // Positions on the screen are given for 1280 x 720; a smaller window is quicker on a software driver and shows the same, smaller.
  async open(args, env = {}, size = '960x540') {
    this.scale = parseInt(size) / 1280;
    args = [...args, '--size', size];
    const frame = join(this.out, 'screen');
    rmSync(frame, { recursive: true, force: true });
    mkdirSync(frame, { recursive: true });
    this.screenFile = join(frame, 'Xvfb_screen0');
    this.xvfb = spawn('Xvfb', [this.display, '-screen', '0', `${size}x24`, '-fbdir', frame, '-nolisten', 'tcp'], { stdio: 'ignore' });
    this.children.push(this.xvfb);
    this.xvfb.on('exit', () => { this.dark = true; });
    await this.until(() => existsSync(this.screenFile) || this.dark, 10000, 'the virtual display');
    await sleep(500);
    if (this.dark) throw new Failed(`the virtual display ${this.display} cannot be opened: is it in use?`);
    this.env = { ...process.env, DISPLAY: this.display, WAYLAND_DISPLAY: '', ...env };
    this.xdo = spawn('xdotool', ['-'], { stdio: ['pipe', 'ignore', 'inherit'], env: this.env });
    this.children.push(this.xdo);
    await this.start(args);
  }

  async start(args) {
    rmSync(this.status, { force: true });
    this.line = null;
    this.tail = '';
    this.fd = null;
    this.program = spawn(join(this.bin, 'shixun'), [...args, '--status-file', this.status], { env: this.env, stdio: ['ignore', 'inherit', 'inherit'] });
    this.children.push(this.program);
    this.exit = new Promise((done) => this.program.on('exit', (code, signal) => { this.exited = { code, signal }; done(this.exited); }));
    this.exited = null;
  }

  close() {
    for (const child of this.children.reverse()) child.kill('SIGKILL');
  }

  // ---- eyes
  look() {
    if (this.fd === null) {
      if (!existsSync(this.status)) return this.line;
      this.fd = openSync(this.status, 'r');
      this.at = 0;
    }
    const size = fstatSync(this.fd).size;
    if (size > this.at) {
      const bytes = Buffer.alloc(size - this.at);
      readSync(this.fd, bytes, 0, bytes.length, this.at);
      this.at = size;
      const lines = (this.tail + bytes.toString()).split('\n');
      this.tail = lines.pop();
      if (lines.length > 0) this.line = JSON.parse(lines[lines.length - 1]);
    }
    return this.line;
  }

  async until(test, limit, what) {
    const end = Date.now() + limit;
    for (;;) {
      const found = test();
      if (found) return found;
      if (this.exited) throw new Failed(`the program ended (code ${this.exited.code}, signal ${this.exited.signal}) while waiting for ${what}`);
      if (Date.now() > end) throw new Failed(`waited ${limit / 1000} s in vain for ${what}; on the screen: ${JSON.stringify(this.line ?? null).slice(0, 500)}`);
      await sleep(20);
    }
  }
  page(name, limit = 60000) {
    return this.until(() => this.look()?.page === name && this.line, limit, `the page "${name}"`);
  }
  async fresh(count = 2) {  // status lines written after now
    let seen = this.look();
    for (let i = 0; i < count; ++i) seen = await this.until(() => { const now = this.look(); return now !== seen && now; }, 20000, 'a new frame');
    return seen;
  }

  // The virtual display's memory is an XWD file: header, colours, pixels (BGRX).
  screenshot(name) {
    const raw = readFileSync(this.screenFile);
    const head = raw.readUInt32BE(0), width = raw.readUInt32BE(16), height = raw.readUInt32BE(20), stride = raw.readUInt32BE(48), colors = raw.readUInt32BE(76);
    const start = head + colors * 12;
    const rows = Buffer.alloc((width * 3 + 1) * height);
    for (let y = 0; y < height; ++y)
      for (let x = 0; x < width; ++x) {
        const from = start + y * stride + x * 4, to = y * (width * 3 + 1) + 1 + x * 3;
        rows[to] = raw[from + 2];
        rows[to + 1] = raw[from + 1];
        rows[to + 2] = raw[from];
      }
    const table = Array.from({ length: 256 }, (_, n) => { for (let k = 0; k < 8; ++k) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1; return n >>> 0; });
    const crc = (bytes) => { let c = 0xffffffff; for (const b of bytes) c = table[(c ^ b) & 255] ^ (c >>> 8); return (c ^ 0xffffffff) >>> 0; };
    const chunk = (type, data) => {
      const body = Buffer.concat([Buffer.from(type), data]), out = Buffer.alloc(body.length + 8);
      out.writeUInt32BE(data.length, 0);
      body.copy(out, 4);
      out.writeUInt32BE(crc(body), body.length + 4);
      return out;
    };
    const ihdr = Buffer.alloc(13);
    ihdr.writeUInt32BE(width, 0);
    ihdr.writeUInt32BE(height, 4);
    ihdr.set([8, 2, 0, 0, 0], 8);
    const file = join(this.out, `${name}.png`);
    writeFileSync(file, Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk('IHDR', ihdr), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]));
    // How many colours there are: a screen with nothing on it has few.
    const seen = new Set();
    for (let i = start; i < start + stride * height; i += 4 * 97) seen.add(raw.readUInt32LE(i) & 0xffffff);
    return { file, colors: seen.size };
  }

  // ---- hands
  press(command) { this.xdo.stdin.write(command + '\n'); }
  async key(name) { this.press(`key ${name}`); await sleep(120); }
  async click(x, y) {
    this.press(`mousemove ${Math.round(x * this.scale)} ${Math.round(y * this.scale)}`);
    await sleep(250);  // a hovered button needs a frame
    this.press('mousedown 1');
    await sleep(250);
    this.press('mouseup 1');
    await sleep(250);
  }
  async type(text) { for (const c of text) { this.press(`key ${c === '.' ? 'period' : c}`); await sleep(60); } }

  angles(point, eye) {
    const [x, y, z] = point.map((v, i) => v - eye[i]);
    return { yaw: Math.atan2(-x, -z), pitch: Math.atan2(y, Math.hypot(x, z)) };
  }

  // Turns the head until the point is in the middle of the view.
  async face(point, tolerance = 0.004) {
    for (let i = 0; i < 10; ++i) {
      const s = this.look(), want = this.angles(point, s.eye);
      const dyaw = Math.atan2(Math.sin(want.yaw - s.yaw), Math.cos(want.yaw - s.yaw)), dpitch = want.pitch - s.pitch;
      if (Math.abs(dyaw) < tolerance && Math.abs(dpitch) < tolerance) return;
      let x = Math.round(-dyaw / RADIANS_PER_PIXEL), y = Math.round(-dpitch / RADIANS_PER_PIXEL);
      while (x !== 0 || y !== 0) {  // in steps, as a hand moves
        const sx = Math.max(-180, Math.min(180, x)), sy = Math.max(-180, Math.min(180, y));
        this.press(`mousemove_relative -- ${sx} ${sy}`);
        x -= sx;
        y -= sy;
        await sleep(30);
      }
      await this.fresh(3);
    }
  }

  // Walks with W to within `near` metres of a place on the floor, in a straight line.
  async walk(x, z, near = 0.15) {
    const distance = () => Math.hypot(x - this.look().eye[0], z - this.look().eye[2]);
    for (let i = 0; i < 20 && distance() > near; ++i) {
      await this.face([x, this.look().eye[1] - 0.3, z], 0.02);
      const slow = distance() < 0.9;
      if (slow) this.press('keydown Shift_L');
      this.press('keydown w');
      const end = Date.now() + 8000;
      let best = distance();
      while (Date.now() < end) {
        await this.fresh(1);
        const now = distance();
        if (now < near || now > best + 0.04 || (!slow && now < 0.8)) break;
        best = Math.min(best, now);
      }
      this.press('keyup w');
      if (slow) this.press('keyup Shift_L');
      await this.fresh(2);
    }
    if (distance() > near + 0.25) throw new Failed(`cannot walk to ${x}, ${z}: stopped ${distance().toFixed(2)} m away at ${JSON.stringify(this.look().eye)}`);
  }

  // Looks at a thing (or a free socket) until the program shows that it is meant, and chooses what begins with `want`.
  async choose(target, want) {
    for (let i = 0; i < 6; ++i) {
      const s = this.look(), point = s.things[target] ?? s.sockets[target];
      if (!point) throw new Failed(`${target} is not to be seen`);
      await this.face(point, 0.003);
      const now = await this.fresh(2);
      const index = now.choices.findIndex((c) => c.startsWith(want));
      if (index >= 0 && (now.hovered === target || now.socket === target || now.choices[index].includes(target))) {
        if (now.chosen !== index) {
          await this.key(String(index + 1));
          await this.fresh(2);
        }
        return;
      }
    }
    const s = this.look();
    throw new Failed(`looking at ${target}, "${want}" is not offered: hovered "${s.hovered}", socket "${s.socket}", choices ${JSON.stringify(s.choices)}`);
  }

  // One press.
  async act(target, want) {
    await this.choose(target, want);
    const before = this.look().events;
    this.press('mousedown 1');
    await sleep(200);
    this.press('mouseup 1');
    await this.until(() => this.look().events > before, 15000, `"${want}" on ${target} to have happened`);
    await this.fresh(2);
  }

  // A press held until `enough(status)`.
  async hold(target, want, enough, limit = 60000) {
    await this.choose(target, want);
    this.press('mousedown 1');
    try {
      await this.until(() => enough(this.look()), limit, `"${want}" on ${target} to be enough`);
    } finally {
      this.press('mouseup 1');
    }
    await this.until(() => !this.look().stroking, 10000, 'the effort to end');
    await this.fresh(2);
  }
}

// One test of the window: `steps(driver, expect, home)` with a home of its own; pictures are kept under build/e2e/NAME/. Each name has its own
// tens of displays. Ends the process.
export async function inWindow(name, tens, success, steps) {
  const home = mkdtempSync(join(tmpdir(), 'shixun-e2e-'));
  const d = new Driver(process.argv[2], join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../../build/e2e', name), `:${tens * 10 + (process.pid % 9)}`);
  const expect = (ok, what) => { if (!ok) throw new Failed(what); };
  let failure = null;
  try {
    await steps(d, expect, home);
  } catch (e) {
    failure = e;
    try { d.screenshot('failed'); } catch { /* the display may be gone */ }
  }
  d.close();
  rmSync(home, { recursive: true, force: true });
  console.log(failure ? `FAIL: ${failure instanceof Failed ? failure.message : failure.stack}` : success);
  process.exit(failure ? 1 : 0);
}
