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
  constructor(bin, out) {
    this.bin = bin;
    this.out = out;
    this.status = join(out, 'status.jsonl');
    this.children = [];
    mkdirSync(out, { recursive: true });
  }

  // Positions on the screen are given for 1280 x 720; a smaller window is quicker on a software driver and shows the same, smaller.
  async open(args, env = {}, size = '960x540') {
    [this.width, this.height] = size.split('x').map(Number);
    this.scale = this.width / 1280;
    args = [...args, '--size', size];
    const frame = join(this.out, 'screen');
    rmSync(frame, { recursive: true, force: true });
    mkdirSync(frame, { recursive: true });
    this.screenFile = join(frame, 'Xvfb_screen0');
    this.xvfb = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', `${size}x24`, '-fbdir', frame, '-nolisten', 'tcp'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
    this.children.push(this.xvfb);
    let number = '';  // the display's, free and chosen by the server; told once it is ready
    this.xvfb.stdio[3].on('data', (bytes) => { number += bytes; });
    await this.until(() => number.endsWith('\n'), 20000, 'the virtual display');
    this.env = { ...process.env, DISPLAY: `:${number.trim()}`, WAYLAND_DISPLAY: '', ...env };
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
      if (lines.length > 0) {
        this.line = JSON.parse(lines[lines.length - 1]);
        const now = Date.now();
        this.pace = (now - (this.lineAt ?? now)) / lines.length;  // ms a frame
        this.lineAt = now;
      }
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

  // How bright the middle of the screen is, 0 to 255: the mean of a square of `half` pixels to each side, `up` above the dot there.
  brightness(half, up) {
    const raw = readFileSync(this.screenFile), start = raw.readUInt32BE(0) + raw.readUInt32BE(76) * 12, stride = raw.readUInt32BE(48);
    let sum = 0, count = 0;
    for (let y = -half; y <= half; ++y)
      for (let x = -half; x <= half; ++x, ++count) {
        const at = start + (Math.round(this.height / 2) - up + y) * stride + (Math.round(this.width / 2) + x) * 4;
        sum += (raw[at] + raw[at + 1] + raw[at + 2]) / 3;
      }
    return sum / count;
  }

  // What was drawn, by the status file: {panel, kind: text|button|input, text, x, y, w, h}, in pixels.
  drawn(panel, kind) {
    return (this.look()?.drawn ?? []).map(([p, k, text, x, y, w, h]) => ({ panel: p, kind: k, text, x, y, w, h }))
      .filter((one) => (panel === undefined || one.panel === panel) && (!kind || one.kind === kind));
  }

  // ---- hands
  press(command) { this.xdo.stdin.write(command + '\n'); }
  async key(name) { this.press(`key ${name}`); await sleep(120); }
  // A tap that no frame can miss: the button stays down until a frame has seen it.
  async tap() {
    this.press('mousedown 1');
    await this.fresh(2);
    this.press('mouseup 1');
  }
  async clickAt(x, y) {
    await this.pressAt(x, y);
    await this.fresh(2);
  }
  async pressAt(x, y) {
    this.press(`mousemove ${Math.round(x)} ${Math.round(y)}`);
    await this.fresh(2);  // a hovered button needs a frame
    await this.tap();
  }
  click(x, y) { return this.clickAt(x * this.scale, y * this.scale); }  // at 1280 x 720
  async type(text) { for (const c of text) { this.press(`key ${c === '.' ? 'period' : c}`); await sleep(60); } }
  // A button by what stands on it.
  async push(label) {
    const [x, y] = await this.button(label);
    await this.clickAt(x, y);
  }
  // The button that ends the program: how it ended, or nothing when it does not.
  async quit(label) {
    const [x, y] = await this.button(label);
    await this.pressAt(x, y);
    return Promise.race([this.exit, sleep(15000)]);
  }
  async button(label) {
    const found = await this.until(() => this.drawn(undefined, 'button').find((one) => (label instanceof RegExp ? label.test(one.text) : one.text === label)), 10000, `the button ${label}`);
    return [found.x + found.w / 2, found.y + found.h / 2];
  }

  angles(point, eye) {
    const [x, y, z] = point.map((v, i) => v - eye[i]);
    return { yaw: Math.atan2(-x, -z), pitch: Math.atan2(y, Math.hypot(x, z)) };
  }

  // Turns the head until the point is in the middle of the view. The pointer may not leave the window within one frame.
  async face(point, tolerance = 0.004) {
    const far = [Math.floor(this.width * 0.42), Math.floor(this.height * 0.42)];
    for (let i = 0; i < 24; ++i) {
      const s = this.look(), want = this.angles(point, s.eye);
      const off = [-Math.atan2(Math.sin(want.yaw - s.yaw), Math.cos(want.yaw - s.yaw)), s.pitch - Math.max(-1.48, Math.min(1.48, want.pitch))];
      if (Math.abs(off[0]) < tolerance && Math.abs(off[1]) < tolerance) return;
      const [x, y] = off.map((angle, k) => Math.max(-far[k], Math.min(far[k], Math.round(angle / RADIANS_PER_PIXEL))));
      if (x === 0 && y === 0) return;
      this.press(`mousemove_relative -- ${x} ${y}`);
      // Until the head has turned by as much: where frames are quick, some pass before the pointer's motion arrives.
      const end = Date.now() + 400, turned = (now) => Math.abs(Math.sin(now.yaw - s.yaw + x * RADIANS_PER_PIXEL)) < 0.001 && (Math.abs(now.pitch - s.pitch + y * RADIANS_PER_PIXEL) < 0.001 || Math.abs(now.pitch) > 1.4);
      do await this.fresh(1); while (!turned(this.look()) && Date.now() < end);
    }
  }

  // How far it is from here to everywhere, round what stands in the room, as whoever sees it would walk: Dijkstra on a grid of 10 cm.
  ways() {
    const { eye, floor } = this.look(), cell = 0.1, body = 0.24, [x0, z0] = floor.lower;
    const nx = Math.round((floor.upper[0] - x0) / cell) + 1, nz = Math.round((floor.upper[1] - z0) / cell) + 1;
    const at = (x, z) => Math.max(0, Math.min(nx - 1, Math.round((x - x0) / cell))) + nx * Math.max(0, Math.min(nz - 1, Math.round((z - z0) / cell)));
    const spot = (i) => [x0 + (i % nx) * cell, z0 + Math.floor(i / nx) * cell];
    const free = new Uint8Array(nx * nz).map((_, i) => {
      const [x, z] = spot(i);
      return floor.obstacles.some(([ax, az, bx, bz]) => x > ax - body && x < bx + body && z > az - body && z < bz + body) ? 0 : 1;
    });
    const start = at(eye[0], eye[2]), before = new Int32Array(nx * nz).fill(-1), cost = new Int32Array(nx * nz).fill(1 << 30), queue = [[start]];
    cost[start] = 0;
    for (let c = 0; c < queue.length; ++c)
      for (const here of queue[c] ?? []) {
        if (cost[here] !== c) continue;
        const hx = here % nx, hz = Math.floor(here / nx);
        for (const [dx, dz, step] of [[1, 0, 10], [-1, 0, 10], [0, 1, 10], [0, -1, 10], [1, 1, 14], [1, -1, 14], [-1, 1, 14], [-1, -1, 14]]) {
          const cx = hx + dx, cz = hz + dz, next = cx + nx * cz;
          if (cx < 0 || cz < 0 || cx >= nx || cz >= nz || !free[next] || c + step >= cost[next]) continue;
          if (step > 10 && (!free[hx + nx * cz] || !free[cx + nx * hz])) continue;
          cost[next] = c + step;
          before[next] = here;
          (queue[c + step] ??= []).push(next);
        }
      }
    return {
      length: (x, z) => (cost[at(x, z)] === 1 << 30 ? Infinity : (cost[at(x, z)] * cell) / 10),
      // Only the corners: a straight stretch that meets nothing is one.
      corners: (x, z) => {
        const cells = [], corners = [];
        for (let i = at(x, z); i !== start && i >= 0; i = before[i]) cells.unshift(i);
        const clear = ([ax, az], [bx, bz]) => {
          const n = Math.ceil(Math.hypot(bx - ax, bz - az) / 0.05);
          for (let k = 1; k < n; ++k) if (!free[at(ax + ((bx - ax) * k) / n, az + ((bz - az) * k) / n)]) return false;
          return true;
        };
        let from = [eye[0], eye[2]];
        for (let i = 0; i < cells.length; ++i)
          if (i + 1 === cells.length || !clear(from, spot(cells[i + 1]))) corners.push((from = spot(cells[i])));
        return corners;
      },
    };
  }
  // Walks there, round what stands in the way.
  async go(x, z, near = 0.2) {
    const corners = this.ways().corners(x, z);
    for (const [i, [cx, cz]] of corners.entries()) await this.walk(cx, cz, i + 1 < corners.length ? 0.25 : near);
  }

  // Walks with W to within `near` metres of a place on the floor, in a straight line.
  async walk(x, z, near = 0.15) {
    const distance = () => Math.hypot(x - this.look().eye[0], z - this.look().eye[2]);
    for (let i = 0; i < 20 && distance() > near; ++i) {
      await this.face([x, this.look().eye[1] - 0.3, z], 0.05);
      const last = this.pace > 120 ? 0.9 : 0.5;  // m: a step of a slow frame is long
      const slow = distance() < last && !(this.look().eye[1] < 1);
      if (slow) this.press('keydown Shift_L');
      this.press('keydown w');
      const end = Date.now() + 8000;
      let best = distance();
      while (Date.now() < end) {
        await this.fresh(1);
        const now = distance();
        if (now < near || now > best + 0.04 || (!slow && now < last - 0.1)) break;
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
    await this.tap();
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

// One test of the window: `steps(driver, expect, home)` with a home of its own; pictures are kept under build/e2e/NAME/. Ends the process.
export async function inWindow(name, success, steps) {
  const home = mkdtempSync(join(tmpdir(), 'shixun-e2e-'));
  const d = new Driver(process.argv[2], join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../../build/e2e', name));
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
