// Preload (node -r): whatever a server in this process listens on, it listens on 127.0.0.1 only. Other people's servers tend to
// open themselves to the whole network.
'use strict';
const net = require('net');
const original = net.Server.prototype.listen;
net.Server.prototype.listen = function (first, ...rest) {
  const callback = rest.find((x) => typeof x === 'function');
  if (first && typeof first === 'object' && 'port' in first) return original.call(this, { ...first, host: '127.0.0.1' }, ...rest);
  if (/^\d+$/.test(String(first))) return original.call(this, { port: Number(first), host: '127.0.0.1' }, callback);
  return original.call(this, first, ...rest);
};
